// The daemon's time; see the header. Each waiter has a timer on its own loop; moving the clock makes every
// one of them look again.
#include "reference/daemon/movable_clock.hpp"

#include "reference/daemon/clock.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <vector>

namespace refmail::daemon {

namespace asio = boost::asio;

struct movable_clock::shared_state {
    std::atomic<std::int64_t> offset{0}; // seconds
    std::mutex lock;
    std::vector<std::weak_ptr<waiter>> waiters;

    time_point now() const { return std::chrono::system_clock::now() + std::chrono::seconds(offset.load()); }
    void enlist(const std::shared_ptr<waiter>& one);
};

struct movable_clock::waiter : std::enable_shared_from_this<waiter> {
    waiter(std::shared_ptr<shared_state> s, const asio::any_io_executor& on, time_point w)
        : state(std::move(s))
        , executor(on)
        , timer(on)
        , when(w) {}

    // The system's clock may be set while we sleep, so nobody sleeps for longer than this at a time.
    void set_timer() {
        constexpr std::chrono::nanoseconds longest = std::chrono::minutes(1);
        const auto rest = std::chrono::nanoseconds(when - state->now());
        timer.expires_after(std::clamp(rest, std::chrono::nanoseconds(0), longest));
    }
    bool is_due() const { return state->now() >= when; }
    void sleep_for_alarm();

    std::shared_ptr<shared_state> state;
    asio::any_io_executor executor;
    asio::steady_timer timer; // touched on `executor` only
    const time_point when;
    std::function<void()> ring; // an alarm's; empty once it rang or was given up
};

void movable_clock::shared_state::enlist(const std::shared_ptr<waiter>& one) {
    const std::lock_guard hold(lock);
    // Those that are gone are swept out when the list would grow.
    if (waiters.size() == waiters.capacity())
        std::erase_if(waiters, [](const auto& other) { return other.expired(); });
    waiters.push_back(one);
}

void movable_clock::waiter::sleep_for_alarm() {
    set_timer();
    timer.async_wait([self = shared_from_this()](const boost::system::error_code&) {
        if (!self->ring) return;
        if (!self->is_due()) return self->sleep_for_alarm();
        const auto ring = std::exchange(self->ring, nullptr);
        ring();
    });
}

movable_clock::movable_clock()
    : state_(std::make_shared<shared_state>()) {}

movable_clock::time_point movable_clock::now() const {
    return state_->now();
}

std::int64_t movable_clock::seconds() const {
    return std::chrono::duration_cast<std::chrono::seconds>(now().time_since_epoch()).count();
}

message::timestamp movable_clock::local() const {
    return local_time(seconds());
}

std::chrono::seconds movable_clock::offset() const {
    return std::chrono::seconds(state_->offset.load());
}

void movable_clock::advance(std::chrono::seconds by) {
    if (by.count() <= 0) return;
    state_->offset += by.count();
    std::vector<std::weak_ptr<waiter>> all;
    {
        const std::lock_guard hold(state_->lock);
        all = state_->waiters;
    }
    for (const auto& weak : all)
        if (const auto one = weak.lock())
            asio::post(one->executor, [weak] { // on its own loop, if it still waits then
                if (const auto awake = weak.lock()) awake->timer.cancel();
            });
}

net::task<bool> movable_clock::wait_until(time_point when) {
    const auto on = co_await asio::this_coro::executor;
    const auto self = std::make_shared<waiter>(state_, on, when);
    state_->enlist(self);
    while (!self->is_due()) {
        self->set_timer();
        const auto token = asio::as_tuple(asio::use_awaitable);
        co_await self->timer.async_wait(token);
        const auto cancelled = co_await asio::this_coro::cancellation_state;
        if (cancelled.cancelled() != asio::cancellation_type::none) co_return false;
    }
    co_return true;
}

movable_clock::alarm::alarm(const movable_clock& clock, asio::any_io_executor on, time_point when,
                            std::function<void()> ring)
    : waiter_(std::make_shared<waiter>(clock.state_, on, when)) {
    waiter_->ring = std::move(ring);
    clock.state_->enlist(waiter_);
    waiter_->sleep_for_alarm();
}

movable_clock::alarm::~alarm() {
    waiter_->ring = nullptr;
    waiter_->timer.cancel();
}

} // namespace refmail::daemon
