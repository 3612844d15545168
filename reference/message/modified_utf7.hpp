// Modified UTF-7: how IMAP4rev1 writes mailbox names in ASCII, and Maildir++ names its folders. RFC 9051
// Appendix A.1, RFC 3501 §5.1.3. Refuses (decoding) what A.1 does not permit: octets above 127, controls,
// ASCII in base64, superfluous shifts, a shift that does not end, stray bits, halves of surrogates.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace refmail::message {

std::string encode_modified_utf7(std::string_view utf8); // valid UTF-8
std::optional<std::string> decode_modified_utf7(std::string_view text);

} // namespace refmail::message
