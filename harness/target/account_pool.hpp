// The target's accounts, leased to running cases: exclusive, several at once or none, in the order of
// asking. A lease that ends, however it ends, gives its accounts back.
#pragma once
#include "harness/target/fair_gate.hpp"
#include "harness/target/target.hpp"

#include <vector>

namespace mailspec::target {

class account_pool;

class account_lease {
  public:
    account_lease() = default;
    account_lease(account_lease&& other) noexcept;
    account_lease& operator=(account_lease&&) = delete;
    ~account_lease();
    const std::vector<account>& accounts() const { return accounts_; }

  private:
    friend class account_pool;
    account_pool* pool_ = nullptr;
    std::vector<account> accounts_;
};

class account_pool {
  public:
    account_pool(const boost::asio::any_io_executor& on, std::vector<account> accounts);

    // At most size() may be asked for. The pool must outlive the lease.
    net::task<account_lease> lease(int count);
    int size() const { return size_; }

  private:
    friend class account_lease;
    int size_;
    std::vector<account> idle_; // those that rested longest are last and go first
    fair_gate gate_;
};

} // namespace mailspec::target
