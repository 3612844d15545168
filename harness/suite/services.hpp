// The services that a script may connect to, and the language that each speaks. What `C:` and `S:` mean
// follows from the protocol of the connection. Knows no port; docs/suite-language.md, "A suite".
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::suite {

enum class protocol { smtp, imap, pop3 }; // smtp: submission and LMTP too

const std::vector<std::string>& known_services(); // smtp submission submissions lmtp imap imaps pop3 pop3s
bool is_tls_service(std::string_view service);    // TLS from the first octet
protocol protocol_of(std::string_view service);   // of what is not known: smtp
const char* name_of(protocol p);                  // "smtp", "imap", "pop3": a folder of suites/

} // namespace mailspec::suite
