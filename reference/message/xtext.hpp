// xtext and unitext: addresses inside parameter values. RFC 4954 §8, RFC 3461 §4, RFC 6533 §3.
// Refuses "+" without two hexadecimal digits, "=", blanks, controls and octets above 127; whether the decoded
// text makes sense is for the caller to say.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace refmail::message {

// RFC 3461 §4 wants upper-case digits; RFC 4954 §8 uses HEXDIG, which knows no case.
enum class hex_case { upper, any };
std::optional<std::string> decode_xtext(std::string_view text, hex_case digits = hex_case::any);
std::string encode_xtext(std::string_view text);

// RFC 6533 §3: utf-8-addr-xtext or utf-8-addr-unitext ("\x{E9}", UTF-8 octets beside it) to the UTF-8
// address. Nothing if it is neither.
std::optional<std::string> decode_unitext(std::string_view text);
// utf-8-addr-xtext: ASCII only, fit for an ORCPT parameter and for a 7-bit report. `address` must be UTF-8.
std::string encode_unitext(std::string_view address);

} // namespace refmail::message
