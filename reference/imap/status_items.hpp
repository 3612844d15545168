// The data items of STATUS, asked for by the command and by LIST's RETURN (STATUS (...)). RFC 9051 §6.3.11,
// RFC 3501 (RECENT), RFC 7162 §3.1.7 (HIGHESTMODSEQ), RFC 7889 (APPENDLIMIT), RFC 9208 §4.1.4.
#pragma once
#include "reference/imap/cursor.hpp"
#include "reference/imap/response.hpp"
#include "reference/mailbox/account.hpp"

namespace refmail::imap {

enum class status_item {
    messages,
    recent,
    uidnext,
    uidvalidity,
    unseen,
    deleted,
    size,
    highestmodseq,
    appendlimit,
    deleted_storage,
};

struct status_items {
    std::vector<status_item> items; // in the order in which they were asked for, each once
    bool enables_condstore() const; // RFC 7162 §3.1
};

// "(MESSAGES UNSEEN)"; a mistake makes the cursor fail.
status_items read_status_items(cursor& arguments, const modes& how);

// "* STATUS name (...)". Looks at the files first.
mailbox::result<void> put_status(response_writer& out, const status_items& asked, const std::string& name,
                                 mailbox::folder& of, std::uint64_t append_limit);

} // namespace refmail::imap
