// The steps about bounces and time: what each line becomes, every mistake by its words and place, and what a
// case that has them needs. The first line of a script here is line 10, its first column 7.
#include "harness/suite/script_parser.hpp"
#include "harness/tests/suite/suite_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace mailspec::suite;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(report_steps)

namespace {

template <typename Body>
Body only(const std::string& text) {
    auto script = parse_script({text, {"s.yaml", 10, 7}});
    for (auto& p : script.problems)
        BOOST_TEST_MESSAGE(p.str());
    BOOST_REQUIRE(script.problems.empty());
    BOOST_REQUIRE(script.steps.size() == 1u);
    BOOST_REQUIRE(std::holds_alternative<Body>(script.steps[0].body));
    return std::get<Body>(script.steps[0].body);
}

std::string mistakes(const std::string& text) {
    std::string all;
    for (auto& p : parse_script({text, {"s.yaml", 10, 7}}).problems)
        all += (all.empty() ? "" : "\n") + p.str();
    return all;
}

test_case sound_case(const std::string& script, const std::string& keys = "") {
    const suite_folder folder;
    const auto loaded = folder.load_script(script, keys);
    BOOST_REQUIRE_MESSAGE(loaded.problems.empty(), folder.problems(loaded));
    return loaded.suites.at(0).cases.at(0);
}

} // namespace

BOOST_AUTO_TEST_CASE(notifications) {
    const auto any = only<expect_dsn>("expect dsn");
    BOOST_TEST(!any.recipient);
    BOOST_TEST(!any.negative);
    BOOST_TEST((any.within == 20s));
    const auto one = only<expect_dsn>("expect dsn for a@{zone} at mx|b action delayed within 5s");
    BOOST_TEST(one.recipient->source == "a@{zone}");
    BOOST_REQUIRE(one.where);
    BOOST_TEST(one.where->any_of.size() == 2u);
    BOOST_TEST(one.action == "delayed");
    BOOST_TEST((one.within == 5s));
    const auto none = only<expect_dsn>("expect no dsn action failed");
    BOOST_TEST(none.negative);
    BOOST_TEST(none.action == "failed");
    BOOST_TEST(only<expect_dsn>("expect dsns 2").count.value() == 2);
    BOOST_TEST(only<expect_dsn>("expect dsns for {foreign} 1").recipient->source == "{foreign}");
}

BOOST_AUTO_TEST_CASE(fields) {
    BOOST_TEST(only<expect_dsn_field>("expect dsn Action failed").value.equals->source == "failed");
    const auto code = only<expect_dsn_field>("expect dsn Diagnostic-Code ~^smtp; *550~");
    BOOST_TEST(code.value.matches->source == "^smtp; *550");
    BOOST_TEST(!code.per_message);
    const auto whole = only<expect_dsn_field>("expect dsn message Reporting-MTA dns; mx.{zone}");
    BOOST_TEST(whole.per_message);
    BOOST_TEST(whole.value.equals->source == "dns; mx.{zone}");
    BOOST_TEST(only<expect_dsn_field>("expect dsn Original-Recipient absent").absent);
    BOOST_TEST(only<expect_dsn_field>("expect dsn Last-Attempt-Date is date-time").type == "date-time");
    const auto there = only<expect_dsn_field>("expect dsn X-Reason");
    BOOST_TEST((!there.value.equals && !there.value.matches && !there.absent));
}

BOOST_AUTO_TEST_CASE(parts_and_the_rest) {
    using part = expect_dsn_part;
    BOOST_TEST(only<expect_dsn_recipients>("expect dsn recipients 3").count == 3);
    BOOST_TEST(only<part>("expect dsn part 2 type message/delivery-status").name ==
               "message/delivery-status");
    const auto header = only<part>("expect dsn part 3 header Subject: a b");
    BOOST_TEST((header.what == part::kind::header));
    BOOST_TEST(header.name == "Subject");
    BOOST_TEST(header.value.equals->source == "a b");
    BOOST_TEST(only<part>("expect dsn part 3 header Subject ~x~").value.matches->source == "x");
    const auto lacks = only<part>("expect dsn part 1 not contains \"a\\r\\n\"");
    BOOST_TEST(lacks.negative);
    BOOST_TEST((lacks.what == part::kind::contains));
    BOOST_TEST((only<part>("expect dsn part 1 ~x~").what == part::kind::matches));
    BOOST_TEST(
        (only<expect_dsn_returns>("expect dsn returns nothing").wanted == expect_dsn_returns::what::nothing));
    only<expect_dsn_language_neutral>("expect dsn language-neutral");
}

BOOST_AUTO_TEST_CASE(time) {
    only<retry_delivery>("retry");
    BOOST_TEST((only<advance_clock>("clock advance 90s").by == 90s));
    BOOST_TEST((only<advance_clock>("clock advance 15m").by == 15min));
    BOOST_TEST((only<advance_clock>("clock advance 4h").by == 4h));
    BOOST_TEST((only<advance_clock>("clock advance 5d").by == 120h));
}

