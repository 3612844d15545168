// How much mail an account may hold, and holds: limits from the settings, or set by the user where that is
// allowed; usage from the index. Counts octets as served. RFC 9208.
#pragma once
#include "reference/store/account_index.hpp"

namespace refmail::store {

class quota {
  public:
    quota(std::shared_ptr<account_index> index, const quota_limits& unless_set);

    mailbox::result<mailbox::quota_root> root();
    mailbox::result<void> set(const quota_limits& limits);
    // trouble::over_quota: so much more would be too much. Cheap where there is no limit.
    mailbox::result<void> room_for(std::uint64_t octets, std::uint64_t messages);
    bool is_limited();

  private:
    std::shared_ptr<account_index> index_;
    std::mutex lock_;
    quota_limits limits_;
};

} // namespace refmail::store
