// EOF, reset, timeout, refusal and our own close are different outcomes, over TCP and in memory.
#include "net/tests/streams.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

using namespace net_tests;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(outcomes)

static const maker makers[] = {&tcp_pair, &memory};
static const char* const names[] = {"tcp", "memory"};

BOOST_DATA_TEST_CASE(octets_arrive_as_they_were_sent, data::make(makers) ^ data::make(names), make, name) {
    BOOST_TEST_CONTEXT(name) {
        net::run([&]() -> net::task<void> {
            auto both = co_await make();
            const std::string sent("a\0\xff\r\n", 5);
            const auto written = co_await both.client->write(sent, soon());
            BOOST_TEST(written.has_value());
            const auto got = co_await read_text(*both.server, soon());
            BOOST_TEST(got == sent);
        });
    }
}

BOOST_DATA_TEST_CASE(a_closed_peer_is_eof, data::make(makers) ^ data::make(names), make, name) {
    BOOST_TEST_CONTEXT(name) {
        net::run([&]() -> net::task<void> {
            auto both = co_await make();
            const auto written = co_await both.client->write("bye", soon());
            BOOST_TEST(written.has_value());
            both.client->close();
            const auto first = co_await read_text(*both.server, soon());
            const auto second = co_await read_text(*both.server, soon());
            BOOST_TEST(first == "bye");
            BOOST_TEST(second == "[eof]");
        });
    }
}

BOOST_DATA_TEST_CASE(a_destroyed_peer_is_eof, data::make(makers) ^ data::make(names), make, name) {
    BOOST_TEST_CONTEXT(name) {
        net::run([&]() -> net::task<void> {
            auto both = co_await make();
            both.client.reset();
            const auto got = co_await read_text(*both.server, soon());
            BOOST_TEST(got == "[eof]");
        });
    }
}

BOOST_DATA_TEST_CASE(a_reset_is_a_reset, data::make(makers) ^ data::make(names), make, name) {
    BOOST_TEST_CONTEXT(name) {
        net::run([&]() -> net::task<void> {
            auto both = co_await make();
            both.client->reset();
            const auto got = co_await read_text(*both.server, soon());
            BOOST_TEST(got == "[reset]");
            const auto written = co_await both.server->write("too late", soon());
            BOOST_REQUIRE(!written);
            BOOST_TEST(net::name_of(written.error().kind) == "reset");
        });
    }
}

BOOST_DATA_TEST_CASE(silence_is_a_timeout_and_harms_nothing, data::make(makers) ^ data::make(names), make,
                     name) {
    BOOST_TEST_CONTEXT(name) {
        net::run([&]() -> net::task<void> {
            auto both = co_await make();
            const auto silent = co_await read_text(*both.server, shortly());
            BOOST_TEST(silent == "[timeout]");
            const auto again = co_await read_text(*both.server, shortly());
            BOOST_TEST(again == "[timeout]");
            const auto written = co_await both.client->write("late", soon());
            BOOST_TEST(written.has_value());
            const auto got = co_await read_text(*both.server, soon());
            BOOST_TEST(got == "late");
        });
    }
}

BOOST_DATA_TEST_CASE(a_poll_takes_what_is_there, data::make(makers) ^ data::make(names), make, name) {
    BOOST_TEST_CONTEXT(name) {
        net::run([&]() -> net::task<void> {
            auto both = co_await make();
            const auto nothing = co_await read_text(*both.server, net::deadline::no_wait());
            BOOST_TEST(nothing == "[timeout]");
            const auto written = co_await both.client->write("here", soon());
            BOOST_TEST(written.has_value());
            const auto got = co_await read_text(*both.server, net::deadline::no_wait());
            BOOST_TEST(got == "here");
        });
    }
}

BOOST_DATA_TEST_CASE(half_close_lets_the_answer_through, data::make(makers) ^ data::make(names), make, name) {
    BOOST_TEST_CONTEXT(name) {
        net::run([&]() -> net::task<void> {
            auto both = co_await make();
            const auto half = co_await both.client->shutdown_send(soon());
            BOOST_TEST(half.has_value());
            const auto seen = co_await read_text(*both.server, soon());
            BOOST_TEST(seen == "[eof]");
            const auto written = co_await both.server->write("still here", soon());
            BOOST_TEST(written.has_value());
            const auto got = co_await read_text(*both.client, soon());
            BOOST_TEST(got == "still here");
        });
    }
}

BOOST_DATA_TEST_CASE(after_our_own_close_it_is_closed, data::make(makers) ^ data::make(names), make, name) {
    BOOST_TEST_CONTEXT(name) {
        net::run([&]() -> net::task<void> {
            auto both = co_await make();
            both.client->close();
            const auto got = co_await read_text(*both.client, soon());
            BOOST_TEST(got == "[closed]");
            const auto written = co_await both.client->write("x", soon());
            BOOST_REQUIRE(!written);
            BOOST_TEST(net::name_of(written.error().kind) == "closed");
        });
    }
}

BOOST_AUTO_TEST_CASE(a_close_wakes_a_pending_read) {
    net::run([]() -> net::task<void> {
        auto both = co_await tcp_pair();
        co_await net::spawn_beside([&]() -> net::task<void> {
            both.client->close();
            co_return;
        });
        const auto got = co_await read_text(*both.client, soon());
        BOOST_TEST(got == "[closed]");
    });
}

BOOST_DATA_TEST_CASE(a_peer_that_never_reads_is_a_timeout, data::make(makers) ^ data::make(names), make,
                     name) {
    BOOST_TEST_CONTEXT(name) {
        net::run([&]() -> net::task<void> {
            auto both = co_await make();
            const std::string much(64 << 20, 'x');
            const auto written = co_await both.client->write(much, shortly());
            BOOST_REQUIRE(!written);
            BOOST_TEST(net::name_of(written.error().kind) == "timeout");
        });
    }
}

BOOST_AUTO_TEST_CASE(a_large_write_arrives_whole) {
    net::run([]() -> net::task<void> {
        auto both = co_await tcp_pair();
        const std::string much(8 << 20, 'y');
        std::size_t received = 0;
        co_await net::spawn_beside([&]() -> net::task<void> {
            const auto written = co_await both.client->write(much, soon());
            BOOST_TEST(written.has_value());
            both.client->close();
        });
        for (;;) {
            const auto piece = co_await read_text(*both.server, soon());
            if (piece == "[eof]") break;
            received += piece.size();
            BOOST_REQUIRE(piece.find_first_not_of('y') == std::string::npos);
        }
        BOOST_TEST(received == much.size());
    });
}

BOOST_AUTO_TEST_CASE(a_reader_and_a_writer_have_deadlines_of_their_own) {
    net::run([]() -> net::task<void> {
        auto both = co_await tcp_pair();
        std::string first;
        co_await net::spawn_beside(
            [&]() -> net::task<void> { first = co_await read_text(*both.client, soon()); });
        const std::string much(64 << 20, 'x');
        const auto written = co_await both.client->write(much, shortly());
        BOOST_REQUIRE(!written);
        BOOST_TEST(net::name_of(written.error().kind) == "timeout");
        BOOST_TEST(first.empty()); // the read was not ended by the writer's deadline
        const auto answered = co_await both.server->write("hello", soon());
        BOOST_TEST(answered.has_value());
        while (first.empty())
            co_await net::sleep_until(net::deadline::in(std::chrono::milliseconds(1)));
        BOOST_TEST(first == "hello");
    });
}

BOOST_AUTO_TEST_SUITE_END()
