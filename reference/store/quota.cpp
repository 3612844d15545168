// How much mail an account may hold; see the header.
#include "reference/store/quota.hpp"

#include <fmt/core.h>

namespace refmail::store {

quota::quota(std::shared_ptr<account_index> index, const quota_limits& unless_set)
    : index_(std::move(index))
    , limits_(unless_set) {
    if (const auto set = index_->limits(); set && *set) limits_ = **set;
}

bool quota::is_limited() {
    const std::lock_guard hold(lock_);
    return limits_.storage || limits_.messages;
}

mailbox::result<mailbox::quota_root> quota::root() {
    auto now = index_->usage();
    if (!now) return now;
    const std::lock_guard hold(lock_);
    now->storage_limit = limits_.storage;
    now->message_limit = limits_.messages;
    return now;
}

mailbox::result<void> quota::set(const quota_limits& limits) {
    account_index::changes change(*index_);
    change.set_limits(limits);
    if (auto done = change.commit(); !done) return done;
    const std::lock_guard hold(lock_);
    limits_ = limits;
    return {};
}

// First what others have on their way, then what is there: what gets there in between is counted twice, not
// left out.
mailbox::result<quota::reservation> quota::reserve(std::uint64_t octets, std::uint64_t messages) {
    if (!is_limited()) return reservation();
    std::uint64_t all_octets = 0, all_messages = 0;
    {
        const std::lock_guard hold(lock_);
        all_octets = reserved_octets_ += octets;
        all_messages = reserved_messages_ += messages;
    }
    reservation mine(nullptr, [kept = shared_from_this(), octets, messages](void*) {
        const std::lock_guard hold(kept->lock_);
        kept->reserved_octets_ -= octets;
        kept->reserved_messages_ -= messages;
    });
    if (count_first_)
        if (auto counted = count_first_(); !counted) return std::unexpected(counted.error());
    if (auto room = room_for(all_octets, all_messages); !room) return std::unexpected(room.error());
    return mine;
}

mailbox::result<void> quota::room_for(std::uint64_t octets, std::uint64_t messages) {
    const auto now = root();
    if (!now) return std::unexpected(now.error());
    const auto too_much = [](const auto& limit, std::uint64_t used, std::uint64_t more) {
        return limit && (used > *limit || more > *limit - used);
    };
    if (too_much(now->storage_limit, now->storage_used, octets))
        return std::unexpected(
            mailbox::trouble{mailbox::trouble::kind::over_quota,
                             fmt::format("{} octets more are past the limit of {}; {} are in use", octets,
                                         *now->storage_limit, now->storage_used)});
    if (too_much(now->message_limit, now->messages_used, messages))
        return std::unexpected(
            mailbox::trouble{mailbox::trouble::kind::over_quota,
                             fmt::format("{} messages more are past the limit of {}; there are {}", messages,
                                         *now->message_limit, now->messages_used)});
    return {};
}

} // namespace refmail::store
