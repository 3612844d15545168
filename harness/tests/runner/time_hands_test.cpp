// `retry` and `clock advance` as they reach a target: over refmaild's control port, or by the commands of a
// profile. A small HTTP server of the test's own notes what it is asked. Uses harness/runner/time_hands.hpp.
#include "harness/runner/time_hands.hpp"
#include "harness/tests/target/scripted_target.hpp"
#include "harness/tests/target/temporary_folder.hpp"
#include "net/event.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <fstream>

using namespace mailspec;
using namespace mailspec::testing;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(time_hands)

namespace {

using outcome = std::expected<void, std::string>;
using asking = std::function<net::task<outcome>(runner::time_hands&)>;

// What one POST looked like to the server that gave this answer, and what the client made of that.
struct exchange {
    std::string request;
    outcome came;
};

exchange ask(const std::string& answer, asking what) {
    exchange result;
    net::run([&]() -> net::task<void> {
        const auto on = co_await boost::asio::this_coro::executor;
        const net::endpoint any{"127.0.0.1", 0};
        auto listener = net::listener::open(on, any);
        target::running_target up;
        up.info.control = net::to_string((*listener)->local());
        runner::time_hands hands(up);
        bool done = false;
        net::event ended(on);
        std::function<net::task<void>()> client = [&]() -> net::task<void> {
            result.came = co_await what(hands);
            done = true;
            ended.notify();
        };
        co_await net::spawn_beside(client);
        const auto until = net::deadline::in(10s);
        auto stream = co_await (*listener)->accept(until);
        std::array<char, 4096> piece;
        const auto got = co_await (*stream)->read_some(piece, until);
        result.request.assign(piece.data(), *got);
        // In two pieces: an answer may come so.
        (void)co_await (*stream)->write(std::string_view(answer).substr(0, 12), until);
        (void)co_await (*stream)->write(
            std::string_view(answer).substr(std::min<std::size_t>(12, answer.size())), until);
        (*stream)->close();
        while (!done)
            co_await ended.wait(until);
    });
    return result;
}

net::task<outcome> advance_by_4_hours(runner::time_hands& hands) {
    return hands.advance(4h);
}
net::task<outcome> retry_zone(runner::time_hands& hands) {
    return hands.retry("abc.mailspec.test");
}

} // namespace

BOOST_AUTO_TEST_CASE(asks_the_control_port) {
    const auto clock = ask("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", advance_by_4_hours);
    BOOST_TEST(clock.request.starts_with("POST /clock HTTP/1.1\r\nHost: 127.0.0.1:"));
    BOOST_TEST(clock.request.ends_with(
        "\r\nContent-Length: 20\r\nConnection: close\r\n\r\n{\"advance\":\"14400s\"}"));
    BOOST_TEST(clock.came.has_value());
    const auto retry =
        ask("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", retry_zone);
    BOOST_TEST(retry.request.starts_with("POST /queue/run HTTP/1.1\r\n"));
    BOOST_TEST(retry.request.ends_with("\r\n\r\n{\"domain\":\"abc.mailspec.test\"}"));
    BOOST_TEST(retry.came.has_value());
    BOOST_TEST(
        ask("HTTP/1.0 204 No Content\r\n\r\n", retry_zone).came.has_value()); // ends with the connection
}

BOOST_AUTO_TEST_CASE(tells_what_came_instead) {
    const auto error = [](const std::string& answer) {
        const auto text = ask(answer, advance_by_4_hours).came.error();
        const std::string begins = "POST /clock {\"advance\":\"14400s\"} to the control port 127.0.0.1:";
        BOOST_TEST(text.starts_with(begins), text);
        return text.substr(text.find(": ", begins.size()) + 2);
    };
    BOOST_TEST(error("HTTP/1.1 400 Bad Request\r\nContent-Length: 5\r\n\r\nno 4h") ==
               "400 Bad Request no 4h");
    BOOST_TEST(error("220 mx.test ESMTP\r\n") == "not an HTTP answer: bad version");
    BOOST_TEST(error("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}") ==
               "not an HTTP answer: partial message");
    BOOST_TEST(error("") == "not an HTTP answer: nothing came");
}

BOOST_AUTO_TEST_CASE(carries_out_commands) {
    const testing::temporary_folder work;
    const auto port = free_port();
    auto p = profile_of(server(port, "ok"), port);
    p.sends.emplace();
    p.sends->retry = {"/bin/sh", "-c", "echo {zone} {zone} >again"};
    p.sends->clock = {"/bin/sh", "-c", "echo {seconds} >moved; exit 2"};
    target::launch_options how{work.path()};
    how.egress = target::egress_place{};
    const auto up = bring_up(p, how);
    BOOST_REQUIRE(up);
    runner::time_hands hands(**up);
    BOOST_TEST(net::run_for<outcome>([&] { return hands.retry("z.test"); }).has_value());
    BOOST_TEST(net::run_for<outcome>([&] { return hands.advance(4h); }).error() ==
               "/bin/sh ended with status 2");
    std::string said;
    std::getline(std::ifstream(work.path() / "again"), said);
    BOOST_TEST(said == "z.test z.test");
    std::getline(std::ifstream(work.path() / "moved"), said);
    BOOST_TEST(said == "14400");
}

BOOST_AUTO_TEST_CASE(no_clock_to_move) {
    target::running_target up;
    up.retries_within = 7ms;
    runner::time_hands hands(up);
    BOOST_TEST(net::run_for<outcome>([&] { return hands.retry("z.test"); }).has_value()); // patience is all
    BOOST_TEST((hands.patience() == 7ms));
    up.info.control = "127.0.0.1:1";
    BOOST_TEST((hands.patience() == 0ms)); // it answers when it has tried
    up.info.control.clear();
    BOOST_TEST(net::run_for<outcome>([&] { return hands.advance(4h); }).error() ==
               "the server's clock cannot be moved");
}

BOOST_AUTO_TEST_SUITE_END()
