// Smarthost, routes and DANE as the configuration file and the command line say them: values, and every
// complaint's words.
#include "reference/daemon/router.hpp"
#include "reference/tests/daemon/settings_at_hand.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sstream>

BOOST_AUTO_TEST_SUITE(relay_routes_)

namespace {

using namespace refmail;
using namespace refmail::testing;
using daemon::parse_configuration;
using daemon::settings;
using route::tls_level;

settings configured(const std::string& text) {
    return parse_configuration(least + text + "\n", "c.yaml");
}

const std::string how_to = "; write smtp:[host]:port, smtp:domain (its MX), smtps:[host] or lmtp:[host]:port";

} // namespace

BOOST_AUTO_TEST_CASE(the_ways_to_write_a_next_hop) {
    const auto parsed = [](const char* text) {
        const auto hop = route::parse_fixed_hop(text);
        BOOST_REQUIRE(hop.has_value());
        return *hop;
    };
    auto hop = parsed("smtp:[MX.Partner.test]:2525");
    BOOST_TEST(hop.host == "mx.partner.test");
    BOOST_TEST(hop.port == 2525);
    BOOST_TEST((!hop.by_mx && !hop.lmtp && !hop.implicit_tls && !hop.tls));
    hop = parsed("smtp:partner.test");
    BOOST_TEST(hop.by_mx);
    BOOST_TEST(hop.port == 0);
    hop = parsed("SMTP:[127.0.0.1]");
    BOOST_TEST(hop.host == "127.0.0.1");
    hop = parsed("smtp:127.0.0.1:26"); // an address has no MX
    BOOST_TEST(!hop.by_mx);
    BOOST_TEST(hop.port == 26);
    BOOST_TEST(parsed("smtp:[::1]:26").host == "::1");
    BOOST_TEST(parsed("smtp:[IPv6:::1]:26").host == "::1");
    hop = parsed("lmtp:127.0.0.1:24");
    BOOST_TEST((hop.lmtp && !hop.by_mx));
    hop = parsed("smtps:relay.test");
    BOOST_TEST((hop.implicit_tls && !hop.by_mx));
}

BOOST_AUTO_TEST_CASE(the_ways_not_to_write_one) {
    const std::pair<const char*, const char*> each[] = {
        {"relay.test", "'relay.test': does not begin with smtp:, smtps: or lmtp:"},
        {"http:relay.test", "'http:relay.test': does not begin with smtp:, smtps: or lmtp:"},
        {"smtp:", "'smtp:': '' is neither a host name nor an address"},
        {"smtp:[]", "'smtp:[]': '' is neither a host name nor an address"},
        {"smtp:[relay.test", "'smtp:[relay.test': the ']' is missing"},
        {"smtp:relay.test:0", "'smtp:relay.test:0': '0' is no port"},
        {"smtp:relay.test:", "'smtp:relay.test:': '' is no port"},
        {"smtp:[relay.test]25", "'smtp:[relay.test]25': '25' is no port"},
        {"smtp:relay.test:65536", "'smtp:relay.test:65536': '65536' is no port"},
        {"smtp:relay test", "'smtp:relay test': 'relay test' is neither a host name nor an address"},
        {"lmtp:[127.0.0.1]", "'lmtp:[127.0.0.1]': LMTP needs a port"},
    };
    for (const auto& [text, why] : each) {
        const auto hop = route::parse_fixed_hop(text);
        BOOST_TEST((hop ? "fine" : hop.error()) == why + how_to);
    }
}

