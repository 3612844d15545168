// The part for people: what became of the message, for whom, what the other server said, what happens next.
// RFC 6522 §3 (1), RFC 3461 §6.2. In English (i-default); says nothing that the part for programs
// contradicts.
#pragma once
#include "reference/report/notification.hpp"

#include <string>

namespace refmail::report {

std::string subject_of(const notification& n);

// CRLF line ends; UTF-8 where an address or a reply is. `returns_all`: the copy below is the whole message.
std::string explanation(const notification& n, bool returns_all);

} // namespace refmail::report
