// What COPY and MOVE between mailboxes of different kinds have in common: they go by content, in portions
// that fit into memory. RFC 9051 §6.4.7, RFC 6851. Who takes them in says what happens all at once.
#pragma once
#include "reference/mailbox/account.hpp"
#include "reference/store/indexed_folder.hpp"

namespace refmail::store {

// Messages as APPEND would bring them, with flags, keywords and times.
mailbox::result<std::vector<mailbox::to_append>> as_appends(indexed_folder& from,
                                                            std::span<const mailbox::uid> ids);

using portion_carrier = std::function<mailbox::result<void>(std::span<const mailbox::uid> portion)>;
// The portions one after the other, until one fails.
mailbox::result<void> in_portions(mailbox::folder& from, std::span<const mailbox::uid> ids,
                                  std::size_t most_octets, const portion_carrier& carry);

// COPY: `to` takes in all of them, or none.
template <class Folder>
mailbox::result<mailbox::copied> copy_by_content(indexed_folder& from, Folder& to,
                                                 std::span<const mailbox::uid> ids) {
    auto there = to.take_copies(from, ids);
    if (!there) return std::unexpected(there.error());
    return mailbox::copied{there->uid_validity, {ids.begin(), ids.end()}, std::move(there->ids)};
}

} // namespace refmail::store
