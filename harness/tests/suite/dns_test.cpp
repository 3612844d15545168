// The key `dns` and the steps that look at questions: what is read, and every mistake by its words and its
// place. What the records say is held against the DNS by script/case_zone; see
// tests/script/zone_check_test.cpp.
#include "harness/tests/suite/suite_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace mailspec::suite;

namespace {

struct fixture : suite_folder {
    // `dns` stands in line 8, its records below it; `steps` from line 12 on, where there are two records.
    std::string yaml(const std::string& records, const std::string& steps) const {
        return "title: T\nservice: smtp\nrfc: 5321\ncases:\n  c:\n    title: t\n"
               "    requirement: rfc5321-1-1\n    dns: |\n" +
               records + "    hosts: { mx: accepts }\n    script: |\n      S: 220\n" + steps;
    }
    std::string mistakes(const std::string& records, const std::string& steps = "") {
        auto text = problems(load_yaml(yaml(records, steps)));
        if (!text.empty()) text.pop_back();
        const std::string file = "smtp/test.yaml:";
        return text.starts_with(file) ? text.substr(file.size()) : text;
    }
    std::string of_step(const std::string& step) {
        return mistakes("      @ MX 10 mx\n", "      " + step + "\n");
    }
    expect_query read(const std::string& step) {
        auto loaded = load_yaml(yaml("      @ MX 10 mx\n", "      " + step + "\n"));
        BOOST_TEST(problems(loaded) == "");
        return std::get<expect_query>(loaded.suites.at(0).cases.at(0).script.at(1).body);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(dns_test, fixture)

BOOST_AUTO_TEST_CASE(a_zone_is_kept_line_by_line) {
    const auto loaded = load_yaml(yaml("      @ MX 10 mx\n\n        mx A {address:mx}\n", ""));
    BOOST_TEST(problems(loaded) == "");
    const auto& zone = loaded.suites.at(0).cases.at(0).world.dns;
    BOOST_REQUIRE(zone);
    BOOST_TEST(zone->source == "@ MX 10 mx\n\n  mx A {address:mx}\n");
    BOOST_REQUIRE(zone->lines.size() == 3u);
    BOOST_TEST(zone->lines[2].text.source == "  mx A {address:mx}");
    BOOST_TEST(zone->lines[2].at.line == 11);
    BOOST_TEST(zone->lines[2].at.column == 7);
}

// Two cases with such a name must not run at once.
BOOST_AUTO_TEST_CASE(names_that_no_run_changes_are_noticed) {
    const auto fixed = [&](const std::string& line) {
        const auto loaded = load_yaml(yaml("      @ MX 10 mx\n      " + line + "\n", ""));
        BOOST_TEST(problems(loaded) == "");
        return loaded.suites.at(0).cases.at(0).world.has_fixed_names();
    };
    for (const auto* line : {"away.mailspec.test. 0 MX 10 mx.{zone}.", "Away.MailSpec.Test. TXT \"{token}\"",
                             "$ORIGIN away.mailspec.test.", "$GENERATE 1-2 a$.mailspec.test. A 127.0.0.2"})
        BOOST_TEST(fixed(line), line);
    for (const auto* line :
         {"mx A {address:mx}", "other.{zone}. MX 10 mx", "x.{token}.mailspec.test. A 127.0.0.2",
          "{reverse:mx}. PTR mx", "b MX 10 away.mailspec.test.", "; away.mailspec.test.", "$TTL 0",
          "$ORIGIN sub.{zone}.", "$GENERATE 1-2 a$ CNAME b.mailspec.test."})
        BOOST_TEST(!fixed(line), line);
    BOOST_TEST(!load_yaml(yaml("      @ MX 10 mx\n", "")).suites.at(0).cases.at(0).world.has_fixed_names());
}

BOOST_AUTO_TEST_CASE(a_zone_of_the_suite_is_for_cases_without_one) {
    const auto loaded =
        load_yaml("title: T\nservice: smtp\nrfc: 5321\ndns: |\n  @ A 127.0.0.2\ncases:\n"
                  "  a:\n    title: t\n    requirement: rfc5321-1-1\n    script: |\n      S: 220\n"
                  "  b:\n    title: t\n    requirement: rfc5321-1-1\n    dns: |\n      @ MX 1 b\n"
                  "    script: |\n      S: 220\n");
    BOOST_TEST(problems(loaded) == "");
    BOOST_TEST(loaded.suites.at(0).cases.at(0).world.dns->source == "@ A 127.0.0.2\n");
    BOOST_TEST(loaded.suites.at(0).cases.at(1).world.dns->source == "@ MX 1 b\n");
}

BOOST_AUTO_TEST_CASE(placeholders_of_hosts) {
    BOOST_TEST(mistakes("      @ MX 10 {adress:mx}\n") ==
               "9:15: found `{adress:`, expected a placeholder: a name as {sender}, octets as {CR} or {x80}, "
               "{64*a}, "
               "{fill:512}, {base64:TEXT}, {cap:SIZE}, {address:HOST}, {literal:TEXT}, {fixture:NAME}, "
               "{$NAME}; a brace itself is written `{{`");
    BOOST_TEST(mistakes("      m A {address:m}\n") ==
               "9:11: unknown host `m`, expected `mx`, did you mean `mx`?");
    BOOST_TEST(mistakes("      m A {address:MX}\n") == "9:11: expected {address:HOST}, as {address:mx}");
    BOOST_TEST(mistakes("      m A {reverse:mx 2}\n") == "9:11: expected {reverse:HOST}, as {reverse:mx}");
    const std::string tlsa =
        "9:14: expected {tlsa:HOST}, {tlsa:HOST wrong} or {tlsa:HOST USAGE SELECTOR MATCHING}, as "
        "{tlsa:mx 2 0 1}";
    BOOST_TEST(mistakes("      m TLSA {tlsa:mx right}\n") == tlsa);
    BOOST_TEST(mistakes("      m TLSA {tlsa:mx 4 0 1}\n") == tlsa);
    BOOST_TEST(mistakes("      m TLSA {tlsa:mx 3 1 }\n") == tlsa);
    BOOST_TEST(mistakes("      m TLSA {tlsa:mx 3 1 1}\n") == "");
    BOOST_TEST(mistakes("      m TXT {zoen}\n")
                   .starts_with("9:13: unknown placeholder {zoen}, did you mean `zone`?; known are token, "));
}

BOOST_AUTO_TEST_CASE(a_zone_is_a_block) {
    const auto loaded =
        load_yaml("title: T\nservice: smtp\nrfc: 5321\ncases:\n  c:\n    title: t\n"
                  "    requirement: rfc5321-1-1\n    dns: \"@ MX 10 mx\"\n    script: |\n      S: 220\n");
    BOOST_TEST(problems(loaded) ==
               "smtp/test.yaml:8:5: found a text as `dns`, expected a block string: write "
               "`dns: |` and the records below it, indented\n");
    BOOST_TEST(mistakes("") == "8:5: `dns` is empty, expected records");
}

BOOST_AUTO_TEST_CASE(questions) {
    auto q = read("expect query @ MX");
    BOOST_TEST(q.name.source == "@");
    BOOST_TEST(q.type == "MX");
    BOOST_TEST((!q.negative && !q.count && !q.over_tcp && !q.dnssec && !q.edns));
    BOOST_TEST(q.within.count() == 20000);
    q = read("expect query _mta-sts.{zone}. TXT over tcp dnssec edns within 5s");
    BOOST_TEST((q.over_tcp && q.dnssec && q.edns));
    BOOST_TEST(q.within.count() == 5000);
    BOOST_TEST(read("expect no query mx TYPE65").negative);
    BOOST_TEST(*read("expect queries mx A 2").count == 2);
    BOOST_TEST(*read("expect queries mx A 0 dnssec").count == 0);
}

BOOST_AUTO_TEST_CASE(questions_that_are_none) {
    BOOST_TEST(of_step("expect query") ==
               "13:19: the line ends too early, expected a name and a type, as `query @ MX`");
    BOOST_TEST(of_step("expect query @") ==
               "13:21: the line ends too early, expected a record type in capitals, as `query @ MX`");
    BOOST_TEST(of_step("expect query @ mx") ==
               "13:22: found `mx`, expected a record type in capitals, as `query @ MX`");
    BOOST_TEST(of_step("expect query @ MX over udp") == "13:30: found `udp`, expected `over tcp`");
    BOOST_TEST(of_step("expect query @ MX twice") ==
               "13:25: found `twice`, expected `over tcp`, `dnssec`, `edns` or `within 5s`");
    BOOST_TEST(of_step("expect query @ MX dnssec dnssec") ==
               "13:32: found `dnssec`, expected `over tcp`, `dnssec`, `edns` or `within 5s`");
    BOOST_TEST(of_step("expect queries @ MX") ==
               "13:26: the line ends too early, expected how many, as `expect queries @ MX 1`");
    BOOST_TEST(of_step("expect queries @ MX 1000000") == "13:27: found 1000000, expected a smaller number");
    BOOST_TEST(of_step("expect no query @") ==
               "13:24: the line ends too early, expected a record type in capitals, as `query @ MX`");
    BOOST_TEST(
        of_step("expect query {adress:mx} A").starts_with("13:20: found `{adress:`, expected a placeholder"));
}

BOOST_AUTO_TEST_CASE(a_question_can_be_the_claim) {
    auto loaded = load_yaml(yaml("      @ MX 10 mx\n", "      expect no query @ A\n"));
    BOOST_TEST(problems(loaded) == "");
    const auto& script = loaded.suites.at(0).cases.at(0).script;
    BOOST_TEST(!script.at(0).claim);
    BOOST_TEST(script.at(1).claim); // the last expectation, though it is a negative one
    loaded =
        load_yaml(yaml("      @ MX 10 mx\n", "      check expect query @ MX\n      expect no query @ A\n"));
    BOOST_TEST(problems(loaded) == "");
    BOOST_TEST(loaded.suites.at(0).cases.at(0).script.at(1).claim);
}

BOOST_AUTO_TEST_SUITE_END()
