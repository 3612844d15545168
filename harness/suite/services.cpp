// The table of services; see services.hpp. A service is added here and in target/, and nowhere else.
#include "harness/suite/services.hpp"

namespace mailspec::suite {

const std::vector<std::string>& known_services() {
    static const std::vector<std::string> services = {"smtp", "submission", "submissions", "lmtp",
                                                      "imap", "imaps",      "pop3",        "pop3s"};
    return services;
}

// RFC 8314 §3: implicit TLS.
bool is_tls_service(std::string_view service) {
    return service == "submissions" || service == "imaps" || service == "pop3s";
}

protocol protocol_of(std::string_view service) {
    if (service == "imap" || service == "imaps") return protocol::imap;
    if (service == "pop3" || service == "pop3s") return protocol::pop3;
    return protocol::smtp;
}

const char* name_of(protocol p) {
    if (p == protocol::imap) return "imap";
    return p == protocol::pop3 ? "pop3" : "smtp";
}

} // namespace mailspec::suite
