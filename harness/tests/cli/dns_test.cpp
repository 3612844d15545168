// mailspec dns: serves a zone from a file until it is told to end; mistakes are told by line.
#include "harness/tests/cli/mailspec_program.hpp"
#include "harness/tests/world/dns_messages.hpp"
#include "net/datagram.hpp"
#include "net/run.hpp"

#include <boost/asio/this_coro.hpp>

#include <csignal>

using namespace mailspec::testing;
using namespace std::chrono_literals;

namespace {

std::string ask(const net::endpoint& server, const std::string& octets) {
    std::string answer;
    net::run([&]() -> net::task<void> {
        const auto on = co_await boost::asio::this_coro::executor;
        const net::endpoint any{"127.0.0.1", 0};
        auto socket = net::datagram_socket::open(on, any);
        BOOST_REQUIRE(socket);
        const auto sent = co_await (*socket)->send(octets, server);
        BOOST_TEST(sent.has_value());
        const auto until = net::deadline::in(10s);
        const auto got = co_await (*socket)->receive(until);
        if (got) answer = shown(got->octets);
    });
    return answer;
}

// Waits until the output has so many lines.
std::string output_of(mailspec::target::process& running, long lines) {
    std::string out;
    while (std::ranges::count(out, '\n') < lines) {
        const auto more = running.wait_for_output(60s);
        if (more.empty()) break;
        out += more;
    }
    return out;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(dns_command, workplace)

BOOST_AUTO_TEST_CASE(serves_a_zone_until_it_is_interrupted) {
    folder().file("zone.txt",
                  "$ORIGIN dev.test.\n@ MX 10 mx ; the one\nmx A 127.0.0.2\n$FAULT bad A SERVFAIL\n");
    const auto running = start_mailspec(folder(), {"dns", "zone.txt", "--listen", "127.0.0.1:0", "--log"});
    auto out = output_of(*running, 1);
    const std::string begin = "dev.test is served at 127.0.0.1:", end = ", UDP and TCP; Ctrl-C ends it\n";
    BOOST_REQUIRE(out.starts_with(begin));
    BOOST_REQUIRE(out.ends_with(end));
    const net::endpoint at{"127.0.0.1", static_cast<std::uint16_t>(std::stoi(out.substr(begin.size())))};
    BOOST_TEST(ask(at, question("dev.test", MX)) == "NOERROR aa ra\nan dev.test. 60 IN MX 10 mx.dev.test.");
    BOOST_TEST(ask(at, question("bad.dev.test", A, {.edns = 1232})) == "SERVFAIL ra edns");
    out = output_of(*running, 2);
    ::kill(running->id(), SIGINT);
    const auto over = finish(*running, folder(), out);
    BOOST_TEST(over.code == 0);
    BOOST_TEST(over.err == "");
    const auto first = over.out.find(' '), second = over.out.find("\n") + 1;
    BOOST_TEST(over.out.substr(0, first).starts_with("127.0.0.1:")); // who asked
    BOOST_TEST(over.out.substr(first, second - first) ==
               " dev.test MX -> NOERROR: dev.test. 60 IN MX 10 mx.dev.test.\n");
    BOOST_TEST(over.out.ends_with(" bad.dev.test A edns -> SERVFAIL\n"));
}

BOOST_AUTO_TEST_CASE(the_origin_is_that_of_the_command_line_or_the_usual_one) {
    folder().file("zone.txt", "@ MX 10 mx\n");
    for (const auto& [arguments, origin] :
         {std::pair{words{}, "example.test"}, std::pair{words{"--origin", "other.test."}, "other.test"}}) {
        words all{"dns", "zone.txt", "--listen", "127.0.0.1:0"};
        all.insert(all.end(), arguments.begin(), arguments.end());
        const auto running = start_mailspec(folder(), all);
        BOOST_TEST(output_of(*running, 1).starts_with(std::string(origin) + " is served at "));
        running->ask_to_stop();
        BOOST_TEST(finish(*running, folder()).code == 0);
    }
}

BOOST_AUTO_TEST_CASE(mistakes_are_told_by_line) {
    folder().file("zone.txt", "@ MX ten mx\nmx A 127.0.0.2\nmx A localhost\n");
    const auto r = mailspec({"dns", "zone.txt"});
    BOOST_TEST(r.code == 2);
    BOOST_TEST(r.out == "");
    BOOST_TEST(r.err == "mailspec: the zone has mistakes, nothing is served:\n"
                        "  zone.txt:1: `MX ten mx`: `ten` stands where a number from 0 to 65535 belongs\n"
                        "  zone.txt:3: `A localhost`: `localhost` stands where an IPv4 address belongs\n");
    folder().file("good.txt", "@ MX 10 mx\n");
    BOOST_TEST(mailspec({"dns", "none.txt"}).err ==
               "mailspec: none.txt: cannot be read, expected a readable file\n");
    BOOST_TEST(mailspec({"dns", "good.txt", "--origin", "a..b"}).err ==
               "mailspec: the zone has mistakes, nothing is served:\n"
               "  good.txt:1: the origin `a..b` is no domain name\n");
    BOOST_TEST(mailspec({"dns", "good.txt", "--listen", "5353"}).err ==
               "mailspec: --listen '5353' is no host:port: the port is missing (write localhost:2525, "
               "127.0.0.1:25 or "
               "[::1]:25)\n");
    BOOST_TEST(mailspec({"dns", "good.txt", "--listen", "192.0.2.1:5353"}).err ==
               "mailspec: cannot open UDP 192.0.2.1:5353: Cannot assign requested address\n");
    BOOST_TEST(mailspec({"dns"}).code == 2);
}

BOOST_AUTO_TEST_SUITE_END()
