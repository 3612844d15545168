// COPY and MOVE between mailboxes of different kinds: by content, in portions that fit into memory. RFC 9051
// §6.4.7: COPY is undone when it does not succeed; RFC 6851: MOVE moves a message or leaves it where it is.
#pragma once
#include "reference/mailbox/account.hpp"

#include <functional>

namespace refmail::store {

// Messages as APPEND would bring them, with flags, keywords and times.
mailbox::result<std::vector<mailbox::to_append>> as_appends(mailbox::folder& from,
                                                            std::span<const mailbox::uid> ids);

using portion_carrier =
    std::function<mailbox::result<mailbox::appended>(std::span<const mailbox::uid> portion)>;
// The portions one after the other; what was carried when one failed is in `done`.
mailbox::result<void> in_portions(mailbox::folder& from, std::span<const mailbox::uid> ids,
                                  mailbox::copied& done, const portion_carrier& carry);

using appender = std::function<mailbox::result<mailbox::appended>(std::vector<mailbox::to_append>)>;
mailbox::result<mailbox::copied> copy_by_content(mailbox::folder& from, mailbox::folder& to,
                                                 std::span<const mailbox::uid> ids, const appender& append);

} // namespace refmail::store
