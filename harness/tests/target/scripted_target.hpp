// Profiles of scripted_server.py, and bringing them up: for the tests of launching and of restarting.
#pragma once
#include "harness/target/running_target.hpp"
#include "net/connect.hpp"
#include "net/listener.hpp"
#include "net/run.hpp"

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

namespace mailspec::testing {

// A port that nobody has now.
inline std::uint16_t free_port() {
    std::uint16_t port = 0;
    net::run([&]() -> net::task<void> {
        const auto on = co_await boost::asio::this_coro::executor;
        const net::endpoint any{"127.0.0.1", 0};
        port = (*net::listener::open(on, any))->local().port;
    });
    return port;
}

inline target::profile profile_of(std::vector<std::string> command, std::uint16_t port) {
    target::profile p;
    p.target.name = "scripted";
    p.target.services["smtp"] = fmt::format("127.0.0.1:{}", port);
    p.target.maildir = "{work}/mail/{user}";
    p.folder = SOURCE_DIR "/harness/tests/target";
    p.start = target::start_plan{std::move(command), "smtp", std::chrono::seconds(10), {}, {}};
    return p;
}

inline std::vector<std::string> server(std::uint16_t port, const char* mode) {
    return {"python3", "{profile}/scripted_server.py", std::to_string(port), mode};
}

inline target::launched bring_up(const target::profile& p, const target::launch_options& how = {}) {
    return net::run_for<target::launched>([&] { return target::launch(p, how); });
}

inline bool answers(std::uint16_t port) {
    return net::run_for<bool>([&]() -> net::task<bool> {
        const auto soon = net::deadline::in(std::chrono::seconds(1));
        const auto stream = co_await net::connect("127.0.0.1", port, soon);
        co_return stream.has_value();
    });
}

// A daemon that was sent a signal takes a moment to end.
inline bool falls_silent(std::uint16_t port) {
    const auto until = net::deadline::in(std::chrono::seconds(10));
    while (answers(port) && !until.passed()) {
    }
    return !answers(port);
}

} // namespace mailspec::testing
