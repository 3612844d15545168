// UTF-8 as octets: RFC 3629. What may stand in internationalized addresses and fields (RFC 6531, RFC 6532).
// Refuses overlong forms, surrogates and what is past U+10FFFF. Knows no characters, only code points.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace refmail::message {

bool is_ascii(std::string_view text);
bool is_utf8(std::string_view text); // ASCII is UTF-8

// Takes one code point off the front; nothing if none is there.
std::optional<char32_t> take_code_point(std::string_view& text);
void append_code_point(std::string& out, char32_t c); // a code point that is no surrogate

} // namespace refmail::message
