// Search keys as a tree: the grammar of RFC 9051 §9 (search-program), with RFC 3501's NEW, OLD and RECENT,
// WITHIN (RFC 5032) and MODSEQ (RFC 7162 §3.1.5). Strings are UTF-8 from here on. Cheap keys stand before
// costly ones. Knows no message: search_match.hpp looks at those.
#pragma once
#include "reference/imap/cursor.hpp"
#include "reference/imap/modes.hpp"
#include "reference/message/text_search.hpp"

namespace refmail::imap {

struct search_key {
    enum class what {
        all,
        flags,        // those of `number`, all of them
        keyword,      // `field`
        recent,       // RFC 3501
        new_messages, // RFC 3501: RECENT UNSEEN
        numbers,
        ids,
        before, // INTERNALDATE's own day and `day`
        on,
        since,
        larger,
        smaller,
        older, // RFC 5032: seconds
        younger,
        modified,    // RFC 7162: at or after
        sent_before, // from here on the message must be read: its header
        sent_on,
        sent_since,
        header, // `field` and `text`
        body,   // and from here on all of it
        text,
        both, // of children
        either,
    };
    what kind = what::all;
    bool negated = false;
    std::uint64_t number = 0;
    std::chrono::sys_days day{};
    sequence_set set;
    std::string field;
    std::optional<message::search_text> sought;
    std::vector<search_key> children;

    what costliest() const; // of itself and its children; decides who goes first
    bool has(what kind) const;
};

struct search_program {
    search_key key; // what::both of all
    bool charset_is_known = true;
};

// How CHARSET is given: SEARCH may, SORT and THREAD must, without the word. Begins at the first word and goes
// up to the end of the command. A mistake makes the cursor fail; an unknown charset does not (RFC 9051
// §6.4.4: that is NO).
search_program read_search_program(cursor& in, const modes& how, bool charset_first);

// "BADCHARSET (US-ASCII UTF-8 ...)"
std::string bad_charset_code();

} // namespace refmail::imap
