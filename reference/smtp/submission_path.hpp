// RFC 6409 §4.2 on the envelope: an address without a domain gets one.
#pragma once
#include <string>
#include <string_view>

namespace refmail::smtp {

// "<bob> NOTIFY=NEVER" to "<bob@DOMAIN> NOTIFY=NEVER". All else stays as it is, right or wrong: what is no
// local-part, has an "@" already, <> and <postmaster>, which needs no domain.
std::string complete_path(std::string_view arguments, std::string_view domain);

} // namespace refmail::smtp
