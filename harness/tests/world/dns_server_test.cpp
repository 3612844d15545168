// The DNS on its sockets: UDP and TCP, several questions on a connection, the log, and peers that behave
// badly.
#include "harness/tests/world/dns_messages.hpp"
#include "harness/world/dns_server.hpp"
#include "net/connect.hpp"
#include "net/datagram.hpp"
#include "net/run.hpp"

#include <boost/asio/this_coro.hpp>

#include <array>

using namespace mailspec::testing;
using namespace mailspec::world;

BOOST_AUTO_TEST_SUITE(dns_servers)

namespace {

net::deadline soon() {
    return net::deadline::in(std::chrono::seconds(10));
}
net::deadline shortly() {
    return net::deadline::in(std::chrono::milliseconds(50));
}

net::task<std::unique_ptr<dns_server>> opened() {
    const auto on = co_await boost::asio::this_coro::executor;
    net::endpoint any{"127.0.0.1", 0};
    auto server = dns_server::open(on, any);
    BOOST_REQUIRE(server);
    co_return std::move(*server);
}

net::task<std::unique_ptr<net::datagram_socket>> client() {
    const auto on = co_await boost::asio::this_coro::executor;
    const net::endpoint any{"127.0.0.1", 0};
    auto socket = net::datagram_socket::open(on, any);
    BOOST_REQUIRE(socket);
    co_return std::move(*socket);
}

std::string framed(const std::string& message) {
    return octets16(static_cast<unsigned>(message.size())) + message;
}

// Messages as they come over TCP, until so many or the end.
net::task<std::vector<std::string>> received(net::byte_stream& stream, std::size_t wanted) {
    std::vector<std::string> all;
    std::string unread;
    while (all.size() < wanted) {
        if (unread.size() >= 2) {
            const auto size =
                static_cast<unsigned char>(unread[0]) * 256u + static_cast<unsigned char>(unread[1]);
            if (unread.size() >= 2 + size) {
                all.push_back(shown(unread.substr(2, size)));
                unread.erase(0, 2 + size);
                continue;
            }
        }
        std::array<char, 65536> room;
        const auto got = co_await stream.read_some(room, soon());
        if (!got) break;
        unread.append(room.data(), *got);
    }
    co_return all;
}

const std::string mx = "NOERROR aa ra\nan z.test. 60 IN MX 10 mx.z.test.";

} // namespace

BOOST_AUTO_TEST_CASE(over_udp_with_a_log) {
    net::run([]() -> net::task<void> {
        auto server = co_await opened();
        const auto served = server->serve(zone("@ MX 10 mx\n"));
        std::vector<std::string> watched;
        server->watch(
            [&](const dns_question& q, const std::string&) { watched.push_back(q.name + " " + q.type); });
        auto socket = co_await client();
        for (const auto* name : {"z.test", "nobodys.example", "a.z.test"}) {
            const auto sent = co_await socket->send(question(name, MX), server->local());
            BOOST_TEST(sent.has_value());
            const auto got = co_await socket->receive(soon());
            BOOST_REQUIRE(got.has_value());
            if (std::string(name) == "z.test") BOOST_TEST(shown(got->octets) == mx);
        }
        BOOST_REQUIRE(served->asked().size() == 2u); // not what is nobody's
        BOOST_TEST(served->asked()[0].name == "z.test");
        BOOST_TEST(served->asked()[0].answered == "NOERROR");
        BOOST_TEST(served->asked()[1].answered == "NXDOMAIN");
        BOOST_TEST((served->asked()[0].at <= served->asked()[1].at));
        const std::vector<std::string> all = {"z.test MX", "nobodys.example MX", "a.z.test MX"};
        BOOST_TEST(watched == all, boost::test_tools::per_element());
    });
}

BOOST_AUTO_TEST_CASE(several_questions_on_a_connection) {
    net::run([]() -> net::task<void> {
        auto server = co_await opened();
        const auto served = server->serve(zone("@ MX 10 mx\n$GENERATE 1-2000 many MX 1 m$\n"));
        auto stream = co_await net::connect("127.0.0.1", server->local().port, soon());
        BOOST_REQUIRE(stream);
        const auto both = framed(question("z.test", MX)) + framed(question("many.z.test", MX));
        // In pieces that end within the length, and within a message.
        for (const auto& [from, size] : {std::pair{0, 1}, std::pair{1, 9}, std::pair{10, 1000}}) {
            const auto piece = both.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(size));
            const auto sent = co_await (*stream)->write(piece, soon());
            BOOST_TEST(sent.has_value());
        }
        const auto got = co_await received(**stream, 2);
        BOOST_REQUIRE(got.size() == 2u);
        BOOST_TEST(got[0] == mx);
        BOOST_TEST(std::ranges::count(got[1], '\n') == 2000);
        BOOST_TEST(served->asked().at(1).over_tcp);
    });
}

