// Why a mailbox operation was not done, as a value. A client is told the kind (a response code of RFC 5530 or
// 9208); the text is for the log.
#pragma once
#include <expected>
#include <string>

namespace refmail::mailbox {

struct trouble {
    enum class kind {
        missing,        // no such mailbox, or no such message any more      NONEXISTENT
        exists,         // a mailbox of that name is there                   ALREADYEXISTS
        not_possible,   // INBOX deleted, no mail in it, children in the way CANNOT
        bad_name,       // no mailbox may be called so                       CANNOT
        over_quota,     // OVERQUOTA
        limit,          // too many keywords, mailboxes ...                  LIMIT
        no_special_use, // RFC 6154 §3: the use is not supported           USEATTR
        in_use,         // another program or session has it                 INUSE
        corrupt,        // CORRUPTION
        no_space,       // the disk is full: may be better later             UNAVAILABLE
        failed,         // any other local trouble                           SERVERBUG
    };
    trouble::kind kind = kind::failed;
    std::string text;
};

template <class T>
using result = std::expected<T, trouble>;

} // namespace refmail::mailbox
