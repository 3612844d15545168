// Something that happened; see the header. A timer that is cancelled to wake the waiters.
#include "net/event.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <list>

namespace net {

namespace asio = boost::asio;

// A timer a waiter: each has its own deadline.
struct event::impl {
    explicit impl(const asio::any_io_executor& on)
        : executor(on) {}
    struct waiter {
        explicit waiter(const asio::any_io_executor& on)
            : timer(on) {}
        asio::steady_timer timer;
        bool woken = false;
    };
    asio::any_io_executor executor;
    std::list<waiter*> waiters;
};

event::event(const asio::any_io_executor& on)
    : impl_(std::make_shared<impl>(on)) {}
event::~event() {
    notify();
}

void event::notify() {
    for (auto* waiter : impl_->waiters) {
        waiter->woken = true;
        waiter->timer.cancel();
    }
}

task<bool> event::wait(deadline until) {
    if (until.polls() || until.passed()) co_return false;
    auto keep = impl_;
    impl::waiter self(keep->executor);
    struct entry { // also when the coroutine is destroyed while it waits
        std::list<impl::waiter*>& all;
        std::list<impl::waiter*>::iterator at;
        ~entry() { all.erase(at); }
    };
    const entry listed{keep->waiters, keep->waiters.insert(keep->waiters.end(), &self)};
    self.timer.expires_at(until.at);
    const auto token = asio::as_tuple(asio::use_awaitable);
    co_await self.timer.async_wait(token);
    co_return self.woken;
}

task<void> sleep_until(deadline until) {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor);
    timer.expires_at(until.at);
    const auto token = asio::as_tuple(asio::use_awaitable);
    co_await timer.async_wait(token);
}

} // namespace net
