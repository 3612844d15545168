// Passwords at rest: scrypt (RFC 7914), slow and hungry on purpose, written in the PHC string form
// "$scrypt$ln=14,r=8,p=1$SALT$HASH" (base64 without padding).
#pragma once
#include <string>
#include <string_view>

namespace refmail::daemon {

// About 40 ms and 16 MiB. Prepares the password (sasl/prepare.hpp); throws configuration_error if that fails.
std::string hash_password(std::string_view password);
bool is_password_hash(std::string_view text); // whole and with costs that we would compute
bool verify_password(std::string_view prepared, std::string_view hash); // throws when memory is short

} // namespace refmail::daemon
