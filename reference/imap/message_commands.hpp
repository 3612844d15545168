// The commands on messages of the selected mailbox. Each begin_... reads what stands behind the command's
// name (the space included) up to the end of the line, and touches no mailbox; the run it gives does the
// rest. The run itself tells the client what happened in the mailbox (selected_folder::tell), as far as the
// command allows: the session adds nothing after these. `in` and `how` must outlive the run; `how.condstore`
// is set by those that enable CONDSTORE by being used. Documents: RFC 9051 §6.3.2, §6.4; RFC 3501; RFC 3516;
// RFC 4315; RFC 4731; RFC 5182; RFC 5032; RFC 5256; RFC 6851; RFC 7162.
#pragma once
#include "reference/imap/command_run.hpp"
#include "reference/imap/selected_folder.hpp"

namespace refmail::imap {

begun begin_fetch(cursor& arguments, selected_folder& in, modes& how, bool by_uid);
begun begin_store(cursor& arguments, selected_folder& in, modes& how, bool by_uid);
// ESEARCH names the command by its tag.
begun begin_search(cursor& arguments, selected_folder& in, modes& how, bool by_uid, std::string tag);
begun begin_sort(cursor& arguments, selected_folder& in, modes& how, bool by_uid, std::string tag);
begun begin_thread(cursor& arguments, selected_folder& in, modes& how, bool by_uid);
begun begin_copy(cursor& arguments, selected_folder& in, modes& how, mailbox::account& whose, bool by_uid);
begun begin_move(cursor& arguments, selected_folder& in, modes& how, mailbox::account& whose, bool by_uid);
begun begin_expunge(cursor& arguments, selected_folder& in, modes& how);     // EXPUNGE
begun begin_uid_expunge(cursor& arguments, selected_folder& in, modes& how); // UID EXPUNGE

// RFC 9051 §6.4.1: CLOSE removes silently, and nothing in a mailbox that was opened by EXAMINE.
mailbox::result<void> expunge_silently(selected_folder& in);

// What may stand behind the name in SELECT and EXAMINE: RFC 7162 §3.1.8, §3.2.5.
struct known_by_client { // QRESYNC
    std::uint32_t uid_validity = 0;
    mailbox::mod_sequence since = 0;
    std::optional<sequence_set> ids;
    sequence_set match_numbers, match_ids; // pairs, ascending
};
struct select_options {
    bool condstore = false;
    std::optional<known_by_client> known;
};
// "" or " (CONDSTORE ...)"; a mistake makes the cursor fail.
select_options read_select_options(cursor& arguments, const modes& how);
// After "* OK [CLOSED]" and LIST, which are the session's: FLAGS, EXISTS, the response codes, and what
// QRESYNC asks for. Its outcome is the tagged OK [READ-WRITE] or [READ-ONLY].
std::unique_ptr<command_run> begin_announcement(selected_folder& of, select_options options, modes& how);

} // namespace refmail::imap
