// Received: RFC 5321 §4.4, with the protocol names of RFC 3848 and RFC 6531.
// Time-stamp-line = "Received:" FWS From-domain By-domain Opt-info [CFWS] ";" FWS date-time
// Folded so that no line comes near 998 octets, long host names included.
#include "reference/message/trace.hpp"

#include <fmt/format.h>

namespace refmail::message {

namespace {

// TCP-info = address-literal: what the connection says, beside what the client says.
std::string as_literal(const std::string& address) {
    return address.find(':') == std::string::npos ? "[" + address + "]" : "[IPv6:" + address + "]";
}

} // namespace

std::string received_field(const received_facts& f) {
    // RFC 5321 §4.4: FROM with the EHLO name and the address; FOR with one path or not at all.
    auto field = fmt::format("Received: from {} ({})\r\n\tby {} with {} id {}", f.helo,
                             as_literal(f.client_address), f.server_name, f.protocol, f.id);
    if (!f.only_recipient.empty()) field += "\r\n\tfor <" + f.only_recipient + ">";
    return field + ";\r\n\t" + format_date_time(f.when) + "\r\n";
}

std::string with_protocol(transport t, bool tls, bool authenticated, bool utf8) {
    if (t == transport::smtp) return "SMTP";
    // RFC 6531 §4.3: UTF8SMTP stands where ESMTP did, UTF8LMTP for LMTP.
    std::string name = t == transport::lmtp ? (utf8 ? "UTF8LMTP" : "LMTP") : (utf8 ? "UTF8SMTP" : "ESMTP");
    if (tls) name += 'S';
    if (authenticated) name += 'A';
    return name;
}

} // namespace refmail::message
