// Puts messages into the Maildir of an account (https://cr.yp.to/proto/maildir.html), as a delivery agent
// does: written below tmp/, then renamed into new/. For targets whose mailboxes can be prepared in no other
// way. It removes nothing.
#pragma once
#include "harness/world/mailbox.hpp"

#include <expected>
#include <string>
#include <string_view>

namespace mailspec::world {

// The folder of an owner: `{user}`, `{local-part}` and `{domain}` of the path filled in.
std::string maildir_of(std::string path, const mailbox_owner& owner);

// One message, with LF as line end, as Maildirs have it. Messages that are put one after the other have names
// in that order. The file belongs to whom the folder belongs to, where we may say so. On error: a sentence.
std::expected<void, std::string> put_into_maildir(const std::string& folder, std::string_view message);

} // namespace mailspec::world
