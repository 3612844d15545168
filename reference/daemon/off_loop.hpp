// Waiting on the event loop for work that another thread does.
#pragma once
#include "net/byte_stream.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <functional>

namespace refmail::daemon {

// `start` gets a function to call once, from any thread, with the outcome; the coroutine goes on
// with it on `on`. Cancelling the coroutine does not cut the work short.
template <class Outcome>
net::task<Outcome> off_loop(boost::asio::any_io_executor on,
                            std::function<void(std::move_only_function<void(Outcome)>)> start) {
    namespace asio = boost::asio;
    auto initiation = [&](auto handler) {
        auto guard = asio::make_work_guard(on);
        auto finish = [on, guard = std::move(guard), handler = std::move(handler)](Outcome outcome) mutable {
            auto resume = [handler = std::move(handler), outcome = std::move(outcome)]() mutable {
                std::move(handler)(std::move(outcome));
            };
            asio::post(on, std::move(resume));
        };
        std::move_only_function<void(Outcome)> once(std::move(finish));
        start(std::move(once));
    };
    const auto& token = asio::use_awaitable;
    co_return co_await asio::async_initiate<decltype(token), void(Outcome)>(initiation, token);
}

} // namespace refmail::daemon
