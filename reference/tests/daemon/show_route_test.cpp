// `refmaild route DOMAIN`: its command line, and what it tells an administrator.
#include "reference/daemon/command_line.hpp"
#include "reference/daemon/show_route.hpp"

#include <boost/test/unit_test.hpp>

using namespace refmail;
using daemon::route_text;
using route::found_route;
using route::next_hop;
using route::tls_level;

BOOST_AUTO_TEST_SUITE(show_route_)

namespace {

next_hop hop(int preference, const std::string& host, std::vector<std::string> addresses) {
    next_hop made;
    made.preference = preference;
    made.host = host;
    made.addresses = std::move(addresses);
    made.tls.names = {host};
    return made;
}

found_route to(std::vector<next_hop> hops, const std::string& policy) {
    found_route made;
    made.what = found_route::kind::hops;
    made.hops = std::move(hops);
    made.policy = policy;
    return made;
}

daemon::command parse(std::vector<const char*> words) {
    words.insert(words.begin(), "refmaild");
    return daemon::parse_command_line(static_cast<int>(words.size()), words.data());
}

} // namespace

BOOST_AUTO_TEST_CASE(hosts_and_what_they_must_prove) {
    auto dane = hop(5, "a.d.test", {"127.1.1.1"});
    dane.tls = {tls_level::dane, {"a.d.test", "d.test"}, {{3, 1, 1, "x"}, {2, 0, 1, "y"}}, "DANE"};
    auto listed = hop(10, "b.d.test", {"127.1.1.2", "::2"});
    listed.tls.level = tls_level::verified;
    listed.tls.because = "MTA-STS";
    auto tested = listed;
    tested.tls.testing = true;
    tested.tls.because = "MTA-STS (testing)";
    auto plain = hop(20, "c.d.test", {"127.1.1.3"});
    auto found = to({dane, listed, tested, plain}, "the MX of d.test");
    found.passed_over = {"e.d.test: there is no domain e.d.test"};
    BOOST_TEST(route_text("d.test", found) ==
               "d.test: the MX of d.test\n"
               "      5 a.d.test  127.1.1.1  port 25\n"
               "        TLS that matches 2 TLSA records, for a.d.test or d.test (DANE)\n"
               "     10 b.d.test  127.1.1.2 ::2  port 25\n"
               "        TLS with a certificate for b.d.test (MTA-STS)\n"
               "     10 b.d.test  127.1.1.2 ::2  port 25\n"
               "        TLS with a certificate for b.d.test, else all the same (MTA-STS (testing))\n"
               "     20 c.d.test  127.1.1.3  port 25\n"
               "        TLS when offered\n"
               "  not used: e.d.test: there is no domain e.d.test\n");
}

BOOST_AUTO_TEST_CASE(hosts_by_configuration) {
    auto relay = hop(0, "relay.test", {"127.1.1.1"});
    relay.port = 465;
    relay.implicit_tls = true;
    relay.user = "me";
    relay.password = "secret";
    relay.tls.level = tls_level::required;
    auto local = hop(0, "127.1.1.2", {"127.1.1.2"});
    local.port = 24;
    local.lmtp = true;
    local.tls.level = tls_level::none;
    const auto text = route_text("d.test", to({relay, local}, "the configuration"));
    BOOST_TEST(text == "d.test: the configuration\n"
                       "      0 relay.test  127.1.1.1  port 465\n"
                       "        TLS required, from the first octet, logs in as me\n"
                       "      0 127.1.1.2  127.1.1.2  port 24, LMTP\n"
                       "        no TLS\n");
    BOOST_TEST(text.find("secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(nowhere_to_go) {
    found_route found;
    found.what = found_route::kind::failed;
    found.status = "5.1.10";
    found.why = "d.test takes no mail: it has a null MX";
    BOOST_TEST(route_text("d.test", found) ==
               "d.test: mail is returned, 5.1.10: d.test takes no mail: it has a null MX\n");
    found.what = found_route::kind::deferred;
    found.status = "4.4.3";
    found.why = "the name server says \x1b[2J";
    BOOST_TEST(route_text("d\n.test", found) == "d?.test: mail waits, 4.4.3: the name server says ?[2J\n");
}

BOOST_AUTO_TEST_CASE(command_line) {
    auto made = parse({"--dns", "127.0.0.1:5353", "route", "d.test"});
    BOOST_TEST((made.kind == daemon::command::kind::show_route));
    BOOST_TEST(made.domain == "d.test");
    BOOST_TEST(to_string(made.how.relay.dns.at(0)) == "127.0.0.1:5353");
    made = parse({"route", "d.test", "--egress-port", "2525"}); // behind it, too
    BOOST_TEST((made.kind == daemon::command::kind::show_route));
    BOOST_TEST(made.how.relay.port == 2525);
}

BOOST_AUTO_TEST_SUITE_END()
