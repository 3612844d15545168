// Mistakes in the zone of a case, found when it is loaded: by the words of the DNS, at the place in the file.
#include "harness/script/case_zone.hpp"
#include "harness/tests/suite/suite_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace mailspec;

namespace {

struct fixture : suite::suite_folder {
    // The records stand from line 9 on, the steps behind them.
    std::string mistakes(const std::string& records, const std::string& steps = "") {
        std::string text = "title: T\nservice: smtp\nrfc: 5321\ncases:\n  c:\n    title: t\n"
                           "    requirement: rfc5321-1-1\n    dns: |\n" +
                           records +
                           "    hosts: { mx: secure, policy: { protocol: https } }\n    script: |\n" +
                           "      S: 220\n" + steps;
        const auto file = write("smtp/test.yaml", text);
        const suite::load_options options{root, script::check_zone};
        const auto loaded = suite::load_suites({file}, options, catalogue());
        std::string all;
        for (auto p : loaded.problems)
            all += (all.empty() ? "" : "\n") + std::to_string(p.at.line) + ":" + std::to_string(p.at.column) +
                   ": " + p.text;
        BOOST_TEST(loaded.suites.at(0).cases.empty() == !all.empty());
        return all;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(zone_checks, fixture)

BOOST_AUTO_TEST_CASE(a_good_zone) {
    BOOST_TEST(mistakes("      $SECURE\n"
                        "      @ MX 10 mx\n"
                        "      @ MX 20 {server-name}.\n"
                        "      mx A {address:mx}\n"
                        "      {reverse:mx}. PTR mx\n"
                        "      _25._tcp.mx TLSA {tlsa:mx}\n"
                        "      _25._tcp.mx TLSA {tlsa:mx 2 0 1}\n"
                        "      _25._tcp.mx TLSA {tlsa:mx wrong}\n"
                        "      _mta-sts TXT \"v=STSv1; id={token}\"\n"
                        "      other.{zone}. CNAME elsewhere.{domain}.\n"
                        "      port TXT {egress-port}\n"
                        "      $FAULT mx AAAA SERVFAIL FIRST 2\n",
                        "      expect query @ MX\n      expect query {reverse:mx}. PTR\n"
                        "      expect no query other.{zone}. TYPE65\n") == "");
}

BOOST_AUTO_TEST_CASE(mistakes_have_their_places) {
    BOOST_TEST(mistakes("      @ MX ten mx\n"
                        "      mx A {address:mx}\n"
                        "      mx AAAA {address:mx}\n") ==
               "9:7: `MX ten mx`: `ten` stands where a number from 0 to 65535 belongs\n"
               "11:7: `AAAA 127.1.0.1`: `127.1.0.1` stands where an IPv6 address belongs");
    BOOST_TEST(mistakes("      $FAULT @ MX BROKEN\n")
                   .starts_with("9:7: `BROKEN` is no fault; a fault is SERVFAIL, "));
}

BOOST_AUTO_TEST_CASE(questions_that_cannot_be_seen) {
    BOOST_TEST(mistakes("      @ MX 10 mx\n", "      expect query @ MXX\n") ==
               "13:7: `MXX` is no type of the DNS, expected one as MX or TYPE65");
    BOOST_TEST(mistakes("      @ MX 10 mx\n", "      expect query a..b MX\n") ==
               "13:7: `a..b` is no domain name");
    BOOST_TEST(mistakes("      @ MX 10 mx\n", "      expect no query {reverse:mx}. PTR\n") ==
               "13:7: `{reverse:mx}.` is outside of the zone, and no record of `dns` stands there: questions "
               "about it "
               "are not seen");
    BOOST_TEST(
        mistakes("      @ MX 10 mx\n", "      repeat 2\n        expect query example.com. MX\n      end\n") ==
        "14:9: `example.com.` is outside of the zone, and no record of `dns` stands there: questions about "
        "it "
        "are not seen");
}

BOOST_AUTO_TEST_CASE(no_zone_no_questions) {
    const auto file =
        write("smtp/test.yaml", "title: T\nservice: smtp\nrfc: 5321\ncases:\n  c:\n    title: t\n"
                                "    requirement: rfc5321-1-1\n    script: |\n      S: 220\n"
                                "      expect query @ MX\n");
    const suite::load_options options{root, script::check_zone};
    const auto loaded = suite::load_suites({file}, options, catalogue());
    BOOST_REQUIRE(loaded.problems.size() == 1u);
    BOOST_TEST(loaded.problems[0].text ==
               "the case has no `dns` and no `hosts`, so no question of the server's is ours");
}

BOOST_AUTO_TEST_SUITE_END()
