// xtext: addresses inside parameter values. RFC 4954 §8, RFC 3461 §4.
// Refuses "+" without two hexadecimal digits, "=", blanks, controls and octets above 127.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace refmail::smtp {

// Hexadecimal digits in either letter case (RFC 4954 §8 uses HEXDIG, which knows no case).
std::optional<std::string> decode_xtext(std::string_view text);

} // namespace refmail::smtp
