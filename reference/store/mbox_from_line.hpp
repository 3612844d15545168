// The line that begins a message of an mbox: "From SENDER DATE", the date as asctime() writes it. Whether a
// line that begins with "From " is one, the date decides: programs that do not quote such lines of the text
// are many. What we write is UTC, as RFC 4155 wants it; what we read is taken for UTC where it names no other
// zone in digits.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace refmail::store {

struct from_line {
    std::string sender;    // may be empty
    std::int64_t when = 0; // seconds since 1970
};

// Without its line end; nothing: it begins no message.
std::optional<from_line> parse_from_line(std::string_view line);

// With its line end. A sender that is empty is MAILER-DAEMON; what would break the line becomes '-'.
std::string make_from_line(std::string_view sender, std::int64_t when);

} // namespace refmail::store
