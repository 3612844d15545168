// The digest with which a client proves that it knows a secret by APOP. RFC 1939 §7.
#pragma once
#include <expected>
#include <string>
#include <string_view>

namespace mailspec::script {

// MD5 over the timestamp of the greeting (angle brackets included) and the secret, in lower-case
// hexadecimal. On error: a sentence, the greeting has no timestamp.
std::expected<std::string, std::string> apop_digest(std::string_view greeting, std::string_view secret);

} // namespace mailspec::script
