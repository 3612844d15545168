// Received: RFC 5321 §4.4, with the protocol names of RFC 3848.
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

std::string_view with_protocol(transport t, bool tls, bool authenticated) {
    switch (t) {
    case transport::smtp: return "SMTP";
    case transport::esmtp:
        if (tls) return authenticated ? "ESMTPSA" : "ESMTPS";
        return authenticated ? "ESMTPA" : "ESMTP";
    case transport::lmtp:
        if (tls) return authenticated ? "LMTPSA" : "LMTPS";
        return authenticated ? "LMTPA" : "LMTP";
    }
    return "SMTP";
}

} // namespace refmail::message
