// An event loop, and running a coroutine to its end: for tests, and for a program whose work is
// one loop. Light to include: who spawns tasks sees no I/O header.
#pragma once
#include "net/byte_stream.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>

namespace net {

class loop {
  public:
    loop();
    ~loop(); // destroys what is still suspended
    loop(const loop&) = delete;
    loop& operator=(const loop&) = delete;

    boost::asio::any_io_executor executor();

    // Starts a coroutine on the loop; the function object lives until it ends. An exception that
    // leaves it leaves run(). Call it from the loop's own thread or before run().
    void spawn(std::function<task<void>()> work);

    void on_signal(std::initializer_list<int> numbers, std::function<void(int)> handler);
    void run();  // until nothing is left to do (signal handlers do not count), or stop()
    void stop(); // from any thread; what is suspended stays so until the loop is destroyed

  private:
    struct impl;
    std::unique_ptr<impl> impl_;
};

// Starts a coroutine beside the current one, on the same executor.
task<void> spawn_beside(std::function<task<void>()> work);

// The same from outside a coroutine. The executor's loop does not count it: run() ends without it.
void spawn_on(const boost::asio::any_io_executor& on, std::function<task<void>()> work);

// run(task) on a loop of its own; returns what it returned, rethrows what it threw.
void run(std::function<task<void>()> work);

template <class T>
T run_for(std::function<task<T>()> work) {
    std::optional<T> outcome;
    run([&]() -> task<void> { outcome.emplace(co_await work()); });
    return std::move(*outcome);
}

} // namespace net
