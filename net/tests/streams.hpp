// What the tests of net/ share: a connected TCP pair on the loopback, and short ways to say
// "within five seconds" (a bound that a hang hits, never a duration that is asserted).
#pragma once
#include "net/byte_stream.hpp"
#include "net/connect.hpp"
#include "net/event.hpp"
#include "net/listener.hpp"
#include "net/memory_stream.hpp"
#include "net/run.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

namespace net_tests {

inline net::deadline soon() {
    return net::deadline::in(std::chrono::seconds(5));
}
inline net::deadline shortly() {
    return net::deadline::in(std::chrono::milliseconds(30));
}

struct pair {
    net::stream_ptr client, server;
};

inline net::task<pair> tcp_pair() {
    const auto on = co_await boost::asio::this_coro::executor;
    const net::endpoint any{"127.0.0.1", 0};
    auto listener = net::listener::open(on, any);
    BOOST_REQUIRE(listener);
    pair made;
    auto client = co_await net::connect("127.0.0.1", (*listener)->local().port, soon());
    BOOST_REQUIRE(client);
    auto server = co_await (*listener)->accept(soon());
    BOOST_REQUIRE(server);
    made.client = std::move(*client);
    made.server = std::move(*server);
    co_return made;
}

inline net::task<pair> memory() {
    const auto on = co_await boost::asio::this_coro::executor;
    auto [client, server] = net::memory_pair(on);
    pair made;
    made.client = std::move(client);
    made.server = std::move(server);
    co_return made;
}

using maker = net::task<pair> (*)();

// One read, as text; a failure as its name in brackets: "[eof]".
inline net::task<std::string> read_text(net::byte_stream& from, net::deadline until) {
    char room[4096];
    const auto got = co_await from.read_some(room, until);
    if (!got) co_return "[" + std::string(net::name_of(got.error().kind)) + "]";
    co_return std::string(room, *got);
}

} // namespace net_tests
