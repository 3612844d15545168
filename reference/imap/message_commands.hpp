// The commands of the selected state, as the session's dispatch begins them: each reads its arguments (the
// cursor stands behind the command's name and what follows it, a space or the end) and gives what carries
// them out. Nothing here touches a mailbox before the first step. RFC 9051 §6.3.2, §6.4; RFC 5256.
#pragma once
#include "reference/imap/command_run.hpp"
#include "reference/imap/modes.hpp"
#include "reference/mailbox/account.hpp"

#include <memory>

namespace refmail::imap {

class selected_folder;

// The references outlive the run. `in` is set by it: empty when the command failed (RFC 9051 §6.3.2: then no
// mailbox is selected), and what was selected before is gone, with [CLOSED] where that must be told.
begun begin_select(cursor& arguments, mailbox::account& of, std::unique_ptr<selected_folder>& in, modes& how,
                   bool read_only);

begun begin_fetch(cursor& arguments, selected_folder& in, modes& how, bool by_uid);
begun begin_store(cursor& arguments, selected_folder& in, modes& how, bool by_uid);
begun begin_search(cursor& arguments, selected_folder& in, modes& how, bool by_uid);
begun begin_sort(cursor& arguments, selected_folder& in, modes& how, bool by_uid);
begun begin_thread(cursor& arguments, selected_folder& in, modes& how, bool by_uid);
begun begin_copy(cursor& arguments, selected_folder& in, mailbox::account& of, modes& how, bool by_uid);
begun begin_move(cursor& arguments, selected_folder& in, mailbox::account& of, modes& how, bool by_uid);
begun begin_expunge(cursor& arguments, selected_folder& in, modes& how, bool by_uid);
// CLOSE: expunges silently unless read-only, and leaves the mailbox. UNSELECT: leaves it as it is. Both
// empty `in`.
begun begin_close(cursor& arguments, std::unique_ptr<selected_folder>& in, modes& how, bool expunge);

} // namespace refmail::imap
