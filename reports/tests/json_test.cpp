// JSON: valid against its schema, back without loss, and refused with a place when it is not a report.
#include "reports/console.hpp"
#include "reports/json.hpp"
#include "reports/junit.hpp"
#include "reports/tests/golden.hpp"
#include "reports/tests/sample_run.hpp"
#include "reports/tests/validator.hpp"
#include "reports/timestamp.hpp"

#include <sstream>

namespace reports {
BOOST_AUTO_TEST_SUITE(json_report)

namespace {

std::string problem_of(const std::string& text) {
    const auto run = read_json(text);
    return run ? "no problem" : run.error();
}

std::string with(std::string text, const std::string& old, const std::string& by) {
    const std::size_t at = text.find(old);
    BOOST_TEST_REQUIRE(at != text.npos, old << " is not in the report");
    return text.replace(at, old.size(), by);
}

} // namespace

BOOST_AUTO_TEST_CASE(golden) {
    const std::string text = write_json(tests::sample_run());
    tests::check_golden("result.json", text);
    if (tests::have_jsonschema()) BOOST_TEST(tests::valid_json(text));
}

BOOST_AUTO_TEST_CASE(comes_back_without_loss) {
    const std::string text = write_json(tests::sample_run());
    const auto back = read_json(text);
    BOOST_TEST_REQUIRE(back.has_value(), problem_of(text));
    BOOST_TEST(write_json(*back) == text);
    BOOST_TEST(write_junit(*back) == write_junit(tests::sample_run()));
    BOOST_TEST(back->seed == 18446744073709551615ull);
    BOOST_TEST((back->started == tests::sample_run().started));
}

BOOST_AUTO_TEST_CASE(every_octet_comes_back) {
    std::string octets;
    for (int i = 0; i < 65536; ++i)
        octets += {static_cast<char>(i / 256), static_cast<char>(i % 256)};
    const run_result run = tests::run_with_octets(octets);
    const std::string text = write_json(run);
    const auto back = read_json(text);
    BOOST_TEST_REQUIRE(back.has_value(), problem_of(text));
    BOOST_TEST((back->cases[0].found->actual == octets));
    BOOST_TEST((back->cases[0].transcript.back().octets == octets));
    if (tests::have_jsonschema()) BOOST_TEST(tests::valid_json(text));
}

BOOST_AUTO_TEST_CASE(a_schema_that_cannot_refuse_would_prove_nothing) {
    if (!tests::have_jsonschema()) return;
    BOOST_TEST(!tests::valid_json(
        with(write_json(tests::sample_run()), "\"outcome\":\"pass\"", "\"outcome\":\"good\"")));
}

BOOST_AUTO_TEST_CASE(what_is_no_report_is_refused_with_its_place) {
    const std::string good = write_json(tests::sample_run());
    BOOST_TEST(problem_of("").starts_with("octet 0: not JSON: "));
    BOOST_TEST(problem_of("{\"a\": tru}").starts_with("octet "));
    BOOST_TEST(problem_of(good + "{}").ends_with("the JSON document ends here, yet more follows"));
    BOOST_TEST(problem_of("{}") == "this is JSON, but no report that `mailspec run --json` wrote");
    BOOST_TEST(problem_of("[]") == "this is JSON, but no report that `mailspec run --json` wrote");
    BOOST_TEST(problem_of(with(good, "\"format_version\": 1", "\"format_version\": 2")) ==
               "format_version: expected 1; a newer mailspec wrote this report: read it with that one");
    BOOST_TEST(
        problem_of(with(good, "\"outcome\":\"warn\"", "\"outcome\":\"wran\"")) ==
        "cases[3].outcome: expected one of pass, fail, warn, info, skip, inconclusive; found \"wran\"");
    BOOST_TEST(problem_of(with(good, "\"line\":17", "\"line\":\"17\"")) ==
               "cases[1].found.line: expected a whole number from -2147483648 to 2147483647");
    BOOST_TEST(problem_of(with(good, "\"line\":17", "\"line\":17.5")).starts_with("cases[1].found.line: "));
    BOOST_TEST(problem_of(with(good, "\"seed\": 18446744073709551615", "\"sead\": 1")) == "seed: missing");
    BOOST_TEST(problem_of(with(good, "\"strict\": false", "\"strict\": 0")) ==
               "strict: expected true or false");
    BOOST_TEST(problem_of(with(good, "250 more\\\\n", "250 more\\\\q")) ==
               "cases[1].found.actual: expected octets with the escapes \\\\ \\r \\n \\t \\xHH");
    BOOST_TEST(problem_of(with(good, "T23:", "T24:")) ==
               "started: expected a moment in UTC as 2026-01-31T23:59:59.000000Z");
}

BOOST_AUTO_TEST_CASE(moments) {
    using namespace std::chrono;
    const auto moment = sys_days(2024y / February / 29) + hours(1) + microseconds(7);
    BOOST_TEST(timestamp_text(moment) == "2024-02-29T01:00:00.000007Z");
    BOOST_TEST((read_timestamp("2024-02-29T01:00:00.000007Z") == moment));
    BOOST_TEST(timestamp_text(sys_days(1969y / December / 31)) == "1969-12-31T00:00:00.000000Z");
    for (const char* bad :
         {"", "2023-02-29T01:00:00.000007Z", "2024-02-29 01:00:00.000007Z", "2024-02-29T01:00:00Z"})
        BOOST_TEST(!read_timestamp(bad).has_value(), bad);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace reports
