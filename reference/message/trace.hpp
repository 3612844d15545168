// The fields that a server adds on the way: Received (RFC 5321 §4.4, RFC 3848) and Return-Path.
// Pure formatting: facts in, octets with CRLF out. Adds nothing that the caller does not state.
#pragma once
#include "reference/message/date_time.hpp"
#include "reference/message/mailbox.hpp"

#include <string>

namespace refmail::message {

struct received_facts {
    std::string helo;           // as the client gave it: a domain or an address literal
    std::string client_address; // "127.0.0.1" or "::1", from the connection
    std::string server_name;
    std::string protocol; // with: SMTP ESMTP ESMTPS ESMTPA ESMTPSA LMTP LMTPS LMTPA LMTPSA
    std::string id;
    std::string only_recipient; // for: empty unless the message has a single recipient
    timestamp when;
};

std::string received_field(const received_facts& facts);

// "Return-Path: <joe@example.test>\r\n": the first line at final delivery, added by who delivers.
std::string return_path_field(const reverse_path& path);

enum class transport { smtp, esmtp, lmtp };
// RFC 3848 §1. HELO sessions stay "SMTP" whatever else holds: the registry has no SMTPS or SMTPA.
std::string_view with_protocol(transport t, bool tls, bool authenticated);

} // namespace refmail::message
