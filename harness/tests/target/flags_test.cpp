// A target from flags, and the refusal of remote ones.
#include "harness/target/flags.hpp"

#include <boost/test/unit_test.hpp>

using namespace mailspec::target;

namespace {

std::string refused(const target_flags& flags) {
    const auto made = target_from_flags(flags);
    return made ? "none" : made.error();
}

} // namespace

BOOST_AUTO_TEST_SUITE(flags)

BOOST_AUTO_TEST_CASE(a_whole_target) {
    const target_flags given{
        {{"smtp", "localhost:2525"}}, "d.test", {"ann:pw:with:colons", "bob@else.test:x"}, "/mail/{user}"};
    const auto made = target_from_flags(given);
    BOOST_REQUIRE(made);
    BOOST_TEST(made->name == "localhost:2525");
    BOOST_TEST(made->accounts.at(0).address == "ann@d.test");
    BOOST_TEST(made->accounts.at(0).password == "pw:with:colons");
    BOOST_TEST(made->accounts.at(1).address == "bob@else.test");
    BOOST_TEST(made->maildir == "/mail/{user}");
}

BOOST_AUTO_TEST_CASE(the_domain_of_the_first_address) {
    const target_flags given{{{"lmtp", "localhost:24"}}, "", {"ann@d.test:pw"}, ""};
    BOOST_TEST(target_from_flags(given)->domain == "d.test");
}

BOOST_AUTO_TEST_CASE(mistakes_by_their_words) {
    BOOST_TEST(refused({{}, "d.test", {}, ""}) ==
               "no service is named: add --smtp HOST:PORT (or --submission, --submissions, --lmtp, --imap, "
               "--imaps, --pop3, --pop3s), or use --target PROFILE");
    BOOST_TEST(refused({{{"smtp", "localhost:25"}}, "d", {"ann"}, ""}) ==
               "--user: `ann` is not NAME:PASSWORD");
    BOOST_TEST(refused({{{"smtp", "localhost:25"}}, "d", {"ann:"}, ""}) ==
               "--user: `ann:` is not NAME:PASSWORD");
    BOOST_TEST(refused({{{"smtp", "localhost:25"}}, "", {"ann:pw"}, ""}) ==
               "--user ann:pw: which domain is that in? Add --domain DOMAIN, or write name@domain:password");
    BOOST_TEST(refused({{{"smtp", "localhost:25"}}, "d", {}, "/mail"}) ==
               "--maildir /mail: put {user} or {local-part} where the account's name stands in the path");
    BOOST_TEST(refused({{{"smtp", "localhost"}}, "d", {}, ""}).starts_with("--smtp: "));
}

BOOST_AUTO_TEST_CASE(where_it_sends) {
    target_flags given;
    BOOST_TEST(!given.any());
    BOOST_REQUIRE(sends_from_flags(given));
    BOOST_TEST(!sends_from_flags(given)->has_value());
    given.egress_port = 2525;
    BOOST_TEST(given.any());
    BOOST_TEST(sends_from_flags(given).error() ==
               "--egress-port and --https-port say where the server sends: add --dns-listen ADDRESS:PORT, "
               "where it asks its DNS questions");
    given.dns = "127.0.0.1:5353";
    const auto made = sends_from_flags(given);
    BOOST_REQUIRE(made);
    BOOST_TEST((*made)->dns == "127.0.0.1:5353");
    BOOST_TEST((*made)->port == 2525);
    BOOST_TEST((*made)->https_port == 443);
    given.dns = "dns.test:53";
    BOOST_TEST(sends_from_flags(given).error().starts_with(
        "--dns-listen: `dns.test:53` is not an address of the loopback: "));
}

BOOST_AUTO_TEST_CASE(only_the_loopback_unless_allowed) {
    target_info target;
    target.services = {{"smtp", "127.0.0.2:25"}, {"lmtp", "[::1]:24"}, {"submission", "localhost:587"}};
    BOOST_TEST(remote_refusal(target) == "");
    target.services["submissions"] = "192.0.2.1:465";
    BOOST_TEST(
        remote_refusal(target) ==
        "submissions is at 192.0.2.1:465, which is not on this machine's loopback. mailspec sends "
        "hundreds of malformed and hostile dialogs and real messages: never do that to a server that is "
        "not yours. If it is yours, add --allow-remote.");
    target.allow_remote = true;
    BOOST_TEST(remote_refusal(target) == "");
}

BOOST_AUTO_TEST_SUITE_END()