BOOST_AUTO_TEST_CASE(a_file_with_routes) {
    const auto s = configured(R"(
relay:
  dane: true
  smarthost: { to: "smtp:[relay.isp.test]:587", user: me, password: secret }
  routes:
    Partner.test: "smtp:[mx.partner.test]:2525"
    .corp.test: { to: "lmtp:[127.0.0.1]:2424", tls: none }
    bücher.test: { tls: dane }
    old.test: { to: "smtps:[old.test]" }
)");
    BOOST_TEST(s.relay.dane);
    BOOST_REQUIRE(s.relay.smarthost.has_value());
    BOOST_TEST(s.relay.smarthost->user == "me");
    BOOST_TEST(s.relay.smarthost->password == "secret");
    BOOST_TEST((s.relay.smarthost->tls == tls_level::verified)); // a password goes to nobody else
    BOOST_REQUIRE(s.relay.routes.size() == 4u);
    BOOST_TEST(s.relay.routes.at("partner.test").port == 2525);
    BOOST_TEST(!s.relay.routes.at("partner.test").tls.has_value());
    BOOST_TEST(s.relay.routes.at(".corp.test").lmtp);
    BOOST_TEST((s.relay.routes.at(".corp.test").tls == tls_level::none));
    BOOST_TEST((s.relay.routes.at("xn--bcher-kva.test").tls == tls_level::dane));
    BOOST_TEST(s.relay.routes.at("xn--bcher-kva.test").host == "");
    BOOST_TEST((s.relay.routes.at("old.test").tls == tls_level::verified));
}

// The example of docs/reference.md means what it says.
BOOST_AUTO_TEST_CASE(the_documented_routes) {
    std::ifstream in(SOURCE_DIR "/docs/reference.md");
    std::ostringstream page;
    page << in.rdbuf();
    std::string text = page.str();
    text.erase(0, text.find("## Where mail goes"));
    const auto begin = text.find("```yaml\n") + 8;
    const auto s = configured(text.substr(begin, text.find("```", begin) - begin));
    BOOST_TEST(s.relay.anywhere);
    BOOST_TEST(s.relay.smarthost->host == "relay.isp.test");
    BOOST_TEST(s.relay.routes.size() == 3u);
    BOOST_TEST(s.relay.routes.at(".corp.test").host == "192.0.2.9");
    BOOST_TEST((s.relay.routes.at("bank.test").tls == tls_level::verified));
}

BOOST_AUTO_TEST_CASE(keys_that_are_none) {
    const std::pair<std::string, std::string> each[] = {
        {"relay: { smarthost: relay.test }",
         "relay.smarthost: 'relay.test': does not begin with smtp:, smtps: or lmtp:" + how_to},
        {"relay: { smarthost: { user: a, password: b } }",
         "relay.smarthost: a login means nothing without 'to'"},
        {"relay: { smarthost: { tls: verified } }", "relay.smarthost.to: is missing or empty"},
        {"relay: { smarthost: { to: \"smtp:[r.test]\", user: a } }",
         "relay.smarthost: user and password go together"},
        {"relay: { smarthost: { to: \"smtp:[r.test]\", user: a, password: b, tls: opportunistic } }",
         "relay.smarthost.tls: a password needs TLS; write required or verified"},
        {"relay: { smarthost: { to: \"smtps:[r.test]\", tls: none } }",
         "relay.smarthost.tls: smtps is TLS from the first octet"},
        {"relay: { smarthost: { to: \"smtp:[r.test]\", tls: maybe } }",
         "relay.smarthost.tls: 'maybe' is none of none, opportunistic, required, verified, dane"},
        {"relay: { smarthost: { to: \"smtp:[r.test]\", tls: dane } }",
         "relay.smarthost: tls: dane needs relay.dane: true, and a name server that validates"},
        {"relay: { smarthost: { too: \"smtp:[r.test]\" } }",
         "relay.smarthost.too: unknown key; did you mean 'to'?"},
        {"relay: { routes: { \"a b\": \"smtp:[r.test]\" } }",
         "relay.routes.a b: 'a b' is no domain; write partner.test or .partner.test"},
        {"relay: { routes: { a.test: \"smtp:[r.test]\", A.test: \"smtp:[r.test]\" } }",
         "relay.routes.A.test: is there twice"},
        {"relay: { routes: { a.test: { tls: dane } } }",
         "relay.routes.a.test: tls: dane needs relay.dane: true, and a name server that validates"},
        {"relay: { also_known_as: [ a.test, \"\" ] }", "relay.also_known_as[2]: is missing or empty"},
        {"relay: { also_known_as: [ a..test ] }",
         "relay.also_known_as: 'a..test' is neither a host name nor an address"},
        {"relay: { backup_for: .a.test }", "relay.backup_for: '.a.test' is no domain; write partner.test, or "
                                           "*.partner.test for those below it"},
        {"relay: { dane: perhaps }", "relay.dane: expected true or false"},
    };
    for (const auto& [line, why] : each)
        BOOST_TEST(complaint([&, line = line] { configured(line); }) == "c.yaml:6: " + why);
}

