// Passwords at rest: scrypt (RFC 7914), slow and hungry on purpose, written in the PHC string form
// "$scrypt$ln=14,r=8,p=1$SALT$HASH" (base64 without padding).
#pragma once
#include <string>
#include <string_view>

namespace refmail::daemon {

std::string hash_password(std::string_view password); // about 40 ms and 16 MiB
bool is_password_hash(std::string_view text);         // whole and with costs that we would compute
bool verify_password(std::string_view password, std::string_view hash);

} // namespace refmail::daemon
