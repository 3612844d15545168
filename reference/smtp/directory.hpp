// Who lives here: the question that RCPT, VRFY, EXPN and sender checks ask. Synchronous: the answer is
// expected from memory. Implemented by the daemon over its configuration; tests have a small one.
// Called from the session's thread; several sessions call at once, so implementations are const and
// thread-safe. Local-parts of the server's own domains are its own business (RFC 5321 §2.3.11), letter
// case and sub-addresses ("alice+lists") included: they are resolved behind this interface.
#pragma once
#include "reference/message/mailbox.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace refmail::smtp {

// One copy of a message: into the mailbox of an account, or onward to a foreign address.
struct destination {
    std::string user;         // account name; empty: not ours, the copy leaves to `address`
    std::string detail;       // sub-address, "" if none
    message::mailbox address; // the address that this copy is for, usable in RCPT
    std::string full_name;    // for VRFY and EXPN; may be empty

    bool is_local() const { return !user.empty(); }
};

struct resolution {
    enum class kind {
        mailbox,     // one destination
        alias,       // one or more destinations; the reverse-path stays (RFC 5321 §3.9.1)
        list,        // its members; the reverse-path becomes `owner` (RFC 5321 §3.9.2)
        unknown,     // our domain, nobody of that name
        foreign,     // not our domain
        ambiguous,   // VRFY by name only: `destinations` are the candidates
        unavailable, // cannot be told now: 450
    };
    resolution::kind kind = kind::unknown;
    message::mailbox address;              // canonical form of what was asked, for VRFY's reply
    std::vector<destination> destinations; // no duplicates
    std::optional<message::mailbox> owner; // list: who gets its bounces
    bool backed_up = false; // foreign: we are an MX of the domain, and hand its mail on (RFC 5321 §5.1)
};

class directory {
  public:
    virtual ~directory() = default;

    // Any mailbox; `postmaster` without domain is asked with an empty domain and must exist
    // (RFC 5321 §4.5.1), as must postmaster@ each of our domains, in any letter case.
    virtual resolution resolve(const message::mailbox& address) const = 0;

    // A name without domain, from VRFY or EXPN: a local-part, or what else it chooses to recognise.
    virtual resolution find(std::string_view name) const = 0;

    // May this authenticated user send as that address? His own, his sub-addresses, his aliases.
    virtual bool may_send_as(std::string_view user, const message::mailbox& sender) const = 0;

    // The main address of a user: for a missing From field, or an added Sender.
    virtual message::mailbox address_of(std::string_view user) const = 0;
};

} // namespace refmail::smtp
