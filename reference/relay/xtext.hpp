// Values inside parameters: xtext (RFC 3461 §4) and the two forms of a UTF-8 address in ORCPT (RFC 6533 §3).
#pragma once
#include <string>
#include <string_view>

namespace refmail::relay {

// "+" and "=", and every octet outside "!" to "~", become "+" and two hexadecimal digits in upper case.
std::string encode_xtext(std::string_view text);

// RFC 6533 §3, utf-8-addr-xtext: ASCII only, anything else as \x{HEX}; for a host without SMTPUTF8.
std::string encode_utf8_addr_xtext(std::string_view address);
// RFC 6533 §3, utf-8-addr-unitext: as it is but for what ESMTP values exclude; for a host with it.
std::string encode_utf8_addr_unitext(std::string_view address);

} // namespace refmail::relay
