// The daemon's time: the system's, plus what the control port moved it by. The one place that reads the
// calendar clock. Everything that waits for minutes and more waits here, so that five days of retries pass in
// milliseconds; what protects us against a slow peer within seconds may stay with net/deadline.hpp.
// Thread-safe: coroutines of every event loop wait on one clock. It never goes backwards by our hand.
#pragma once
#include "net/byte_stream.hpp"
#include "reference/message/date_time.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace refmail::daemon {

class movable_clock {
    struct shared_state;
    struct waiter;

  public:
    using time_point = std::chrono::system_clock::time_point;

    movable_clock();

    time_point now() const;
    std::int64_t seconds() const;          // since 1970, UTC: as queue/entry.hpp has it
    message::timestamp local() const;      // with the local offset from UTC, for Date and Received
    std::chrono::seconds offset() const;   // by how much it was moved, in all
    void advance(std::chrono::seconds by); // forward; wakes all who are due, wherever they wait

    // On the coroutine's executor. True: it is time; false: the coroutine was cancelled meanwhile.
    net::task<bool> wait_until(time_point when);

    // Calls `ring` once, on `on`, when it is time; not any more once the alarm is destroyed (on that
    // executor). For ending an operation that is not the clock's, such as a read that waits for a reply.
    class alarm {
      public:
        alarm(const movable_clock& clock, boost::asio::any_io_executor on, time_point when,
              std::function<void()> ring);
        ~alarm();
        alarm(const alarm&) = delete;
        alarm& operator=(const alarm&) = delete;

      private:
        std::shared_ptr<waiter> waiter_;
    };

  private:
    std::shared_ptr<shared_state> state_; // an alarm may outlive the clock
};

} // namespace refmail::daemon
