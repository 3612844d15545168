// Points in time as mail writes them: RFC 5322 §3.3 date-time, the way RFC 5321 §4.4 wants it in
// trace fields (four-digit year, numeric offset). Nothing here reads a clock: time is passed in.
// Refuses: the obsolete forms of §4.3 when writing; reading accepts them, and worse in stored mail.
#pragma once
#include <chrono>
#include <optional>
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

// What a Date field says, as far as it can be understood (RFC 5322 §4.3, RFC 5256 §2.2): two-digit years,
// zones by name, seconds or the day of the week missing. A broken zone is UTC, a broken time 00:00:00.
// Nothing: there is no date in it. SEARCH's SENTON is the day of at + offset; SORT's sent date is `at`.
std::optional<timestamp> read_sent_date(std::string_view body);

} // namespace refmail::message
