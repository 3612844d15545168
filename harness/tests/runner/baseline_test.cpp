// Baselines: how an entry and a result come together, the file's mistakes, drafts that load again.
#include "harness/runner/baseline.hpp"
#include "harness/tests/target/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

using namespace mailspec;
using namespace std::chrono;
using reports::baseline_state;
using reports::verdict;

BOOST_AUTO_TEST_SUITE(baselines)

namespace {

constexpr year_month_day today{2026y / November / 22d};

reports::case_result result(verdict v, const std::string& step = "") {
    reports::case_result r;
    r.id = "smtp/x/case";
    r.suite = "smtp/x";
    r.title = "does x";
    r.outcome = v;
    if (!step.empty()) r.found = reports::finding{step, "x.yaml", 3, true, "503", "250 Ok\r\n"};
    return r;
}

reports::case_result applied(const runner::baseline_entry& entry, const reports::case_result& r) {
    runner::baseline known;
    known.cases["smtp/x/case"] = entry;
    std::vector<reports::case_result> all{r};
    runner::apply_baseline(known, all, today);
    return all[0];
}

const runner::baseline_entry fails{verdict::fail, "known bug 12", std::nullopt, ""};
const runner::baseline_entry fails_there{verdict::fail, "known bug 12", std::nullopt, "check S: 503"};

std::string mistake(const std::string& text) {
    const testing::temporary_folder folder;
    const auto loaded = runner::load_baseline(folder.file("b.yaml", text));
    return loaded ? "none" : loaded.error().front().substr(folder.path().string().size() + 1);
}

} // namespace

BOOST_AUTO_TEST_CASE(as_expected) {
    BOOST_TEST((applied(fails, result(verdict::fail, "S: 250")).baseline == baseline_state::expected));
    const auto there = applied(fails_there, result(verdict::fail, "check S: 503"));
    BOOST_TEST((there.baseline == baseline_state::expected));
    BOOST_TEST(there.baseline_note == "known bug 12");
}

BOOST_AUTO_TEST_CASE(a_different_failure) {
    const auto r = applied(fails_there, result(verdict::fail, "S: 250"));
    BOOST_TEST((r.baseline == baseline_state::changed));
    BOOST_TEST(r.baseline_note ==
               "fail at `S: 250`, but the baseline expects fail at `check S: 503` (known bug 12)");
    BOOST_TEST((applied(fails, result(verdict::warn)).baseline == baseline_state::changed));
    BOOST_TEST((applied(fails, result(verdict::skip)).baseline == baseline_state::changed));
    BOOST_TEST((applied(fails, result(verdict::inconclusive)).baseline == baseline_state::changed));
}

BOOST_AUTO_TEST_CASE(an_unexpected_pass) {
    const auto r = applied(fails_there, result(verdict::pass));
    BOOST_TEST((r.baseline == baseline_state::unexpected_pass));
    BOOST_TEST(r.baseline_note ==
               "passes, although the baseline expects fail at `check S: 503` (known bug 12): "
               "take the entry out");
}

BOOST_AUTO_TEST_CASE(a_deviation_of_some_runs) {
    auto entry = fails_there;
    entry.sometimes = true;
    const auto passed = applied(entry, result(verdict::pass));
    BOOST_TEST((passed.baseline == baseline_state::none));
    BOOST_TEST(passed.baseline_note == "");
    BOOST_TEST((applied(entry, result(verdict::fail, "check S: 503")).baseline == baseline_state::expected));
    BOOST_TEST((applied(entry, result(verdict::fail, "S: 250")).baseline == baseline_state::changed));
    BOOST_TEST((applied(entry, result(verdict::warn)).baseline == baseline_state::changed));
    const testing::temporary_folder folder;
    const auto loaded = runner::load_baseline(folder.file(
        "b.yaml", "cases: { smtp/x/case: { verdict: fail, reason: r, step: s, sometimes: true } }\n"));
    BOOST_REQUIRE(loaded.has_value());
    BOOST_TEST(loaded->cases.at("smtp/x/case").sometimes);
    reports::run_result run;
    run.cases.push_back(result(verdict::fail, "check S: 503"));
    BOOST_TEST(runner::draft_baseline(run, *loaded).find("sometimes: true") != std::string::npos);
    BOOST_TEST(
        mistake("cases: { a/b: { verdict: fail, reason: r, sometimes: often } }\n").find("b.yaml:1:") == 0);
}

BOOST_AUTO_TEST_CASE(expiry) {
    auto entry = fails;
    entry.expires = 2026y / November / 23d;
    BOOST_TEST((applied(entry, result(verdict::fail, "S: 250")).baseline == baseline_state::expected));
    entry.expires = today;
    const auto r = applied(entry, result(verdict::fail, "S: 250"));
    BOOST_TEST((r.baseline == baseline_state::expired));
    BOOST_TEST(r.baseline_note == "the baseline's entry expired on 2026-11-22 (known bug 12)");
    BOOST_TEST((applied(entry, result(verdict::pass)).baseline == baseline_state::unexpected_pass));
}

BOOST_AUTO_TEST_CASE(others_are_left_alone) {
    auto other = result(verdict::fail);
    other.id = "smtp/x/other";
    BOOST_TEST((applied(fails, other).baseline == baseline_state::none));
}

