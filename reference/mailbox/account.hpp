// All mailboxes of one user. Names are UTF-8 in NFC with '/' between levels and "INBOX" in capitals; the IMAP
// core turns modified UTF-7 into them and back. Every call may block on the disk and is safe from any thread.
// No name can lead out of the user's folder: create() says bad_name. RFC 9051 §5.1, §6.3; RFC 6154; RFC 9208.
#pragma once
#include "reference/mailbox/folder.hpp"

#include <map>
#include <set>

namespace refmail::mailbox {

// RFC 6154 §2, lower case without the backslash: "archive", "drafts", "flagged", "junk", "sent", "trash".
using special_uses = std::set<std::string>;

struct entry {
    std::string name;
    bool exists = true;     // false: only subscribed to (\NonExistent), or only a parent in the hierarchy
    bool selectable = true; // false: \Noselect
    bool subscribed = false;
    special_uses uses;
};

struct to_append {
    std::string octets; // CRLF line ends (binary content as it is)
    flag_set system_flags = 0;
    std::vector<std::string> keywords;
    std::optional<std::int64_t> received; // now, when empty
    std::int16_t zone = 0;
};
struct appended {
    std::uint32_t uid_validity = 0;
    std::vector<uid> ids; // in the order of the messages: APPENDUID
};

struct quota_root {
    std::string name;                                          // "" : the account's
    std::optional<std::uint64_t> storage_limit, message_limit; // octets, messages; empty: none
    std::uint64_t storage_used = 0, messages_used = 0;
};

class account {
  public:
    virtual ~account() = default;
    virtual const std::string& user() const = 0;

    virtual result<std::vector<entry>>
    list() = 0; // all, INBOX first, then by name; parents of what exists too
    virtual result<std::shared_ptr<folder>>
    open(const std::string& name) = 0; // the same object for all sessions
    virtual result<void> create(const std::string& name, const special_uses& uses) = 0; // parents too
    virtual result<void> remove(const std::string& name) = 0;
    // RFC 9051 §6.3.6: children go along; renaming INBOX moves its messages and leaves it empty.
    virtual result<void> rename(const std::string& from, const std::string& to) = 0;
    virtual result<void> subscribe(const std::string& name, bool on) = 0;
    // All of them or none (RFC 3502). trouble::missing: no such mailbox (TRYCREATE).
    virtual result<appended> append(const std::string& name, std::vector<to_append> messages) = 0;

    virtual result<quota_root> quota() = 0;
    // RFC 9208 §4.1.3, for users who may; trouble::not_possible otherwise.
    virtual result<void> set_quota(std::optional<std::uint64_t> storage,
                                   std::optional<std::uint64_t> messages) = 0;
};

} // namespace refmail::mailbox
