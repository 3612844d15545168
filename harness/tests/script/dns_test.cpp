// Zones of cases and the steps that look at questions, against a fake server that asks what it is told to
// ask: `C: ASK udp NAME 15`, with `tcp` over TCP, with `do` over UDP with the DO bit, `edns` without it.
#include "harness/script/case_zone.hpp"
#include "harness/tests/script/checks.hpp"
#include "harness/tests/world/dns_messages.hpp"
#include "net/connect.hpp"
#include "net/datagram.hpp"
#include "net/run.hpp"

#include <boost/asio/this_coro.hpp>

#include <array>
#include <sstream>

using namespace fake;
using mailspec::testing::asked_with;
using mailspec::testing::question;

BOOST_AUTO_TEST_SUITE(dns)

namespace {

net::deadline soon() {
    return net::deadline::in(std::chrono::seconds(10));
}

net::task<std::string> over_tcp(std::string octets, net::endpoint dns) {
    auto stream = co_await net::connect(dns.host, dns.port, soon());
    BOOST_REQUIRE(stream);
    const auto framed = mailspec::testing::octets16(static_cast<unsigned>(octets.size())) + octets;
    const auto sent = co_await (*stream)->write(framed, soon());
    BOOST_TEST(sent.has_value());
    std::string answer;
    while (answer.size() < 2 || answer.size() < 2u + static_cast<unsigned char>(answer[0]) * 256u +
                                                    static_cast<unsigned char>(answer[1])) {
        std::array<char, 4096> room;
        const auto got = co_await (*stream)->read_some(room, soon());
        if (!got) co_return "";
        answer.append(room.data(), *got);
    }
    co_return answer.substr(2);
}

net::task<std::string> over_udp(std::string octets, net::endpoint dns) {
    const auto on = co_await boost::asio::this_coro::executor;
    const net::endpoint any{"127.0.0.1", 0};
    auto socket = net::datagram_socket::open(on, any);
    BOOST_REQUIRE(socket);
    const auto sent = co_await (*socket)->send(octets, dns);
    BOOST_TEST(sent.has_value());
    const auto got = co_await (*socket)->receive(soon());
    BOOST_REQUIRE(got.has_value());
    co_return got->octets;
}

// What the answers were, as text, in order.
server asking(std::vector<std::string>* answers = nullptr) {
    server s;
    s.on_ask = [answers](std::string words, net::endpoint dns) -> net::task<void> {
        auto* const kept = answers;
        std::istringstream in(words);
        std::string how, name;
        unsigned type = 0;
        in >> how >> name >> type;
        asked_with with;
        if (how == "do" || how == "edns") with.edns = 1232;
        with.dnssec = how == "do";
        const auto octets = question(name, type, with);
        std::string answer;
        if (how == "tcp")
            answer = co_await over_tcp(octets, dns);
        else
            answer = co_await over_udp(octets, dns);
        if (kept) kept->push_back(mailspec::testing::shown(answer));
    };
    return s;
}

options with_zone(const std::string& zone, const std::string& keys = "") {
    options how;
    how.keys = "dns: |\n";
    std::istringstream lines(zone);
    for (std::string line; std::getline(lines, line);)
        how.keys += "  " + line + "\n";
    how.keys += keys;
    how.with_world = true;
    return how;
}

const std::string zone = "@   MX 10 mx\n"
                         "mx  A {address:mx}\n"
                         "{reverse:mx}. PTR mx\n"
                         "_25._tcp.mx TLSA {tlsa:mx}\n"
                         "own MX 5 {token}.{zone}.\n";
const std::string secure_mx = "hosts: { mx: secure }\n";

played asked(const std::string& questions, const std::string& steps) {
    auto s = asking();
    return play("do hello\n" + questions + steps, s, with_zone(zone, secure_mx));
}

const std::string ask_mx = "C: ASK udp {zone} 15\nS: 250\n";

} // namespace

