// Something that happened, for coroutines on one executor that wait for it: wait() returns when
// notify() is called after the wait began, or at the deadline. A waiter checks its own condition
// again afterwards, as with a condition variable.
#pragma once
#include "net/byte_stream.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace net {

class event {
  public:
    explicit event(const boost::asio::any_io_executor& on);
    ~event();
    event(const event&) = delete;
    event& operator=(const event&) = delete;

    void notify();                   // wakes all who wait now
    task<bool> wait(deadline until); // false: the deadline passed first

  private:
    struct impl;
    std::shared_ptr<impl> impl_; // a waiter may outlive the event
};

task<void> sleep_until(deadline until);

} // namespace net
