// What SEARCH and SORT give back: which results were asked for (RFC 9051 §6.4.4, RFC 4731, RFC 5182, RFC 5267
// §3), how they are written (SEARCH or SORT of IMAP4rev1, ESEARCH), and what "$" holds afterwards.
#pragma once
#include "reference/imap/cursor.hpp"
#include "reference/imap/selected_folder.hpp"

namespace refmail::imap {

struct result_options {
    bool given = false; // RETURN (...): ESEARCH also for IMAP4rev1
    bool min = false, max = false, all = false, count = false, save = false;
};

// "RETURN (...) ", if it is next; the space behind it too.
result_options read_result_options(cursor& in);

struct found_messages {
    std::vector<place> places;      // in the order of the mailbox, or of SORT
    bool with_mod_sequence = false; // MODSEQ was among the keys
};

// The untagged response, if there is one. `word`: "SEARCH" or "SORT".
void put_found(response_writer& out, std::string_view word, std::string_view tag, const found_messages& found,
               const result_options& options, const selected_folder& in, const modes& how, bool by_uid);

// RFC 9051 §6.4.4.1: sets "$", if SAVE was asked for.
void save_found(const found_messages& found, const result_options& options, selected_folder& in);

} // namespace refmail::imap
