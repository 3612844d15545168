// Message identifiers: RFC 5322 §3.6.4. Recognises them (obsolete forms of §4.5.4 included) and writes
// new ones from a time, something unique and a host name; invents nothing itself.
#pragma once
#include "reference/message/date_time.hpp"

#include <string>
#include <string_view>

namespace refmail::message {

// Is the body of a Message-ID field one msg-id, with nothing but blanks and comments around it?
bool is_message_id(std::string_view body);

// "<20261122053950.UNIQUE@host>"; `unique` must be an atom.
std::string make_message_id(const timestamp& when, std::string_view unique, std::string_view host);

} // namespace refmail::message
