// What is read of one connection, and how much of it at the most.
#include "harness/script/server_connection.hpp"
#include "net/memory_stream.hpp"
#include "net/run.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/test/unit_test.hpp>

using namespace mailspec;
using namespace std::chrono_literals;
using what = script::server_event::what;

BOOST_AUTO_TEST_SUITE(server_connections)

namespace {

// What came of reading events until the last, where the server says so much and hangs up.
struct events_read {
    std::vector<what> kinds;
    std::size_t replies() const { return static_cast<std::size_t>(std::ranges::count(kinds, what::reply)); }
};

events_read read_all(std::string service, std::string octets, script::server_connection::limits most) {
    events_read seen;
    net::run([&]() -> net::task<void> {
        const auto on = co_await boost::asio::this_coro::executor;
        auto [ours, theirs] = net::memory_pair(on);
        co_await net::spawn_beside([&, &far = theirs]() -> net::task<void> {
            const auto until = net::deadline::in(60s);
            (void)co_await far->write(octets, until);
            far->close();
        });
        script::case_outcome outcome;
        script::server_connection conn(std::move(ours), outcome, 1, 0, service, false, 60s, most);
        for (int i = 0; i < 20; ++i) {
            const auto until = net::deadline::in(60s);
            const auto* event = co_await conn.next(until);
            seen.kinds.push_back(event->kind);
            if (event->kind != what::reply && event->kind != what::malformed) break;
            conn.take();
        }
        co_await conn.finish();
    });
    return seen;
}

std::string times(int n, const std::string& text) {
    std::string all;
    for (int i = 0; i < n; ++i)
        all += text;
    return all;
}

} // namespace

BOOST_AUTO_TEST_CASE(more_replies_than_anybody_sends_are_a_flood) {
    const script::server_connection::limits three{1 << 20, 3};
    const auto enough = read_all("imap", times(3, "* 1 EXISTS\r\n"), three);
    BOOST_TEST((enough.kinds.back() == what::closed));
    const auto flood = read_all("imap", times(10, "* 1 EXISTS\r\n"), three);
    BOOST_TEST(flood.replies() == 4u);
    BOOST_TEST((flood.kinds.back() == what::flood));
}

BOOST_AUTO_TEST_CASE(more_octets_than_anybody_sends_are_a_flood) {
    const script::server_connection::limits some{50'000, 1000};
    const auto long_line = "250 " + std::string(20'000, 'x') + "\r\n";
    BOOST_TEST((read_all("smtp", times(2, long_line), some).kinds.back() == what::closed));
    BOOST_TEST((read_all("smtp", times(4, long_line), some).kinds.back() == what::flood));
    BOOST_TEST((read_all("pop3", "+OK " + std::string(60'000, 'x'), some).kinds.back() == what::flood));
}

BOOST_AUTO_TEST_CASE(a_literal_that_comes_piece_by_piece_is_read_once_it_is_whole) {
    const script::server_connection::limits ample{1 << 20, 1000};
    const auto message = times(2000, "0123456789abcdef\r\n");
    const auto fetch =
        "* 1 FETCH (BODY[] {" + std::to_string(message.size()) + "}\r\n" + message + " UID 3)\r\n";
    const auto seen = read_all("imap", fetch + "* 2 EXISTS\r\n", ample);
    BOOST_TEST(seen.replies() == 2u);
    // The line end behind a literal may be LF alone: a deviation, and an end.
    const auto bare = read_all("imap", "* LIST () \"/\" {3}\r\nabc\n", ample);
    BOOST_TEST(bare.replies() == 1u);
    const auto line = read_all("imap", "* OK " + std::string(30'000, 'x') + "\r\n* 2 EXISTS\r\n", ample);
    BOOST_TEST(line.replies() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
