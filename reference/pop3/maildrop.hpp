// The INBOX of one user as a POP3 session sees it: the messages that were there at the login, numbered from
// 1, and which of them are to go. Held exclusively from open() on, until it is destroyed. Refuses to remove
// anything before update(). RFC 1939 §4 to §7.
#pragma once
#include "reference/mailbox/account.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace refmail::pop3 {

class maildrop {
  public:
    struct message {
        mailbox::uid id = 0;
        std::uint64_t octets = 0; // with CRLF line ends, nothing stuffed (RFC 1939 §11)
        bool deleted = false;
    };

    // These three may block on the disk.
    static mailbox::result<maildrop> open(mailbox::account& of);
    mailbox::result<std::shared_ptr<const mailbox::content>> read(const message& one) const;
    // RFC 1939 §6: removes what is marked, nothing else; it lasts when this returns.
    mailbox::result<void> update();

    const std::vector<message>& messages() const { return messages_; } // message n is at n - 1
    void mark(std::size_t index);
    void unmark_all();

    std::uint64_t count() const { return count_; }   // of those that are not marked
    std::uint64_t octets() const { return octets_; } // the same

    // RFC 1939 §7: UIDVALIDITY and UID, which together never mean another message.
    std::string unique_id(const message& one) const;

  private:
    maildrop() = default;

    std::shared_ptr<mailbox::folder> folder_;
    std::shared_ptr<void> lock_;
    std::uint32_t uid_validity_ = 0;
    std::vector<message> messages_;
    std::uint64_t count_ = 0, octets_ = 0;
};

} // namespace refmail::pop3
