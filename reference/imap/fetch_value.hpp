// The value of one FETCH item that needs the message itself: ENVELOPE, BODY, BODYSTRUCTURE, BODY[...],
// BINARY[...], BINARY.SIZE[...]. RFC 9051 §6.4.5, §7.5.2; RFC 3516 §4.3. Big values are views that keep their
// message open, so that they can be sent in slices.
#pragma once
#include "reference/imap/fetch_request.hpp"
#include "reference/imap/open_message.hpp"

namespace refmail::imap {

struct fetched_value {
    std::string text; // ready to be sent; empty: a literal of `octets`
    std::string_view octets;
    bool literal8 = false;             // it has NUL in it and may show that (BINARY)
    std::shared_ptr<const void> keeps; // what `octets` stands in
};

enum class fetch_trouble {
    gone,        // expunged meanwhile
    unknown_cte, // RFC 9051 §7.5.2: NO [UNKNOWN-CTE]
    failed,      // open_message::why()
};
fetch_trouble trouble_of(const open_message& not_opened);

std::expected<fetched_value, fetch_trouble> value_of(const fetch_item& item, open_message& of,
                                                     mailbox::folder& in, const modes& how);

// Of BINARY and BINARY.SIZE, of a message that is open: can it be decoded?
bool encoding_is_known(const fetch_item& item, open_message& of);

// "17-Jul-1996 02:44:25 -0700" in quotes, as INTERNALDATE has it.
void put_internal_date(std::string& out, std::int64_t received, int zone_minutes);

} // namespace refmail::imap
