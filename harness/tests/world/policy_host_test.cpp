// The policy host: what it answers to whom, over which TLS, and what it writes down.
#include "harness/world/policy_host.hpp"
#include "harness/world/test_ca.hpp"
#include "net/connect.hpp"
#include "net/memory_stream.hpp"
#include "net/run.hpp"
#include "net/tls_context.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/test/unit_test.hpp>

#include <array>

using namespace mailspec::world;

BOOST_AUTO_TEST_SUITE(policy_hosts)

namespace {

net::deadline soon() {
    return net::deadline::in(std::chrono::seconds(5));
}

const test_ca& ca() {
    static const auto made = *test_ca::make();
    return *made;
}

policy_behaviour plain_policy(certificate_kind kind = certificate_kind::valid) {
    policy_behaviour b;
    b.identity = *ca().identity(kind, {"mta-sts.z.test"});
    b.policy = "version: STSv1\nmode: enforce\r\nmx: mx.z.test\n";
    return b;
}

struct seen {
    net::result<net::tls_facts> tls;
    std::string answer; // all that came until the end, or until as many responses as requests
    host_session session;
    std::vector<std::string> told;
};

class teller final : public host_observer {
  public:
    explicit teller(std::vector<std::string>& into)
        : told(into) {}
    void opened(const host_session&) override { told.push_back("opened"); }
    void received(const host_session&, std::string_view) override { told.push_back("received"); }
    void written(const host_session&, std::string_view octets) override {
        told.push_back("written " + std::string(octets.substr(0, octets.find('\r'))));
    }
    void secured(const host_session&, const net::result<net::tls_facts>& o) override {
        told.push_back(o ? "secured" : "not secured");
    }
    void requested(const host_session&, std::string_view line) override { told.push_back(std::string(line)); }
    void ended(const host_session&, bool reset) override { told.push_back(reset ? "reset" : "ended"); }
    void left(const host_session&, bool) override { told.push_back("left"); }
    std::vector<std::string>& told;
};

// Connects with TLS, sends the octets, reads until the end.
seen talk(policy_behaviour behaviour, std::string octets) {
    seen s;
    net::run([&]() -> net::task<void> {
        const auto on = co_await boost::asio::this_coro::executor;
        auto [client, server] = net::memory_pair(on);
        host_log log(on);
        teller observer(s.told);
        log.observer = &observer;
        auto& session = log.sessions.emplace_back();
        bool done = false;
        co_await net::spawn_beside([&, &server = server]() -> net::task<void> {
            co_await serve_policy_host(*server, behaviour, session, log);
            done = true;
        });
        net::tls_options options;
        options.server_name = "mta-sts.z.test";
        s.tls = co_await client->start_tls(options, soon());
        if (s.tls) {
            const auto sent = co_await client->write(octets, soon());
            BOOST_TEST(sent.has_value());
            const auto half = co_await client->shutdown_send(soon());
            BOOST_TEST(half.has_value());
            for (;;) {
                std::array<char, 4096> room;
                const auto got = co_await client->read_some(room, soon());
                if (!got) break;
                s.answer.append(room.data(), *got);
            }
        } else {
            client->close();
        }
        while (!done)
            co_await net::sleep_until(net::deadline::in(std::chrono::milliseconds(1)));
        s.session = session;
    });
    return s;
}

const std::string get =
    "GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.z.test\r\nConnection: close\r\n\r\n";

} // namespace

