// What others said, made fit to stand in a report: a reply, a host's name, an address. RFC 3464 §2.1.1:
// *text. Lets no control through (a reply is a stranger's text), and nothing beyond ASCII where a part is
// 7-bit.
#pragma once
#include "reference/queue/entry.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace refmail::report {

enum class charset { ascii, utf8 };

// One line's worth, at most 900 octets: with a field name still within the 998 of RFC 5322 §2.1.1.
std::string printable(std::string_view text, charset allowed);

// The lines of a reply (joined by LF), printable, without empty ones; at most 50, for a hostile server says
// no more than that.
std::vector<std::string> lines_of(std::string_view reply, charset allowed);

// Three digits and a blank, a hyphen or nothing: what a server said, not what we say in its place.
bool is_smtp_reply(std::string_view text);

// "2026-..." as mail writes it, with a numeric zone (RFC 3464 §2.2.5).
std::string date_time(queue::seconds_since_1970 when, int utc_offset_minutes);

} // namespace refmail::report