BOOST_AUTO_TEST_CASE(mistakes_by_their_words) {
    BOOST_TEST(mistakes("expect dsn for") ==
               "s.yaml:10:21: the line ends too early, expected an address, as `for {foreign}`");
    BOOST_TEST(mistakes("expect dsn for a@b soon") == "s.yaml:10:26: found `soon`, expected `for ADDRESS`, "
                                                      "`at HOST`, `action failed`, `within 60s` or the end "
                                                      "of the line");
    BOOST_TEST(mistakes("expect dsn for a@b action fail") ==
               "s.yaml:10:33: found `fail`, expected `failed`, `delayed`, `delivered`, `relayed` or "
               "`expanded`, did you "
               "mean `failed`?");
    BOOST_TEST(mistakes("expect dsns") ==
               "s.yaml:10:18: the line ends too early, expected how many, as `expect dsns 1`");
    BOOST_TEST(mistakes("expect dsns 0").ends_with("found 0, expected `expect no dsn`"));
    BOOST_TEST(
        mistakes("expect dsn Acton failed").ends_with("or `SMTP-Remote-Recipient`, did you mean `Action`?"));
    BOOST_TEST(
        mistakes("expect dsn field Action failed") ==
        "s.yaml:10:18: found `field`, expected the name of the field itself, as `expect dsn Action failed`");
    BOOST_TEST(
        mistakes("expect dsn Reporting-MTA ~x~") ==
        "s.yaml:10:18: Reporting-MTA is a field of the whole: write `expect dsn message Reporting-MTA`");
    BOOST_TEST(mistakes("expect dsn message Status 5.0.0") ==
               "s.yaml:10:26: Status is a field of each recipient: write `expect dsn Status`");
    BOOST_TEST(
        mistakes("expect dsn Action bounced") ==
        "s.yaml:10:25: found `bounced`, expected `failed`, `delayed`, `delivered`, `relayed` or `expanded`");
    BOOST_TEST(mistakes("expect dsn Will-Retry-Until is date") ==
               "s.yaml:10:38: found `date`, expected `is date-time`");
    BOOST_TEST(
        mistakes("expect dsn part one type a/b") ==
        "s.yaml:10:23: found `one`, expected the number of a part, as `expect dsn part 1 type text/plain`");
    BOOST_TEST(mistakes("expect dsn part 0 type a/b") == "s.yaml:10:23: expected a part from 1 to 99");
    BOOST_TEST(mistakes("expect dsn part 1 type text") ==
               "s.yaml:10:30: found `text`, expected a content type, as text/plain");
    BOOST_TEST(mistakes("expect dsn part 1 not type a/b")
                   .ends_with("found `type`, expected `header NAME`, `contains \"TEXT\"` or ~regex~"));
    BOOST_TEST(
        mistakes("expect dsn returns header") ==
        "s.yaml:10:26: found `header`, expected `message`, `headers` or `nothing`, did you mean `headers`?");
    BOOST_TEST(mistakes("expect dsn recipients")
                   .ends_with("expected how many groups of recipient fields, as `expect dsn "
                              "recipients 2`"));
    BOOST_TEST(mistakes("clock forward 4h") ==
               "s.yaml:10:13: found `forward`, expected `advance`, as `clock advance 4h`");
    for (const char* wrong :
         {"clock advance 4", "clock advance 4w", "clock advance 0h", "clock advance 367d", "clock advance"})
        BOOST_TEST(mistakes(wrong).ends_with("expected a time as 90s, 15m, 4h or 5d, a year at most"), wrong);
    BOOST_TEST(mistakes("retry now") ==
               "s.yaml:10:13: found `now` after `retry`, expected the end of the line");
    BOOST_TEST(mistakes("2 retry") ==
               "s.yaml:10:7: `retry` concerns every connection: leave out the number before it");
    BOOST_TEST(mistakes("check retry") == "s.yaml:10:7: `check` marks what can fail: `S:`, `expect`, `tls`, "
                                          "`open` with options of TLS, or `do`");
}

BOOST_AUTO_TEST_CASE(what_such_a_case_needs) {
    const auto bounced = sound_case("S: 220\nexpect dsn for a@b.test\ncheck expect dsn Action failed\n");
    BOOST_TEST(bounced.accounts == 1);
    BOOST_TEST(bounced.reads_mail);
    BOOST_TEST(!bounced.retries);
    BOOST_TEST(!bounced.moves_clock);
    BOOST_TEST(bounced.script.back().claim);
    const auto away = sound_case("S: 220\nexpect dsn for a@b.test at mx\n", "    hosts: { mx: accepts }\n");
    BOOST_TEST(away.accounts == 0);
    BOOST_TEST(!away.reads_mail);
    BOOST_TEST(away.script.back().claim);
    const auto timed = sound_case("S: 220\nretry\nclock advance 4h\nexpect no dsn\n");
    BOOST_TEST(timed.retries);
    BOOST_TEST(timed.moves_clock);
    BOOST_TEST(timed.accounts == 1);
}

BOOST_AUTO_TEST_CASE(hosts_and_placeholders_are_known) {
    const suite_folder folder;
    const auto problems = [&](const std::string& script, const std::string& keys = "") {
        return folder.problems(folder.load_script(script, keys));
    };
    BOOST_TEST(problems("S: 220\nexpect dsn for {recipent}\n")
                   .starts_with("smtp/test.yaml:10:22: unknown placeholder {recipent}"),
               problems("S: 220\nexpect dsn for {recipent}\n"));
    BOOST_TEST(problems("S: 220\nexpect dsn Status ~{tokn}~\n")
                   .contains("unknown placeholder {tokn}, did you mean `token`?"));
    BOOST_TEST(
        problems("S: 220\nexpect dsn part 1 contains \"{tokn}\"\n").contains("unknown placeholder {tokn}"));
    BOOST_TEST(problems("S: 220\nexpect dsn for a@b at mx\n").contains("the case has no `hosts`"));
}

BOOST_AUTO_TEST_SUITE_END()
