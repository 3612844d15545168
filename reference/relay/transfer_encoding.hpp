// The two encodings of MIME that make any octets 7-bit: RFC 2045 §6.7, §6.8. Encoding only; lines of at most
// 76 octets, CRLF line ends.
#pragma once
#include <string>
#include <string_view>

namespace refmail::relay {

// For text with CRLF line ends, which stay; not for content with a bare CR or LF. A last line without CRLF
// is left without.
std::string encode_quoted_printable(std::string_view text);

// Every octet is content, line ends too. No CRLF behind the last line.
std::string encode_base64_lines(std::string_view octets);

} // namespace refmail::relay
