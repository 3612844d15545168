// The values of RET, ENVID, NOTIFY and ORCPT: RFC 3461 §4.1 to §4.4, RFC 6533 §3 for ORCPT=utf-8.
// Refuses (501, RFC 3461 §5.1) what their grammar refuses; keeps what is relayed unchanged as it came.
#pragma once
#include "reference/message/notify.hpp"
#include "reference/smtp/envelope.hpp"
#include "reference/smtp/parameter_list.hpp"

#include <expected>
#include <string>

namespace refmail::smtp {

struct original_recipient {
    std::string type;    // "rfc822", as it came
    std::string address; // in xtext, unitext or UTF-8, as it came
};

std::expected<returned, refusal> parse_ret(const parameter& p);
std::expected<std::string, refusal> parse_envid(const parameter& p);
std::expected<message::notify, refusal> parse_notify(const parameter& p);
std::expected<original_recipient, refusal> parse_orcpt(const parameter& p);

} // namespace refmail::smtp
