// Messages for hosts that take less than they hold: 8-bit and binary MIME made into 7-bit MIME (RFC 6152 §3,
// RFC 3030 §3), part by part, so that each decodes to exactly the octets it had (RFC 2045 §6). Changes only
// the leaves that need it, their Content-Transfer-Encoding, and that of what encloses them.
// Refuses, with the reason, where that cannot be done without loss or guessing: 8-bit header fields, 8-bit
// text without MIME, 8-bit octets outside the parts, in what claims to be encoded, or under a signature.
#pragma once
#include <expected>
#include <string>
#include <string_view>

namespace refmail::relay {

// The message with CRLF line ends, header section first. The error is a clause: "its header has 8-bit
// octets".
std::expected<std::string, std::string> to_seven_bit(std::string_view message);

// RFC 6531 §3.2, RFC 6532: octets above 127 in a header section, at any level of the MIME structure.
bool has_eight_bit_header(std::string_view message);

} // namespace refmail::relay