BOOST_AUTO_TEST_CASE(a_connection_ends_where_a_fault_or_garbage_says_so) {
    net::run([]() -> net::task<void> {
        auto server = co_await opened();
        const auto served = server->serve(zone("$FAULT @ MX TRUNCATE BROKEN\n"));
        for (const auto& octets : {question("z.test", MX), std::string("too short")}) {
            auto stream = co_await net::connect("127.0.0.1", server->local().port, soon());
            BOOST_REQUIRE(stream);
            const auto sent = co_await (*stream)->write(framed(octets), soon());
            BOOST_TEST(sent.has_value());
            const auto got = co_await received(**stream, 1);
            BOOST_TEST(got.empty());
        }
        BOOST_TEST(served->asked().size() == 1u);
    });
}

BOOST_AUTO_TEST_CASE(what_is_no_question_is_answered_over_tcp_too) {
    net::run([]() -> net::task<void> {
        auto server = co_await opened();
        const auto served = server->serve(zone("@ MX 10 mx\n"));
        auto stream = co_await net::connect("127.0.0.1", server->local().port, soon());
        BOOST_REQUIRE(stream);
        auto status = question("z.test", MX);
        status[2] = 0x10; // opcode STATUS
        const auto all =
            framed(question("z.test", MX) + "more") + framed(status) + framed(question("z.test", MX));
        const auto sent = co_await (*stream)->write(all, soon());
        BOOST_TEST(sent.has_value());
        const auto got = co_await received(**stream, 3);
        const std::vector<std::string> wanted = {"FORMERR ra", "NOTIMPL ra", mx};
        BOOST_TEST(got == wanted, boost::test_tools::per_element());
    });
}

BOOST_AUTO_TEST_CASE(silence_and_a_late_answer_hold_nobody_up) {
    net::run([]() -> net::task<void> {
        auto server = co_await opened();
        const auto served = server->serve(
            zone("@ MX 10 mx\nlate A 127.0.0.2\n$FAULT late A DELAY 100ms\n$FAULT never A TIMEOUT\n"));
        auto slow = co_await client();
        auto silent = co_await client();
        auto quick = co_await client();
        for (auto [socket, name, type] : {std::tuple{slow.get(), "late.z.test", unsigned(A)},
                                          std::tuple{silent.get(), "never.z.test", unsigned(A)},
                                          std::tuple{quick.get(), "z.test", unsigned(MX)}}) {
            const auto sent = co_await socket->send(question(name, type), server->local());
            BOOST_TEST(sent.has_value());
        }
        const auto first = co_await quick->receive(soon());
        BOOST_REQUIRE(first.has_value());
        const auto early = co_await slow->receive(net::deadline::no_wait());
        BOOST_TEST(!early.has_value());
        const auto late = co_await slow->receive(soon());
        BOOST_REQUIRE(late.has_value());
        BOOST_TEST(shown(late->octets) == "NOERROR aa ra\nan late.z.test. 60 IN A 127.0.0.2");
        const auto nothing = co_await silent->receive(shortly());
        BOOST_TEST(!nothing.has_value());
        BOOST_TEST(served->asked().size() == 3u);
    });
}

BOOST_AUTO_TEST_CASE(two_zones_keep_logs_of_their_own) {
    net::run([]() -> net::task<void> {
        auto server = co_await opened();
        auto one = server->serve(zone("@ MX 10 mx\n", "one.test"));
        const auto two = server->serve(zone("@ MX 10 mx\n", "two.test"));
        auto socket = co_await client();
        for (int i = 0; i < 2; ++i) {
            const auto sent = co_await socket->send(question("two.test", MX), server->local());
            BOOST_TEST(sent.has_value());
            const auto got = co_await socket->receive(soon());
            BOOST_TEST(got.has_value());
            one.reset();
        }
        BOOST_TEST(two->asked().size() == 2u);
    });
}

BOOST_AUTO_TEST_CASE(a_waiter_wakes_at_a_question) {
    net::run([]() -> net::task<void> {
        auto server = co_await opened();
        const auto served = server->serve(zone("@ MX 10 mx\n"));
        auto socket = co_await client();
        const auto sent = co_await socket->send(question("z.test", MX), server->local());
        BOOST_TEST(sent.has_value());
        while (served->asked().empty()) {
            const bool woken = co_await served->changed().wait(soon());
            BOOST_REQUIRE(woken);
        }
        BOOST_TEST(served->asked().size() == 1u);
    });
}

BOOST_AUTO_TEST_CASE(zones_outlive_the_server) {
    net::run([]() -> net::task<void> {
        auto server = co_await opened();
        auto served = server->serve(zone("@ MX 10 mx\n"));
        const auto where = server->local();
        server.reset();
        BOOST_TEST(served->asked().empty());
        served.reset();
        const auto on = co_await boost::asio::this_coro::executor;
        const auto again = dns_server::open(on, where); // the sockets are free at once
        BOOST_TEST(again.has_value());
    });
}

BOOST_AUTO_TEST_CASE(a_taken_address_is_told) {
    net::run([]() -> net::task<void> {
        auto server = co_await opened();
        const auto on = co_await boost::asio::this_coro::executor;
        const auto second = dns_server::open(on, server->local());
        BOOST_REQUIRE(!second);
        const auto at = to_string(server->local());
        BOOST_TEST(second.error() == "cannot open UDP " + at +
                                         ": Address already in use: another DNS server has " + at +
                                         "; stop it or choose another address of 127.0.0.0/8");
    });
}

BOOST_AUTO_TEST_SUITE_END()