BOOST_AUTO_TEST_CASE(the_policy_is_served_and_the_request_written_down) {
    const auto s = talk(plain_policy(), get);
    BOOST_REQUIRE(s.tls.has_value());
    BOOST_TEST(s.answer == "HTTP/1.1 200 OK\r\n"
                           "Server: mailspec\r\n"
                           "Content-Type: text/plain\r\n"
                           "Connection: close\r\n"
                           "Content-Length: 46\r\n"
                           "\r\n"
                           "version: STSv1\r\nmode: enforce\r\nmx: mx.z.test\r\n");
    BOOST_REQUIRE(s.session.commands.size() == 1u);
    BOOST_TEST(s.session.commands[0].verb == "GET");
    BOOST_TEST(s.session.commands[0].argument == "/.well-known/mta-sts.txt");
    BOOST_TEST(s.session.commands[0].reply == "HTTP/1.1 200 OK");
    BOOST_TEST(s.session.tls->server_name == "mta-sts.z.test");
    BOOST_TEST(s.session.octets == get);
    const std::vector<std::string> told = {"secured", "GET /.well-known/mta-sts.txt",
                                           "written HTTP/1.1 200 OK"};
    BOOST_TEST(s.told == told, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(several_requests_on_one_connection) {
    auto keep = get;
    keep.erase(keep.find("Connection: close\r\n"), 19);
    const auto s = talk(plain_policy(), keep + keep + get);
    BOOST_TEST(s.session.commands.size() == 3u);
}

BOOST_AUTO_TEST_CASE(status_type_and_location) {
    auto b = plain_policy();
    b.status = 404;
    BOOST_TEST(
        policy_answer(b, "GET", "/.well-known/mta-sts.txt", false).starts_with("HTTP/1.1 404 Not Found\r\n"));
    b.status = 200;
    b.content_type = "text/html";
    BOOST_TEST(
        policy_answer(b, "GET", "/.well-known/mta-sts.txt", false).find("\r\nContent-Type: text/html\r\n") !=
        std::string::npos);
    b.location = "https://elsewhere.test/";
    const auto moved = policy_answer(b, "GET", "/.well-known/mta-sts.txt", false);
    BOOST_TEST(moved.starts_with("HTTP/1.1 302 Found\r\n"));
    BOOST_TEST(moved.find("\r\nLocation: https://elsewhere.test/\r\n") != std::string::npos);
    b.status = 301;
    BOOST_TEST(policy_answer(b, "GET", "/.well-known/mta-sts.txt", false).starts_with("HTTP/1.1 301 "));
}

BOOST_AUTO_TEST_CASE(nothing_else_is_served) {
    const auto b = plain_policy();
    BOOST_TEST(policy_answer(b, "GET", "/", false).starts_with("HTTP/1.1 404 "));
    BOOST_TEST(policy_answer(b, "POST", "/.well-known/mta-sts.txt", false).starts_with("HTTP/1.1 405 "));
    const auto s = talk(b, "EHLO client.test\r\n\r\n");
    BOOST_TEST(s.answer.starts_with("HTTP/1.1 400 Bad Request\r\n"));
    BOOST_TEST(s.session.commands.at(0).verb == "?");
    BOOST_TEST(s.session.commands[0].line.starts_with("no HTTP request ("));
}

BOOST_AUTO_TEST_CASE(a_body_behind_the_request_is_passed_over) {
    const auto s = talk(plain_policy(), "POST /.well-known/mta-sts.txt HTTP/1.1\r\nHost: x\r\n"
                                        "Content-Length: 3\r\n\r\nabc" +
                                            get);
    BOOST_REQUIRE(s.session.commands.size() == 2u);
    BOOST_TEST(s.session.commands[0].reply == "HTTP/1.1 405 Method Not Allowed");
    BOOST_TEST(s.session.commands[1].reply == "HTTP/1.1 200 OK");
}

BOOST_AUTO_TEST_CASE(a_request_without_end_is_bounded) {
    const auto s = talk(plain_policy(), "GET / HTTP/1.1\r\nX: " + std::string(100'000, 'x'));
    BOOST_TEST(s.answer.starts_with("HTTP/1.1 400 Bad Request\r\n"));
}

BOOST_AUTO_TEST_CASE(a_broken_handshake_is_one_and_is_written_down) {
    auto b = plain_policy();
    b.broken_tls = true;
    const auto s = talk(b, get);
    BOOST_TEST(!s.tls.has_value());
    BOOST_TEST(s.session.tls_failed);
    BOOST_TEST(s.session.commands.empty());
    const std::vector<std::string> told = {"not secured"};
    BOOST_TEST(s.told == told, boost::test_tools::per_element());
    b.broken_tls = false;
    b.identity = nullptr;
    BOOST_TEST(!talk(b, get).tls.has_value());
}

BOOST_AUTO_TEST_CASE(a_peer_that_asks_nothing) {
    const auto s = talk(plain_policy(), "");
    BOOST_TEST(s.answer.empty());
    BOOST_TEST((s.session.ended == host_session::end::eof));
}

BOOST_AUTO_TEST_CASE(a_connection_that_asks_for_ever_is_closed) {
    const std::string one = "GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: x\r\n\r\n";
    std::string many;
    for (int i = 0; i < 1001; ++i)
        many += one;
    const auto s = talk(plain_policy(), many);
    BOOST_TEST(s.session.commands.size() == 1000u);
}

BOOST_AUTO_TEST_SUITE_END()
