// First come, first served; see the header.
#include "harness/target/fair_gate.hpp"

#include <algorithm>

namespace mailspec::target {

net::task<int> fair_gate::enter(int count) {
    const int wanted = std::clamp(count, 0, capacity_);
    if (wanted == 0) co_return 0;
    const auto ticket = next_ticket_++;
    queue_.push_back(ticket);
    const auto forever = net::deadline::never();
    while (queue_.front() != ticket || free_ < wanted)
        co_await changed_.wait(forever);
    queue_.pop_front();
    free_ -= wanted;
    changed_.notify(); // the next in the queue may fit beside us
    co_return wanted;
}

void fair_gate::leave(int count) {
    free_ += count;
    changed_.notify();
}

} // namespace mailspec::target
