// Points in time as mail writes them: RFC 5322 §3.3 date-time, the way RFC 5321 §4.4 wants it in
// trace fields (four-digit year, numeric offset). Nothing here reads a clock: time is passed in.
// Refuses: the obsolete forms of §4.3 when writing; reading accepts them.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

namespace refmail::message {

struct timestamp {
    std::chrono::sys_seconds at{};
    std::chrono::minutes offset{}; // of local time from UTC, at that moment
};

// "Sun, 22 Nov 2026 05:39:50 +0000"
std::string format_date_time(const timestamp& t);

// "20261122053950", UTC: the readable part of a message identifier.
std::string format_compact(const timestamp& t);

// Does the body of a Date field fit date-time (obsolete forms included)? CFWS allowed around tokens.
bool is_date_time(std::string_view text);

} // namespace refmail::message
