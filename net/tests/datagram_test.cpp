// UDP: whole datagrams with their senders; deadlines, closing, and what is said of a bad address.
#include "net/datagram.hpp"
#include "net/tests/streams.hpp"

using namespace net_tests;

BOOST_AUTO_TEST_SUITE(datagrams)

static net::task<std::unique_ptr<net::datagram_socket>> any_socket(std::string host = "127.0.0.1") {
    const auto on = co_await boost::asio::this_coro::executor;
    const net::endpoint any{host, 0};
    auto opened = net::datagram_socket::open(on, any);
    BOOST_REQUIRE(opened);
    co_return std::move(*opened);
}

BOOST_AUTO_TEST_CASE(a_datagram_comes_whole_and_can_be_answered) {
    net::run([]() -> net::task<void> {
        auto server = co_await any_socket();
        auto client = co_await any_socket();
        BOOST_TEST(server->local().port != 0);
        const std::string large(20000, 'q');
        const auto sent = co_await client->send(large, server->local());
        BOOST_TEST(sent.has_value());
        const auto got = co_await server->receive(soon());
        BOOST_REQUIRE(got.has_value());
        BOOST_TEST(got->octets == large);
        BOOST_TEST((got->peer == client->local()));
        const auto answered = co_await server->send("answer", got->peer);
        BOOST_TEST(answered.has_value());
        const auto back = co_await client->receive(soon());
        BOOST_REQUIRE(back.has_value());
        BOOST_TEST(back->octets == "answer");
        BOOST_TEST((back->peer == server->local()));
    });
}

BOOST_AUTO_TEST_CASE(an_empty_datagram_is_one) {
    net::run([]() -> net::task<void> {
        auto server = co_await any_socket();
        auto client = co_await any_socket();
        const auto sent = co_await client->send("", server->local());
        BOOST_TEST(sent.has_value());
        const auto got = co_await server->receive(soon());
        BOOST_REQUIRE(got.has_value());
        BOOST_TEST(got->octets.empty());
    });
}

BOOST_AUTO_TEST_CASE(silence_is_a_timeout_and_harms_nothing) {
    net::run([]() -> net::task<void> {
        auto server = co_await any_socket();
        auto client = co_await any_socket();
        const auto polled = co_await server->receive(net::deadline::no_wait());
        BOOST_REQUIRE(!polled);
        BOOST_TEST(net::name_of(polled.error().kind) == "timeout");
        const auto silent = co_await server->receive(shortly());
        BOOST_REQUIRE(!silent);
        BOOST_TEST(net::name_of(silent.error().kind) == "timeout");
        const auto sent = co_await client->send("late", server->local());
        BOOST_TEST(sent.has_value());
        const auto got = co_await server->receive(soon());
        BOOST_REQUIRE(got.has_value());
        BOOST_TEST(got->octets == "late");
    });
}

BOOST_AUTO_TEST_CASE(a_peer_that_is_gone_does_not_end_the_socket) {
    net::run([]() -> net::task<void> {
        auto server = co_await any_socket();
        auto gone = co_await any_socket();
        const auto nowhere = gone->local();
        gone.reset();
        for (int i = 0; i < 3; ++i) {
            const auto sent = co_await server->send("anybody?", nowhere);
            BOOST_TEST(sent.has_value());
        }
        auto client = co_await any_socket();
        const auto sent = co_await client->send("here", server->local());
        BOOST_TEST(sent.has_value());
        const auto got = co_await server->receive(soon());
        BOOST_REQUIRE(got.has_value());
        BOOST_TEST(got->octets == "here");
    });
}

BOOST_AUTO_TEST_CASE(closing_wakes_a_pending_receive) {
    net::run([]() -> net::task<void> {
        auto server = co_await any_socket();
        co_await net::spawn_beside([&]() -> net::task<void> {
            server->close();
            co_return;
        });
        const auto got = co_await server->receive(soon());
        BOOST_REQUIRE(!got);
        BOOST_TEST(net::name_of(got.error().kind) == "closed");
    });
}

BOOST_AUTO_TEST_CASE(over_ipv6) {
    net::run([]() -> net::task<void> {
        auto server = co_await any_socket("::1");
        auto client = co_await any_socket("::1");
        const auto sent = co_await client->send("six", server->local());
        BOOST_TEST(sent.has_value());
        const auto got = co_await server->receive(soon());
        BOOST_REQUIRE(got.has_value());
        BOOST_TEST(got->octets == "six");
        BOOST_TEST(got->peer.host == "::1");
    });
}

BOOST_AUTO_TEST_CASE(bad_addresses_are_named) {
    net::run([]() -> net::task<void> {
        const auto on = co_await boost::asio::this_coro::executor;
        auto taken = co_await any_socket();
        const auto text = to_string(taken->local());
        const auto second = net::datagram_socket::open(on, taken->local());
        BOOST_REQUIRE(!second);
        BOOST_TEST(second.error().text == "cannot open UDP " + text + ": Address already in use");
        const net::endpoint name{"not-an-address", 53};
        const auto named = net::datagram_socket::open(on, name);
        BOOST_REQUIRE(!named);
        BOOST_TEST(named.error().text == "cannot open UDP not-an-address:53: Invalid argument");
        const auto sent = co_await taken->send("x", name);
        BOOST_REQUIRE(!sent);
        BOOST_TEST(sent.error().text == "cannot send to not-an-address:53: Invalid argument");
    });
}

BOOST_AUTO_TEST_SUITE_END()
