// Reading what was delivered. A reader knows one way into the mailboxes (a Maildir path now; IMAP and POP3
// later); a case asks it for messages that carry its token.
#pragma once
#include "net/byte_stream.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::world {

struct mailbox_owner {
    std::string user, password, address;
};

class mailbox_reader {
  public:
    virtual ~mailbox_reader() = default;
    // Every message in the owner's inbox whose octets contain `token`; canonical CRLF line ends; the
    // oldest first. Never blocks the event loop for long; an error is a sentence (no such folder ...).
    virtual net::task<net::result<std::vector<std::string>>> find(const mailbox_owner& owner,
                                                                  std::string_view token) = 0;
    // Does NUL in a message reach us? Where not, something stands in its place, or it is gone.
    virtual bool carries_nul() const { return true; }
    // Does a message without an end of its last line come so? Where not, it gets one.
    virtual bool keeps_last_line() const { return true; }
};

// maildir_path has {user} in it, also {local-part}, {domain}; reads new/ and cur/.
std::unique_ptr<mailbox_reader> maildir_reader(std::string maildir_path);

} // namespace mailspec::world
