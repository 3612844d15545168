// A LIST response about one mailbox, without being asked: at SELECT (RFC 9051 §6.3.2), and when a name was
// normalised on its way (§6.3.9.7, OLDNAME).
#pragma once
#include "reference/imap/response.hpp"
#include "reference/mailbox/account.hpp"

namespace refmail::imap {

// `old_name`: as the client gave it. A mailbox that is not there is \NonExistent.
void put_list_response(response_writer& out, mailbox::account& of, const std::string& name,
                       const std::optional<std::string>& old_name);

} // namespace refmail::imap
