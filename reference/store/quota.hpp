// How much mail an account may hold, and holds: limits from the settings, or set by the user where that is
// allowed; usage from the index. Counts octets as served. RFC 9208.
#pragma once
#include "reference/store/account_index.hpp"

namespace refmail::store {

class quota : public std::enable_shared_from_this<quota> {
  public:
    quota(std::shared_ptr<account_index> index, const quota_limits& unless_set);

    mailbox::result<mailbox::quota_root> root();
    mailbox::result<void> set(const quota_limits& limits);
    // Brings the index up to date with the files; called before room is looked for. Before anybody reserves.
    void count_by(std::function<mailbox::result<void>()> count_first) {
        count_first_ = std::move(count_first);
    }
    // Room for so much more, which nobody else gets until the handle is dropped: after it was used, when the
    // index counts it. trouble::over_quota: there is none. Cheap where there is no limit. What others have
    // reserved counts, even if they then use less.
    using reservation = std::shared_ptr<void>;
    mailbox::result<reservation> reserve(std::uint64_t octets, std::uint64_t messages);
    bool is_limited();

  private:
    mailbox::result<void> room_for(std::uint64_t octets, std::uint64_t messages);

    std::shared_ptr<account_index> index_;
    std::function<mailbox::result<void>()> count_first_;
    std::mutex lock_;
    quota_limits limits_;
    std::uint64_t reserved_octets_ = 0, reserved_messages_ = 0;
};

} // namespace refmail::store
