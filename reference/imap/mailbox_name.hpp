// Names of mailboxes between the wire and reference/mailbox: modified UTF-7 or UTF-8 there, NFC here.
// RFC 9051 §5.1 (Net-Unicode, INBOX in any letter case), Appendix A.1. Refuses nothing: a name that cannot be
// becomes one that no mailbox has, and commands say NO to it.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace refmail::imap {

// As account::open and create want it. What is not well-formed gets an octet in front that is no UTF-8.
std::string name_from_wire(std::string_view octets, bool in_utf8);
// Decoded and no more: nothing if it is not well-formed.
std::optional<std::string> decoded_name(std::string_view octets, bool in_utf8);
std::string name_to_wire(std::string_view name, bool in_utf8);

} // namespace refmail::imap
