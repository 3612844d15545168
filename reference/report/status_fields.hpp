// The part for programs: message/delivery-status (RFC 3464 §2), or its form with UTF-8 in it,
// message/global-delivery-status (RFC 6533 §4.1).
#pragma once
#include "reference/report/field_text.hpp"
#include "reference/report/notification.hpp"

#include <string>

namespace refmail::report {

// The fields of the message, then a group for each recipient, each preceded by an empty line. With
// charset::ascii international addresses are in their 7-bit form (utf-8-addr-xtext, RFC 6533 §3).
std::string status_fields(const notification& n, charset allowed);

// Has any address in it that ASCII alone cannot write?
bool has_international_address(const notification& n);

} // namespace refmail::report