BOOST_AUTO_TEST_CASE(placeholders_stand_for_what_the_hosts_have) {
    std::vector<std::string> answers;
    auto s = asking(&answers);
    const auto p = play("do hello\n"
                        "C: ASK udp mx.{zone} 1\nS: 250\n"
                        "C: ASK udp {reverse:mx} 12\nS: 250\n"
                        "C: ASK udp _25._tcp.mx.{zone} 52\nS: 250\n"
                        "C: ASK udp own.{zone} 15\ncheck S: 250\n",
                        s, with_zone(zone, secure_mx));
    BOOST_TEST_REQUIRE(p.held(), p.str());
    const auto& address = p.outcome.world.facts.addresses.at("mx");
    BOOST_TEST(address.starts_with("127."));
    BOOST_TEST(answers.at(0) == "NOERROR aa ra\nan mx.t0k3n.mailspec.test. 60 IN A " + address);
    BOOST_TEST(answers.at(1).ends_with(".in-addr.arpa. 60 IN PTR mx.t0k3n.mailspec.test."));
    BOOST_TEST(
        answers.at(2).starts_with("NOERROR aa ra\nan _25._tcp.mx.t0k3n.mailspec.test. 60 IN TLSA 3 1 1 "));
    BOOST_TEST(answers.at(3) ==
               "NOERROR aa ra\nan own.t0k3n.mailspec.test. 60 IN MX 5 t0k3n.t0k3n.mailspec.test.");
}

BOOST_AUTO_TEST_CASE(hosts_without_dns_have_a_zone_by_themselves) {
    std::vector<std::string> answers;
    auto s = asking(&answers);
    options how;
    how.keys = "hosts: { mta-sts: { protocol: https }, first: accepts, second: accepts }";
    how.with_world = true;
    const auto p = play("do hello\nC: ASK udp {zone} 15\nS: 250\nC: ASK udp second.{zone} 1\nS: 250\n"
                        "C: ASK udp mta-sts.{zone} 1\ncheck S: 250\n",
                        s, how);
    BOOST_TEST_REQUIRE(p.held(), p.str());
    BOOST_TEST(answers.at(0) ==
               "NOERROR aa ra\nan t0k3n.mailspec.test. 60 IN MX 10 first.t0k3n.mailspec.test.");
    BOOST_TEST(answers.at(1).starts_with("NOERROR aa ra\nan second."));
    BOOST_TEST(answers.at(2).starts_with("NOERROR aa ra\nan mta-sts."));
}

BOOST_AUTO_TEST_CASE(what_was_asked) {
    HOLDS(asked(ask_mx, "expect query @ MX\n"));
    HOLDS(asked(ask_mx, "expect query {zone}. MX\n"));
    HOLDS(asked(ask_mx, "expect query @ TYPE15\n"));
    BOOST_TEST(!asked(ask_mx, "expect no query @ TYPE15\n").held());
    HOLDS(asked(ask_mx, "expect queries @ MX 1\nexpect no query mx A\nexpect queries mx AAAA 0\n"));
    HOLDS(asked("C: ASK udp MX.{zone} 1\nS: 250\n", "expect query Mx A\n")); // case is of no account
    HOLDS(asked("C: ASK udp {reverse:mx} 12\nS: 250\n", "expect query {reverse:mx}. PTR\n"));
    HOLDS(asked("C: ASK tcp {zone} 15\nS: 250\n", "expect query @ MX over tcp\n"));
    HOLDS(asked("C: ASK do {zone} 15\nS: 250\n", "expect query @ MX dnssec edns\n"));
    HOLDS(asked("C: ASK edns {zone} 15\nS: 250\n", "expect query @ MX edns\nexpect no query @ MX dnssec\n"));
}

