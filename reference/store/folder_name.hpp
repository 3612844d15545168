// Names of mailboxes as folders of a Maildir++: "Lists/boost" is ".Lists.boost" below the user's Maildir,
// INBOX the Maildir itself; levels in modified UTF-7, as Courier and Dovecot write them. A '.' in a level
// would be a border there: it is written "&AC4-". No name leads out of the user's folder, for none keeps a
// '/'. Other programs may have written a folder's name otherwise: in UTF-8, with a bare '&', in another
// normal form. Its mailbox has the name that a client can say. Maildir++:
// https://www.courier-mta.org/imap/README.maildirquota.html; RFC 9051 §5.1.
#pragma once
#include "reference/mailbox/trouble.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace refmail::store {

// Of a new mailbox; "" for INBOX. trouble::bad_name with the reason: an empty level, controls, what is no
// UTF-8, too long.
mailbox::result<std::string> directory_of(const std::string& name);

// Whoever made it; in NFC, "INBOX" in capitals. Nothing for what is no mailbox's.
std::optional<std::string> name_of(std::string_view directory);

// Could another program have made a folder for it that directory_of() does not name?
bool may_be_written_otherwise(std::string_view name);

} // namespace refmail::store
