// The field that a server adds on the way: Received (RFC 5321 §4.4, RFC 3848). Return-Path is added by who
// delivers (daemon/delivery_plan.cpp).
// Pure formatting: facts in, octets with CRLF out. Adds nothing that the caller does not state.
#pragma once
#include "reference/message/date_time.hpp"

#include <string>
#include <string_view>

namespace refmail::message {

struct received_facts {
    std::string helo;           // as the client gave it: a domain or an address literal
    std::string client_address; // "127.0.0.1" or "::1", from the connection
    std::string server_name;
    std::string protocol; // with: SMTP ESMTP ESMTPS ESMTPA ESMTPSA LMTP ... UTF8SMTP ... UTF8LMTPSA
    std::string id;
    std::string only_recipient; // for: empty unless the message has a single recipient
    timestamp when;
};

std::string received_field(const received_facts& facts);

enum class transport { smtp, esmtp, lmtp };
// RFC 3848 §1, RFC 6531 §4.3 (`utf8`: MAIL had SMTPUTF8). HELO sessions stay "SMTP" whatever else holds: the
// registry has no SMTPS or SMTPA.
std::string with_protocol(transport t, bool tls, bool authenticated, bool utf8 = false);

} // namespace refmail::message