BOOST_AUTO_TEST_CASE(options) {
    const auto s =
        serve({"--smarthost", "smtp:[relay.test]:587", "--smarthost-login", "me:a:b", "--route",
               "partner.test=smtp:[127.0.0.2]:26", "--route", ".corp.test=lmtp:[127.0.0.3]:24", "--dane"});
    BOOST_TEST(s.relay.smarthost->host == "relay.test");
    BOOST_TEST(s.relay.smarthost->user == "me");
    BOOST_TEST(s.relay.smarthost->password == "a:b");
    BOOST_TEST((s.relay.smarthost->tls == tls_level::verified));
    BOOST_TEST(s.relay.routes.at("partner.test").port == 26);
    BOOST_TEST(s.relay.routes.at(".corp.test").lmtp);
    BOOST_TEST(s.relay.dane);
    const auto named = serve({"--also-known-as", "MX.d.test", "--also-known-as", "[192.0.2.1]",
                              "--backup-for", "partner.test", "--backup-for", "*.corp.test"});
    const std::vector<std::string> names{"mx.d.test", "192.0.2.1"}, domains{"partner.test", "*.corp.test"};
    BOOST_TEST(named.relay.also_known_as == names, boost::test_tools::per_element());
    BOOST_TEST(named.relay.backup_for == domains, boost::test_tools::per_element());
    BOOST_TEST(!serve({}).relay.dane);
    BOOST_TEST(!serve({}).relay.smarthost.has_value());
}

BOOST_AUTO_TEST_CASE(options_that_are_none) {
    const auto said = [](std::vector<const char*> words) { return complaint([&] { serve(words); }); };
    BOOST_TEST(said({"--smarthost", "relay"}) ==
               "--smarthost: 'relay': does not begin with smtp:, smtps: or lmtp:" + how_to);
    BOOST_TEST(said({"--also-known-as", "a b"}) ==
               "--also-known-as: 'a b' is neither a host name nor an address");
    BOOST_TEST(said({"--backup-for", "a b"}) ==
               "--backup-for: 'a b' is no domain; write partner.test, or *.partner.test for those below it");
    BOOST_TEST(said({"--smarthost-login", "a:b"}) == "--smarthost-login means nothing without --smarthost");
    for (const char* login : {"a", ":b", "a:"})
        BOOST_TEST(said({"--smarthost", "smtp:[r.test]", "--smarthost-login", login}) ==
                   "--smarthost-login: write user:password");
    for (const char* text : {"a.test", "=smtp:[r.test]", "a b=smtp:[r.test]"})
        BOOST_TEST(said({"--route", text}) ==
                   "--route '" + std::string(text) +
                       "': write domain=smtp:[host]:port, or .domain=... for all below it");
    BOOST_TEST(said({"--route", "a.test=r.test"}) ==
               "--route: 'r.test': does not begin with smtp:, smtps: or lmtp:" + how_to);
    BOOST_TEST(said({"--route", "a.test=smtp:[r.test]", "--route", "A.test=smtp:[r.test]"}) ==
               "--route 'A.test=smtp:[r.test]': that domain has a route already");
}

BOOST_AUTO_TEST_CASE(addresses_of_our_own) {
    const std::vector<net::endpoint> listening = {
        {"127.0.0.1", 25}, {"localhost", 587}, {"127.0.0.9", 2525}, {"0.0.0.0", 26}};
    auto own = daemon::own_addresses(listening, 25);
    const auto has = [&](const std::string& one) { return std::ranges::count(own, one) == 1; };
    BOOST_TEST(has("127.0.0.1"));
    BOOST_TEST(has("127.0.0.9"));
    BOOST_TEST(!has("0.0.0.0"));
    // To another port: who does not listen there is not reached there.
    own = daemon::own_addresses(listening, 2525);
    BOOST_TEST(own == std::vector<std::string>{"127.0.0.9"}, boost::test_tools::per_element());
    own = daemon::own_addresses(listening, 26); // all that this machine has
    BOOST_TEST(has("127.0.0.1"));
}

BOOST_AUTO_TEST_SUITE_END()
