// Opening and accepting connections: addresses, refusals, and their words.
#include "net/tests/streams.hpp"

using namespace net_tests;

BOOST_AUTO_TEST_SUITE(connecting)

// A port that was ours a moment ago: nobody listens there.
static std::uint16_t free_port() {
    net::loop own;
    const net::endpoint any{"127.0.0.1", 0};
    return (*net::listener::open(own.executor(), any))->local().port;
}

BOOST_AUTO_TEST_CASE(nobody_listens_is_refused) {
    const auto port = free_port();
    net::run([&]() -> net::task<void> {
        const auto opened = co_await net::connect("127.0.0.1", port, soon());
        BOOST_REQUIRE(!opened);
        BOOST_TEST(net::name_of(opened.error().kind) == "refused");
        BOOST_TEST(opened.error().text == "127.0.0.1:" + std::to_string(port) + ": connection refused");
    });
}

BOOST_AUTO_TEST_CASE(a_name_without_address_does_not_resolve) {
    net::run([]() -> net::task<void> {
        const auto opened = co_await net::connect("no-such-host.invalid", 25, soon());
        BOOST_REQUIRE(!opened);
        BOOST_TEST(net::name_of(opened.error().kind) == "resolve");
        BOOST_TEST(opened.error().text.find("cannot resolve 'no-such-host.invalid'") == 0);
    });
}

BOOST_AUTO_TEST_CASE(localhost_by_name) {
    net::run([]() -> net::task<void> {
        const auto on = co_await boost::asio::this_coro::executor;
        const net::endpoint any{"localhost", 0};
        auto listener = net::listener::open(on, any);
        BOOST_REQUIRE(listener);
        const auto opened = co_await net::connect("localhost", (*listener)->local().port, soon());
        BOOST_REQUIRE(opened.has_value());
        BOOST_TEST((*opened)->peer_address() == to_string((*listener)->local()));
    });
}

BOOST_AUTO_TEST_CASE(addresses_are_those_of_both_ends_also_later) {
    net::run([]() -> net::task<void> {
        auto both = co_await tcp_pair();
        BOOST_TEST(both.client->local_address() == both.server->peer_address());
        BOOST_TEST(both.client->peer_address() == both.server->local_address());
        const std::string peer = both.client->peer_address();
        both.client->close();
        BOOST_TEST(both.client->peer_address() == peer);
    });
}

BOOST_AUTO_TEST_CASE(the_local_address_may_be_chosen) {
    net::run([]() -> net::task<void> {
        const auto on = co_await boost::asio::this_coro::executor;
        const net::endpoint any{"127.0.0.1", 0};
        auto listener = net::listener::open(on, any);
        auto client = co_await net::connect("127.0.0.1", (*listener)->local().port, soon(), "127.0.0.7");
        BOOST_REQUIRE(client.has_value());
        const auto server = co_await (*listener)->accept(soon());
        BOOST_TEST((*server)->peer_address().starts_with("127.0.0.7:"));
        const auto wrong = co_await net::connect("127.0.0.1", (*listener)->local().port, soon(), "192.0.2.1");
        BOOST_REQUIRE(!wrong.has_value());
        BOOST_TEST(wrong.error().text.find("cannot bind to 192.0.2.1") != std::string::npos);
    });
}

BOOST_AUTO_TEST_CASE(accept_times_out_and_closes) {
    net::run([]() -> net::task<void> {
        const auto on = co_await boost::asio::this_coro::executor;
        const net::endpoint any{"127.0.0.1", 0};
        auto listener = net::listener::open(on, any);
        const auto late = co_await (*listener)->accept(shortly());
        BOOST_REQUIRE(!late.has_value());
        BOOST_TEST(net::name_of(late.error().kind) == "timeout");
        co_await net::spawn_beside([&]() -> net::task<void> {
            (*listener)->close();
            co_return;
        });
        const auto closed = co_await (*listener)->accept(soon());
        BOOST_REQUIRE(!closed.has_value());
        BOOST_TEST(net::name_of(closed.error().kind) == "closed");
    });
}

BOOST_AUTO_TEST_CASE(a_taken_port_is_named) {
    net::loop own;
    const net::endpoint any{"127.0.0.1", 0};
    auto first = net::listener::open(own.executor(), any);
    const auto at = (*first)->local();
    const auto second = net::listener::open(own.executor(), at);
    BOOST_REQUIRE(!second);
    BOOST_TEST(second.error().text == "cannot listen on " + to_string(at) + ": Address already in use");
}

BOOST_AUTO_TEST_CASE(a_connection_may_live_on_another_loop) {
    net::loop accepting;
    net::loop serving;
    net::stream_ptr server, client;
    accepting.spawn([&]() -> net::task<void> {
        const net::endpoint any{"127.0.0.1", 0};
        auto listener = net::listener::open(accepting.executor(), any);
        auto opened = co_await net::connect("127.0.0.1", (*listener)->local().port, soon());
        client = std::move(*opened);
        auto accepted = co_await (*listener)->accept_on(serving.executor(), soon());
        server = std::move(*accepted);
        const auto written = co_await client->write("to the other loop", soon());
        BOOST_TEST(written.has_value());
    });
    accepting.run();
    std::string got;
    serving.spawn([&]() -> net::task<void> { got = co_await read_text(*server, soon()); });
    serving.run();
    BOOST_TEST(got == "to the other loop");
}

BOOST_AUTO_TEST_CASE(what_a_task_throws_leaves_the_loop) {
    BOOST_CHECK_THROW(net::run([]() -> net::task<void> {
                          throw std::runtime_error("mistake");
                          co_return;
                      }),
                      std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
