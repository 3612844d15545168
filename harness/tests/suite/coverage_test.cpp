// Counting clauses: twins, reasons, ambient rules, the generated page, and the size of the ledger that the
// suites answer for. The sums of the shipped ledger are literals on purpose: a row that changes hands must
// be noticed. Uses harness/suite/coverage.hpp.
#include "harness/suite/coverage.hpp"
#include "harness/tests/suite/suite_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace mailspec::suite;

BOOST_AUTO_TEST_SUITE(coverage_test)

namespace {

load_result citing(const suite_folder& folder, const std::string& ids) {
    return folder.load_yaml(
        "title: T\nservice: smtp\nrfc: 5321\ncases:\n  c:\n    title: t\n    requirement: " + ids +
        "\n    script: |\n      S: 220\n");
}

// Testable clauses of one sort, and the MUSTs among them.
std::pair<std::size_t, std::size_t> sum_of(const coverage& found, bool (requirement::*sort)() const) {
    std::pair<std::size_t, std::size_t> sum;
    for (const auto& document : found.documents)
        for (const auto& c : document.clauses)
            if ((c.clause->*sort)()) {
                ++sum.first;
                sum.second += c.clause->is_must();
            }
    return sum;
}

} // namespace

BOOST_AUTO_TEST_CASE(testable_and_covered) {
    suite_folder folder;
    auto catalogue = folder.catalogue();
    auto loaded = citing(folder, "rfc5321-1-2");
    auto found = compute_coverage(loaded.suites, catalogue);
    BOOST_REQUIRE(found.documents.size() == 1u);
    auto& d = found.documents[0];
    BOOST_TEST(d.rfc == 5321);
    BOOST_TEST(d.cases == 1u);
    BOOST_TEST(d.testable == 3u); // 1-1, 1-2, 2-1; not MAY, client, time
    BOOST_TEST(d.covered == 1u);
    BOOST_TEST(d.musts == 2u);
    BOOST_TEST(d.musts_covered == 0u);
    BOOST_TEST(found.total.testable == 3u);
    BOOST_TEST(d.clauses[1].cases.front() == "smtp/test/c");
}

BOOST_AUTO_TEST_CASE(a_twin_covers_its_twin) {
    suite_folder folder;
    auto catalogue = folder.catalogue();
    BOOST_TEST(compute_coverage(citing(folder, "rfc5321-2-1").suites, catalogue).total.musts_covered == 2u);
    BOOST_TEST(compute_coverage(citing(folder, "rfc5321-1-1").suites, catalogue).total.musts_covered == 2u);
}

BOOST_AUTO_TEST_CASE(what_is_judged_without_a_case_counts) {
    suite_folder folder;
    auto catalogue = folder.catalogue();
    auto found = compute_coverage({}, catalogue, {}, {{"rfc5321-1-1", "smtp/ambient/reply-bare-lf"}}, {5321});
    BOOST_TEST(found.total.covered == 2u);
    BOOST_TEST(found.documents[0].clauses[0].cases.front() == "smtp/ambient/reply-bare-lf");
}

BOOST_AUTO_TEST_CASE(reasons) {
    suite_folder folder;
    auto catalogue = folder.catalogue();
    auto file = folder.write("untested.yaml", "rfc5321-1-1: needs | five minutes\nrfc5321-1-2: idle\n");
    auto reasons = read_untested(file, catalogue);
    BOOST_REQUIRE(reasons);
    auto found = compute_coverage(citing(folder, "rfc5321-1-2").suites, catalogue, *reasons);
    BOOST_TEST(found.documents[0].clauses[0].reason == "needs | five minutes");
    BOOST_REQUIRE(found.idle_reasons.size() == 1u);
    BOOST_TEST(found.idle_reasons[0] == "rfc5321-1-2");
    BOOST_TEST(read_untested(folder.root / "absent.yaml", catalogue)->empty());
    auto bad = read_untested(folder.write("bad.yaml", "rfc5321-1-9: x\nrfc5321-1-3:\n"), catalogue);
    BOOST_REQUIRE(!bad);
    BOOST_TEST(bad.error()[0].str().ends_with(
        "bad.yaml:2:1: `rfc5321-1-3` has no reason, expected `rfc5321-1-3: why no case shows it`"));
    BOOST_TEST(bad.error()[1].str().ends_with(
        "bad.yaml:1:1: unknown requirement `rfc5321-1-9`, did you mean `rfc5321-1-1`?"));
}

BOOST_AUTO_TEST_CASE(the_page) {
    suite_folder folder;
    auto catalogue = folder.catalogue();
    auto page = coverage_markdown(
        compute_coverage(citing(folder, "rfc5321-1-2").suites, catalogue, {{"rfc5321-1-1", "a | b"}}));
    BOOST_TEST(page.find("| RFC 5321 | 1 | 1 of 3 | 0 of 2 |\n| all | 1 | 1 of 3 | 0 of 2 |\n") != page.npos);
    BOOST_TEST(page.find("### RFC 5321\n") != page.npos);
    BOOST_TEST(page.find("| rfc5321-1-1 | MUST | answers | a \\| b |\n") != page.npos);
    BOOST_TEST(page.find("| rfc5321-2-1 | MUST | answers | none given |\n") != page.npos);
    BOOST_TEST(page.find("rfc5321-1-2 |") == page.npos);
    auto full =
        coverage_markdown(compute_coverage(citing(folder, "[rfc5321-1-1, rfc5321-1-2]").suites, catalogue));
    BOOST_TEST(full.ends_with("\nEvery testable clause is covered.\n"));
}

// The documents that the SMTP suites answer for. A row that is dropped, or whose level or party changes,
// changes these sums.
BOOST_AUTO_TEST_CASE(the_ledger_of_the_smtp_suites) {
    auto catalogue = requirement_catalogue::load(SOURCE_DIR "/suites/requirements");
    BOOST_REQUIRE(catalogue);
    auto found =
        compute_coverage({}, *catalogue, {}, {}, {5321, 6409, 3207, 4954, 1870, 6152, 2920, 2034, 3848});
    BOOST_TEST(found.documents.size() == 9u);
    const auto served = sum_of(found, &requirement::is_served);
    BOOST_TEST(served.first == 274u);
    BOOST_TEST(served.second == 176u);
}

BOOST_AUTO_TEST_CASE(the_ledger_of_the_egress_suites) {
    auto catalogue = requirement_catalogue::load(SOURCE_DIR "/suites/requirements");
    BOOST_REQUIRE(catalogue);
    auto found = compute_coverage(
        {}, *catalogue, {}, {},
        {5321, 3207, 3461, 3464, 7505, 8461, 7672, 2920, 1870, 6152, 6531, 6533, 3030, 2034, 6409});
    const auto sent = sum_of(found, &requirement::is_sent);
    BOOST_TEST(sent.first == 354u);
    BOOST_TEST(sent.second == 262u);
}

BOOST_AUTO_TEST_SUITE_END()
