// What a target offers, asked by name; see the header.
#include "harness/target/target.hpp"

namespace mailspec::target {

std::string target_info::reads_mail_by() const {
    const bool any = mailboxes.empty();
    if ((any || mailboxes == "maildir") && !maildir.empty()) return "maildir";
    for (const char* service : {"imap", "imaps", "pop3", "pop3s"})
        if (services.contains(service) && (any || std::string_view(service).starts_with(mailboxes)))
            return service;
    return {};
}

bool service_capabilities::offers(std::string_view keyword, std::string_view parameter) const {
    // RFC 9051 §6.2: these two speak of logging in. A server that lists one behind a login (Cyrus does)
    // offers nothing.
    const bool before_login = keyword == "LOGINDISABLED" || keyword == "STARTTLS";
    return plain.has(keyword, parameter) || secured.has(keyword, parameter) ||
           (!before_login && logged_in.has(keyword, parameter));
}

} // namespace mailspec::target
