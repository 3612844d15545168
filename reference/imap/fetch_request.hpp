// What FETCH and UID FETCH ask for: the grammar of RFC 9051 §9 (fetch, fetch-att, section), with the items of
// RFC 3501 that clients still use, BINARY (RFC 3516), and the modifiers of RFC 7162 §3.1.4 and §3.2.6.
// Macros are put into items, doubled items dropped. Touches no message.
#pragma once
#include "reference/imap/cursor.hpp"
#include "reference/imap/response.hpp"
#include "reference/message/section.hpp"

namespace refmail::imap {

struct octet_window { // "<first.count>"
    std::uint64_t first = 0, count = 0;
};

struct fetch_item {
    enum class what {
        flags,
        internal_date,
        size,
        uid,
        mod_sequence,
        envelope,
        body,
        body_structure,
        section,
        binary,
        binary_size,
    };
    what wanted = what::flags;
    std::string name; // as it stands in the response: "BODY[HEADER]<0>"
    bool sets_seen = false;
    message::section section; // of section, binary, binary_size
    std::optional<octet_window> window;
};

struct fetch_request {
    sequence_set messages;
    std::vector<fetch_item> items;
    std::optional<mailbox::mod_sequence> changed_since;
    bool vanished = false;

    bool asks(fetch_item::what w) const;
    bool sets_seen() const;
};

// What stands behind "FETCH". A mistake makes the cursor fail.
fetch_request read_fetch(cursor& in, const modes& how, bool by_uid);

} // namespace refmail::imap
