// A message with binary content, made into what IMAP and POP3 can show: each part whose
// Content-Transfer-Encoding is binary becomes base64, octet for octet; the parts around it, which cannot be
// base64, say 8bit. RFC 3516 §4.4, §6 (BODYSTRUCTURE must name an encoding of the base specification), RFC
// 2045 §6.4. Refuses what cannot be kept without loss: NUL in what is not called binary, and binary content
// under a signature, which would no longer hold (RFC 1847 §2.1).
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace refmail::message {

// Nothing: it cannot be; to APPEND, NO [UNKNOWN-CTE].
std::optional<std::string> without_binary(std::string_view message);

} // namespace refmail::message
