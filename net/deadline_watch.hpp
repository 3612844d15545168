// How a deadline ends an operation: the one place. A watch belongs to a direction of a stream; a
// guard puts one operation under it. The operation is cancelled through its own slot and returns
// its error as a value, and fired() says whether the deadline did it. So EOF, reset and timeout
// stay three things, which `op || timer` would not grant (it waits for the first *success*).
// The timer is lazy: it is moved only when a deadline is nearer than the one it sleeps for, so a
// session with an idle limit of minutes arms it once in minutes, not with each read.
// Internal to net/. Everything happens on one executor; nothing here is thread-safe.
#pragma once
#include "net/deadline.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>

namespace net {

class deadline_watch {
    struct state : std::enable_shared_from_this<state> {
        explicit state(const boost::asio::any_io_executor& on)
            : timer(on) {}
        void arm(clock::time_point when);
        void on_timer();

        boost::asio::steady_timer timer;
        boost::asio::cancellation_signal signal;
        clock::time_point current = clock::time_point::max(); // of the operation under way
        clock::time_point armed = clock::time_point::max();   // what the timer sleeps for
        bool fired = false;
    };

  public:
    class guard {
      public:
        guard(std::shared_ptr<state> s, deadline until, boost::asio::cancellation_state caller);
        ~guard();
        guard(const guard&) = delete;
        guard& operator=(const guard&) = delete;

        bool fired() const { return state_->fired; }
        // The completion token for the operation: errors come back as a tuple.
        auto token() {
            return boost::asio::bind_cancellation_slot(state_->signal.slot(),
                                                       boost::asio::as_tuple(boost::asio::use_awaitable));
        }

      private:
        // Shared: at the end of a program a suspended operation may outlive its stream.
        std::shared_ptr<state> state_;
        boost::asio::cancellation_slot caller_;
    };

    explicit deadline_watch(const boost::asio::any_io_executor& on)
        : state_(std::make_shared<state>(on)) {}
    ~deadline_watch() { state_->timer.cancel(); }
    deadline_watch(const deadline_watch&) = delete;
    deadline_watch& operator=(const deadline_watch&) = delete;

    // `caller`: co_await this_coro::cancellation_state; who cancels the coroutine cancels the operation.
    guard watch(deadline until, boost::asio::cancellation_state caller) { return {state_, until, caller}; }

  private:
    std::shared_ptr<state> state_;
};

} // namespace net
