// How mail leaves, as the command line and the configuration file say it: values, and every complaint's
// words.
#include "reference/tests/daemon/settings_at_hand.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(relay_settings_)

namespace {

using namespace refmail;
using namespace refmail::testing;
using daemon::parse_configuration;
using daemon::settings;

std::string file_complaint(const std::string& text) {
    return complaint([&] { parse_configuration(least + text + "\n", "c.yaml"); });
}

std::string option_complaint(std::vector<const char*> words) {
    return complaint([&] { serve(words); });
}

} // namespace

BOOST_AUTO_TEST_CASE(options) {
    const auto s =
        serve({"--dns", "127.0.0.1:5353", "--dns", "[::1]:53", "--egress-port", "2525", "--https-port",
               "8443", "--tls-ca", "ca.pem", "--relay-anywhere", "--control", "127.0.0.1:8025"});
    BOOST_TEST(s.relay.dns.size() == 2u);
    BOOST_TEST(to_string(s.relay.dns[1]) == "[::1]:53");
    BOOST_TEST(s.relay.port == 2525);
    BOOST_TEST(s.relay.https_port == 8443);
    BOOST_TEST(s.relay.tls_ca == "ca.pem");
    BOOST_TEST(s.relay.anywhere);
    BOOST_TEST(to_string(*s.control) == "127.0.0.1:8025");
}

BOOST_AUTO_TEST_CASE(without_options_mail_stays_on_this_machine) {
    const auto s = serve({});
    BOOST_TEST(s.relay.dns.empty());
    BOOST_TEST(s.relay.port == 25);
    BOOST_TEST(s.relay.https_port == 443);
    BOOST_TEST(!s.relay.anywhere);
    BOOST_TEST(to_string(*s.control) == "127.0.0.1:0");
    BOOST_TEST(!serve({"--control", "off"}).control.has_value());
}

BOOST_AUTO_TEST_CASE(options_that_are_none) {
    BOOST_TEST(option_complaint({"--dns", "127.0.0.1"}) ==
               "--dns: '127.0.0.1' is no host:port: the port is missing "
               "(write localhost:2525, 127.0.0.1:25 or [::1]:25)");
    BOOST_TEST(option_complaint({"--dns", "ns.test:53"}) ==
               "dns: 'ns.test:53' is no address of a name server; write 127.0.0.1:53");
    BOOST_TEST(option_complaint({"--control", "on"}) ==
               "--control: 'on' is no host:port: the port is missing "
               "(write localhost:2525, 127.0.0.1:25 or [::1]:25)");
    BOOST_TEST(option_complaint({"--control", "0.0.0.0:8025"}) ==
               "control: '0.0.0.0:8025' is not an address of this machine alone; write 127.0.0.1:8025");
}

BOOST_AUTO_TEST_CASE(the_file_says_it_all) {
    const auto s = parse_configuration(least + R"(
relay: { to: anywhere, dns: [ "127.0.0.1:5353" ], port: 2525, https_port: 8443, tls_ca: /etc/ca.pem }
queue: { first_retry: 5 min, unreachable_retry: 20 min, longest_retry: 1 h, warn_after: 2 h, give_up_after: 2 d,
         connections: 50, connections_per_destination: 5 }
control: 127.0.0.1:8025
)",
                                       "c.yaml");
    BOOST_TEST(s.relay.anywhere);
    BOOST_TEST(s.relay.dns.size() == 1u);
    BOOST_TEST(s.relay.port == 2525);
    BOOST_TEST(s.relay.tls_ca == "/etc/ca.pem");
    BOOST_TEST(s.relay.schedule.first_retry.count() == 300);
    BOOST_TEST(s.relay.schedule.unreachable_retry.count() == 1200);
    BOOST_TEST(s.relay.schedule.longest_retry.count() == 3600);
    BOOST_TEST(s.relay.schedule.warn_after.count() == 7200);
    BOOST_TEST(s.relay.schedule.give_up_after.count() == 2 * 86400);
    BOOST_TEST(s.relay.connections == 50u);
    BOOST_TEST(s.relay.connections_per_destination == 5u);
    BOOST_TEST(to_string(*s.control) == "127.0.0.1:8025");
}

// Who can reach it can delete mail: with a configuration it is there only when asked for.
BOOST_AUTO_TEST_CASE(a_configuration_has_no_control_port_unless_it_says_so) {
    BOOST_TEST(!parse_configuration(least, "c.yaml").control.has_value());
    BOOST_TEST(!parse_configuration(least, "c.yaml").relay.anywhere);
}

BOOST_AUTO_TEST_CASE(keys_that_are_none) {
    const std::pair<std::string, std::string> each[] = {
        {"relay: { to: everybody }", "relay.to: 'everybody' is none of loopback, anywhere"},
        {"relay: { port: 65536 }", "relay.port: '65536' is no port; write 1 to 65535"},
        {"relay: { https_port: 0 }", "relay.https_port: '0' is no port; write 1 to 65535"},
        {"relay: { dns: 127.0.0.1 }", "relay.dns: '127.0.0.1' is no host:port: the port is missing "
                                      "(write localhost:2525, 127.0.0.1:25 or [::1]:25)"},
        {"relay: { dns: [ \"ns.test:53\" ] }",
         "relay.dns[1]: 'ns.test:53' is no address of a name server; write 127.0.0.1:53"},
        {"relay: { tls_ca: '' }", "relay.tls_ca: is missing or empty"},
        {"queue: { longest_retry: 1 min }", "queue.longest_retry: is shorter than first_retry"},
        {"queue: { give_up_after: 1 min }", "queue.give_up_after: is shorter than first_retry"},
        {"queue: { connections: 0 }", "queue.connections: '0' is no count; write 1 or more"},
        {"queue: { warn_aftr: 4 h }", "queue.warn_aftr: unknown key; did you mean 'warn_after'?"},
        {"control: [ \"127.0.0.1:1\", \"127.0.0.1:2\" ]",
         "control: expected one address, such as 127.0.0.1:8025"},
        {"control: 192.0.2.1:8025",
         "control: '192.0.2.1:8025' is not an address of this machine alone; write 127.0.0.1:8025"},
    };
    for (const auto& [line, why] : each)
        BOOST_TEST(file_complaint(line) == "c.yaml:6: " + why);
}

BOOST_AUTO_TEST_SUITE_END()
