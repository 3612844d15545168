// So many of a thing (connections, accounts) among coroutines of one event loop: each takes several at
// once or waits, and whoever came first is served first, however much it wants. So one that wants two is
// not starved by many that want one. Not thread-safe.
#pragma once
#include "net/event.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <deque>

namespace mailspec::target {

class fair_gate {
  public:
    fair_gate(const boost::asio::any_io_executor& on, int capacity)
        : free_(capacity)
        , capacity_(capacity)
        , changed_(on) {}

    // Returns when `count` are the caller's; more than there are is cut to all of them.
    net::task<int> enter(int count); // how many it got
    void leave(int count);

    int free() const { return free_; }
    int waiting() const { return int(queue_.size()); }

  private:
    int free_, capacity_;
    std::uint64_t next_ticket_ = 0;
    std::deque<std::uint64_t> queue_;
    net::event changed_;
};

// What enter() gave, left when it ends.
class gate_pass {
  public:
    gate_pass(fair_gate& gate, int count)
        : gate_(gate)
        , count_(count) {}
    ~gate_pass() { gate_.leave(count_); }
    gate_pass(const gate_pass&) = delete;
    gate_pass& operator=(const gate_pass&) = delete;

  private:
    fair_gate& gate_;
    int count_;
};

} // namespace mailspec::target