BOOST_AUTO_TEST_CASE(what_was_not_asked) {
    FAILS(asked(ask_mx, "expect query mx A within 20ms\n"), "the question mx.t0k3n.mailspec.test A",
          "none within 20 ms; asked were, in order:\nt0k3n.mailspec.test MX -> NOERROR");
    FAILS(asked("", "expect query @ MX within 20ms\n"), "the question t0k3n.mailspec.test MX",
          "none within 20 ms; nothing was asked of this zone");
    FAILS(asked(ask_mx, "expect query @ MX over tcp within 20ms\n"),
          "the question t0k3n.mailspec.test MX over TCP",
          "none within 20 ms; asked were, in order:\nt0k3n.mailspec.test MX -> NOERROR");
    FAILS(asked("C: ASK edns {zone} 15\nS: 250\n", "expect query @ MX dnssec within 20ms\n"),
          "the question t0k3n.mailspec.test MX, with the DO bit",
          "none within 20 ms; asked were, in order:\nt0k3n.mailspec.test MX edns -> NOERROR");
    FAILS(asked(ask_mx, "expect queries @ MX 2 within 20ms\n"), "2 questions t0k3n.mailspec.test MX",
          "1 of them within 20 ms; asked were, in order:\nt0k3n.mailspec.test MX -> NOERROR");
}

BOOST_AUTO_TEST_CASE(what_should_not_have_been_asked) {
    FAILS(asked(ask_mx, "expect no query @ MX\n"), "no question t0k3n.mailspec.test MX",
          "asked were, in order:\nt0k3n.mailspec.test MX -> NOERROR");
    FAILS(asked(ask_mx + ask_mx, "expect queries @ MX 1\n"), "1 question t0k3n.mailspec.test MX",
          "asked were, in order:\nt0k3n.mailspec.test MX -> NOERROR\nt0k3n.mailspec.test MX -> NOERROR");
}

BOOST_AUTO_TEST_CASE(the_zone_is_gone_with_the_case) {
    std::vector<std::string> answers;
    auto s = asking(&answers);
    net::run([&]() -> net::task<void> {
        const auto on = co_await boost::asio::this_coro::executor;
        mailspec::world::surroundings::settings wanted;
        wanted.dns = {"127.0.0.1", 0};
        auto around = mailspec::world::surroundings::open(on, wanted);
        BOOST_REQUIRE(around);
        auto& dns = (*around)->dns();
        {
            const auto served = dns.serve(mailspec::testing::zone("@ MX 1 a\n"));
            co_await s.on_ask("udp z.test 15", dns.local());
            BOOST_TEST(served->asked().size() == 1u);
        }
        co_await s.on_ask("udp z.test 15", dns.local());
    });
    BOOST_TEST(answers.at(0).starts_with("NOERROR"));
    BOOST_TEST(answers.at(1).starts_with("NXDOMAIN"));
}

// Every claim about questions can fail.
BOOST_AUTO_TEST_CASE(mutants) {
    const auto survivors = [](const played& p) {
        BOOST_TEST_REQUIRE(p.held(), p.str());
        std::string text;
        const auto made = mutated(p);
        BOOST_TEST(made.self_check == "");
        BOOST_TEST(made.proved());
        for (const auto& m : made.mutants)
            text += m.name + (m.killed() ? " +\n" : " -\n");
        return text;
    };
    BOOST_TEST(survivors(asked(ask_mx, "check expect query @ MX\n")) == "the question was never asked +\n"
                                                                        "another type is asked for +\n"
                                                                        "another name is asked for +\n");
    BOOST_TEST(survivors(asked(ask_mx, "check expect no query @ A\n")) ==
               "the question was asked once more +\n");
    BOOST_TEST(survivors(asked(ask_mx, "check expect queries @ MX 1\n")) ==
               "the question was asked once more +\n"
               "the question was never asked +\n"
               "another type is asked for +\n"
               "another name is asked for +\n");
    BOOST_TEST(survivors(asked("C: ASK tcp {zone} 15\nS: 250\n", "check expect query @ MX over tcp\n"))
                   .ends_with("asked over UDP +\n"));
    BOOST_TEST(survivors(asked("C: ASK do {zone} 15\nS: 250\n", "check expect query @ MX dnssec edns\n"))
                   .ends_with("the DO bit is not set +\nEDNS is missing +\n"));
}

BOOST_AUTO_TEST_SUITE_END()
