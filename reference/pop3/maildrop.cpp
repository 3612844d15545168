// The INBOX of one user as a POP3 session sees it; see the header.
#include "reference/pop3/maildrop.hpp"

#include <fmt/format.h>

namespace refmail::pop3 {

mailbox::result<maildrop> maildrop::open(mailbox::account& of) {
    maildrop drop;
    auto folder = of.open("INBOX");
    if (!folder) return std::unexpected(folder.error());
    drop.folder_ = std::move(*folder);
    // RFC 1939 §4: the lock first, then what it protects.
    auto lock = drop.folder_->lock_exclusively();
    if (!lock) return std::unexpected(lock.error());
    drop.lock_ = std::move(*lock);
    // On a full disk what is known already can still be read, and removed.
    if (auto looked = drop.folder_->refresh();
        !looked && looked.error().kind != mailbox::trouble::kind::no_space)
        return std::unexpected(looked.error());
    drop.uid_validity_ = drop.folder_->facts().uid_validity;
    const auto records = drop.folder_->records();
    drop.messages_.reserve(records.size());
    for (const auto& one : records)
        drop.messages_.push_back({one.id, one.octets, false});
    drop.unmark_all();
    return drop;
}

mailbox::result<std::shared_ptr<const mailbox::content>> maildrop::read(const message& one) const {
    return folder_->open(one.id);
}

mailbox::result<void> maildrop::update() {
    std::vector<mailbox::uid> going;
    for (const auto& one : messages_)
        if (one.deleted) going.push_back(one.id);
    if (going.empty()) return {};
    // What another session expunged meanwhile is gone as well: that is no failure.
    if (auto gone = folder_->expunge(going, true); !gone) return std::unexpected(gone.error());
    return {};
}

void maildrop::mark(std::size_t index) {
    auto& one = messages_[index];
    if (one.deleted) return;
    one.deleted = true;
    --count_;
    octets_ -= one.octets;
}

void maildrop::unmark_all() {
    count_ = messages_.size();
    octets_ = 0;
    for (auto& one : messages_) {
        one.deleted = false;
        octets_ += one.octets;
    }
}

std::string maildrop::unique_id(const message& one) const {
    return fmt::format("{}.{}", uid_validity_, one.id);
}

} // namespace refmail::pop3
