// The status code of a recipient, made to fit what is told about it: RFC 3463, RFC 3464 §2.3.4, RFC 3461
// §6.3.
#pragma once
#include "reference/report/notification.hpp"

#include <string>
#include <string_view>

namespace refmail::report {

// "5.1.1": the recipient's own if it is one and does not contradict the action; else the one in the reply;
// else 2.0.0, 4.0.0 or 5.0.0.
std::string status_of(const reported_recipient& r);

// What a status code means, for people: "there is no such mailbox". Empty where it tells them nothing.
std::string_view meaning_of(std::string_view status);

} // namespace refmail::report