BOOST_AUTO_TEST_CASE(stale_names) {
    runner::baseline known;
    known.cases["smtp/x/gone"] = fails;
    known.cases["smtp/x/here"] = fails;
    const auto stale = runner::stale_entries(known, {"smtp/x/here", "smtp/x/more"});
    BOOST_TEST(stale == std::vector<std::string>{"smtp/x/gone"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(reads_a_file) {
    const testing::temporary_folder folder;
    const auto known = runner::load_baseline(folder.file(
        "b.yaml",
        "cases:\n  smtp/x/a: { verdict: fail, reason: old bug, expires: 2027-01-01, step: \"check S: "
        "503\" }\n  smtp/x/b: { verdict: warn, reason: by choice }\n"));
    BOOST_REQUIRE(known);
    const auto& a = known->cases.at("smtp/x/a");
    BOOST_TEST((a.verdict == verdict::fail));
    BOOST_TEST(a.reason == "old bug");
    BOOST_TEST((a.expires == 2027y / January / 1d));
    BOOST_TEST(a.step == "check S: 503");
    BOOST_TEST((known->cases.at("smtp/x/b").verdict == verdict::warn));
}

BOOST_AUTO_TEST_CASE(mistakes_by_their_words) {
    BOOST_TEST(
        mistake("cases:\n  a: { verdict: fail }\n") ==
        "b.yaml:2:6: cases.a.reason: empty; say why this deviation is accepted, so that the next reader "
        "knows");
    BOOST_TEST(mistake("cases:\n  a: { verdict: broken, reason: x }\n") ==
               "b.yaml:2:17: cases.a.verdict: `broken` is not one of fail, warn, info, skip, inconclusive");
    BOOST_TEST(
        mistake("cases:\n  a: { reason: x }\n") ==
        "b.yaml:2:6: cases.a.verdict: missing; write `verdict: fail` (or warn, info, skip, inconclusive)");
    BOOST_TEST(mistake("cases:\n  a: { verdict: fail, reason: x, expires: soon }\n") ==
               "b.yaml:2:43: cases.a.expires: `soon` is not a date such as 2027-01-31");
    BOOST_TEST(
        mistake("cases:\n  a: { verdict: fail, reason: x, expires: 2027-02-30 }\n").contains("2027-02-30"));
    BOOST_TEST(mistake("cases:\n  a: { verdict: fail, reason: x, stepp: y }\n") ==
               "b.yaml:2:34: cases.a.stepp: unknown key; did you mean `step`? known here: expires, reason, "
               "sometimes, step, "
               "verdict");
    const testing::temporary_folder folder;
    const auto no_map = runner::load_baseline(folder.file("b.yaml", "cases:\n  a: fail\n"));
    BOOST_REQUIRE(!no_map.has_value());
    BOOST_TEST(no_map.error().size() == 1u);
    BOOST_TEST(
        no_map.error().front().ends_with("b.yaml:2:6: cases.a: expected a mapping (`key: value` lines)"));
    BOOST_TEST(mistake("case: {}\n") ==
               "b.yaml:1:1: cases: missing; write `cases: { ID: { verdict: fail, reason: ... } }`");
}

// What --write-baseline drafts loads once the reasons are in, and then the run is exact.
BOOST_AUTO_TEST_CASE(drafts) {
    reports::run_result run;
    run.target_name = "Postfix";
    run.target_version = "3.7";
    auto known_one = result(verdict::fail, "check S: 503");
    auto new_one = result(verdict::fail, "check S: 250 ~\"a\\b\"~");
    new_one.id = "smtp/x/new";
    auto ambient = result(verdict::fail, "in smtp/x/case");
    ambient.id = "smtp/ambient/reply-bare-lf";
    ambient.suite = "smtp/ambient";
    run.cases = {known_one, new_one, ambient, result(verdict::warn)};
    runner::baseline known;
    known.cases["smtp/x/case"] = fails;
    known.cases["smtp/x/elsewhere"] = fails_there; // not in this run: stays

    const auto draft = runner::draft_baseline(run, known);
    const testing::temporary_folder folder;
    const auto refused = runner::load_baseline(folder.file("draft.yaml", draft));
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().size() == 2u); // the two reasons that are still empty

    auto filled = draft;
    for (auto at = filled.find("reason: \"\""); at != std::string::npos; at = filled.find("reason: \"\""))
        filled.replace(at, 10, "reason: because");
    const auto loaded = runner::load_baseline(folder.file("filled.yaml", filled));
    BOOST_REQUIRE(loaded);
    BOOST_TEST(loaded->cases.at("smtp/x/case").reason == "known bug 12");
    BOOST_TEST(loaded->cases.at("smtp/x/new").step == "check S: 250 ~\"a\\b\"~");
    BOOST_TEST(loaded->cases.at("smtp/ambient/reply-bare-lf").step == "");
    BOOST_TEST(loaded->cases.at("smtp/x/elsewhere").step == "check S: 503");
    BOOST_TEST(loaded->cases.size() == 4u);
    auto results = run.cases;
    results.pop_back();
    runner::apply_baseline(*loaded, results, today);
    for (const auto& r : results)
        BOOST_TEST((r.baseline == baseline_state::expected), r.id);
}

BOOST_AUTO_TEST_CASE(an_empty_draft_loads) {
    const testing::temporary_folder folder;
    reports::run_result run;
    BOOST_TEST(runner::load_baseline(folder.file("b.yaml", runner::draft_baseline(run, {}))).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
