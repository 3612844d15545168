// Names of mailboxes as folders of a Maildir++: "Lists/boost" is ".Lists.boost" below the user's Maildir,
// INBOX the Maildir itself; levels in modified UTF-7, as Courier and Dovecot write them. A '.' in a level
// would be a border there: it is written "&AC4-". No name leads out of the user's folder, for none keeps a
// '/'. Maildir++: https://www.courier-mta.org/imap/README.maildirquota.html; RFC 9051 §5.1.
#pragma once
#include "reference/mailbox/trouble.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace refmail::store {

// "" for INBOX. trouble::bad_name with the reason: an empty level, controls, what is no UTF-8, too long.
mailbox::result<std::string> directory_of(const std::string& name);

// Nothing for what is no mailbox's, or would be written otherwise by directory_of().
std::optional<std::string> name_of(std::string_view directory);

} // namespace refmail::store
