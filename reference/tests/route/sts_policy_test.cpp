// MTA-STS as text: the TXT record, the policy, the patterns. RFC 8461 §3.1, §3.2, §4.1.
#include "reference/route/sts_policy.hpp"

#include <boost/test/unit_test.hpp>

using namespace refmail::route;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(sts_text)

namespace {

std::string id_of(std::vector<std::string> records) {
    const std::vector<refmail::dns::record_data> txt(records.begin(), records.end());
    return sts_id_in(txt).value_or("none");
}

std::string told(const std::string& text) {
    const auto policy = parse_sts_policy(text);
    if (!policy) return policy.error();
    std::string made = policy->what == sts_policy::mode::enforce   ? "enforce"
                       : policy->what == sts_policy::mode::testing ? "testing"
                                                                   : "none";
    made += " " + std::to_string(policy->max_age);
    for (const auto& one : policy->mx)
        made += " " + one;
    return made;
}

} // namespace

BOOST_AUTO_TEST_CASE(records) {
    const std::pair<std::string, std::string> each[] = {
        {"v=STSv1; id=20160831085700Z;", "20160831085700Z"},
        {"v=STSv1;id=1", "1"},
        {"v=STSv1 ; id=1 ; ", "1"},
        {"v=STSv1;\tid=1", "1"},
        {"v=STSv1; ext=x; id=1; a-b_c.d=!~", "1"}, // §3.2: unknown fields are ignored
        {"v=STSv1; id=1; id=2", "1"},              // the first counts
        {"v=STSv1;", "none"},
        {"v=STSv1", "none"},
        {"v=STSv1; ext=x", "none"},
        {"v=STSv1; id=", "none"},
        {"v=STSv1; id=a-b", "none"},
        {"v=STSv1; id=" + std::string(32, 'x'), std::string(32, 'x')},
        {"v=STSv1; id=" + std::string(33, 'x'), "none"},
        {"v=STSv1; id", "none"},
        {"v=STSv1; id=1;; x=y", "none"},
        {"v=STSv1; id=1; =x", "none"},
        {"v=STSv1; id=1; x=", "none"},
        {"v=STSv1; id=1; x=a=b", "none"},
        {"v=STSv1; id=1; x=a b", "none"},
        {"v=STSv1; ID=1", "none"}, // %s: letter case matters
        {"V=STSv1; id=1", "none"},
        {" v=STSv1; id=1", "none"},
        {"id=1; v=STSv1", "none"},
        {"v=STSv2; id=1", "none"},
        {"v=STSv10; id=1", "none"},
        {"", "none"},
        {std::string(60000, ';'), "none"},
    };
    for (const auto& [text, id] : each)
        BOOST_TEST(id_of({text}) == id, text);
}

BOOST_AUTO_TEST_CASE(several_records) {
    BOOST_TEST(id_of({}) == "none");
    BOOST_TEST(id_of({"v=spf1 -all", "v=STSv1; id=1", "v=STSv1"}) == "1"); // others are discarded
    BOOST_TEST(id_of({"v=STSv1; id=1", "v=STSv1; id=1"}) == "none");
    BOOST_TEST(id_of({"v=STSv1; id=1", "v=STSv1; broken"}) == "none"); // discarding is by the beginning only
}

BOOST_AUTO_TEST_CASE(policies) {
    const std::pair<std::string, std::string> each[] = {
        {"version: STSv1\r\nmode: enforce\r\nmx: Mail.example.com\r\nmx: *.example.net\r\nmax_age: "
         "604800\r\n",
         "enforce 604800 mail.example.com *.example.net"},
        {"version: STSv1\nmode: testing\nmx: a.test\nmax_age: 1", "testing 1 a.test"},
        {"version: STSv1\nmode: none\nmax_age: 0\n", "none 0"},
        {"max_age: 1 \nmx:a.test\t\nmode:\tnone\nversion:STSv1\n", "none 1 a.test"}, // any order; *WSP
        {"version: STSv1\nmode: none\nmax_age: 1\nx-y.z_1: some \xc3\xbc text\n", "none 1"},
        {"version: STSv1\nversion: STSv2\nmode: enforce\nmode: none\nmax_age: 1\nmax_age: x\nmx: a.test\n",
         "enforce 1 a.test"}, // §3.2: of repeated fields the first
        {"version: STSv1\nmode: none\nmax_age: 9999999999\n", "none 31557600"},
        {"mode: none\nmax_age: 1\n", "there is no version"},
        {"version: STSv1\nmax_age: 1\n", "there is no mode"},
        {"version: STSv1\nmode: none\n", "there is no max_age"},
        {"version: STSv1\nmode: enforce\nmax_age: 1\n", "there is no mx, and the mode is not none"},
        {"version: STSv1\nmode: testing\nmax_age: 1\n", "there is no mx, and the mode is not none"},
        {"version: STSv2\n", "line 1: version 'STSv2' is not STSv1"},
        {"version: stsv1\n", "line 1: version 'stsv1' is not STSv1"},
        {"version: STSv1\nmode: Enforce\n", "line 2: mode 'Enforce' is none of enforce, testing, none"},
        {"max_age: -1\n", "line 1: max_age '-1' is no number of seconds"},
        {"max_age: 1d\n", "line 1: max_age '1d' is no number of seconds"},
        {"max_age: 12345678901\n", "line 1: max_age '12345678901' is no number of seconds"},
        {"mx: a..b\n", "line 1: mx 'a..b' is no host name or *. and a domain"},
        {"mx: *\n", "line 1: mx '*' is no host name or *. and a domain"},
        {"mx: *.*.test\n", "line 1: mx '*.*.test' is no host name or *. and a domain"},
        {"mx: m*.test\n", "line 1: mx 'm*.test' is no host name or *. and a domain"},
        {"<html>\n", "line 1: no key with a colon behind it"},
        {"version: STSv1\n\nmode: none\nmax_age: 1\n", "line 2: no key with a colon behind it"},
        {"mode:\n", "line 1: no value, or one with control characters"},
        {"x: a\x01"
         "b\n",
         "line 1: no value, or one with control characters"},
        {" version: STSv1\n", "line 1: no key with a colon behind it"},
        {"Version: STSv1\nmode: none\nmax_age: 1\n", "there is no version"}, // %s: letter case matters
        {"", "there is no version"},
        {"version: STSv1\rmode: none\rmax_age: 1\r", "line 1: no value, or one with control characters"},
    };
    for (const auto& [text, what] : each)
        BOOST_TEST(told(text) == what, text << " -> " << told(text));
}

BOOST_AUTO_TEST_CASE(patterns) {
    BOOST_TEST(matches_name("mail.example.com", "MAIL.example.com."));
    BOOST_TEST(matches_name("*.example.com", "mail.example.com"));
    BOOST_TEST(!matches_name("*.example.com", "example.com"));
    BOOST_TEST(!matches_name("*.example.com", "foo.bar.example.com"));
    BOOST_TEST(!matches_name("*.example.com", ".example.com"));
    BOOST_TEST(!matches_name("*.example.com", "mailexample.com"));
    BOOST_TEST(!matches_name("mail.example.com", "xmail.example.com"));
    BOOST_TEST(!matches_name("example.com", "mail.example.com"));
    BOOST_TEST(!matches_name("", "mail.example.com"));
    BOOST_TEST(!matches_name("*.", "com"));
}

BOOST_AUTO_TEST_SUITE_END()
