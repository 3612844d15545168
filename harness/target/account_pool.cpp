// Leases; see the header.
#include "harness/target/account_pool.hpp"

#include <algorithm>
#include <utility>

namespace mailspec::target {

account_lease::account_lease(account_lease&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr))
    , accounts_(std::move(other.accounts_)) {}

account_lease::~account_lease() {
    if (!pool_) return;
    const int count = int(accounts_.size());
    for (auto& a : accounts_)
        pool_->idle_.insert(pool_->idle_.begin(), std::move(a));
    pool_->gate_.leave(count);
}

account_pool::account_pool(const boost::asio::any_io_executor& on, std::vector<account> accounts)
    : size_(int(accounts.size()))
    , idle_(std::move(accounts))
    , gate_(on, size_) {
    std::ranges::reverse(idle_);
}

net::task<account_lease> account_pool::lease(int count) {
    const int got = co_await gate_.enter(count);
    account_lease out;
    out.pool_ = this;
    for (int i = 0; i < got; ++i) {
        out.accounts_.push_back(std::move(idle_.back()));
        idle_.pop_back();
    }
    co_return out;
}

} // namespace mailspec::target
