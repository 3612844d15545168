// Base64 as RFC 4954 §4 and RFC 4648 §4 want it from a peer: strict. Refuses any octet outside the
// alphabet, padding anywhere but at the end, a missing or superfluous '=', and stray bits in the last group.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace refmail::message {

std::optional<std::string> decode_base64(std::string_view text); // "" decodes to ""
std::string encode_base64(std::string_view octets);

} // namespace refmail::message
