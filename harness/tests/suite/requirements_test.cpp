// The ledger: rows, twins, and each malformed row by its line and words. A small ledger of the
// test's own; the shipped one is counted in coverage_test. Columns:
// suites/requirements/NOTES.md.
#include "harness/tests/suite/suite_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace mailspec::suite;

BOOST_AUTO_TEST_SUITE(requirements_test)

namespace {

std::string flaws(const suite_folder& folder) {
    auto loaded = requirement_catalogue::load(folder.root / "requirements");
    std::string text;
    if (!loaded)
        for (auto& p : loaded.error())
            text += p.str().substr(folder.root.string().size() + 1) + "\n";
    return text;
}

const std::string heading = "id\tsection\tlevel\tparty\tobserve\tsummary\n";

} // namespace

BOOST_AUTO_TEST_CASE(rows_are_found) {
    suite_folder folder;
    auto catalogue = folder.catalogue();
    auto* row = catalogue.find("rfc5321-1-2");
    BOOST_REQUIRE(row);
    BOOST_TEST(row->rfc == 5321);
    BOOST_TEST(row->section == "1");
    BOOST_TEST(row->level == "SHOULD NOT");
    BOOST_TEST(row->is_should());
    BOOST_TEST(row->is_testable());
    BOOST_TEST(!catalogue.find("rfc5321-1-3")->is_testable());
    BOOST_TEST(!catalogue.find("rfc5321-2-2")->is_testable());
    BOOST_TEST(!catalogue.find("rfc5321-2-3")->is_testable());
    BOOST_TEST(!catalogue.find("rfc5321-9-9"));
    BOOST_TEST(catalogue.nearest("rfc5321-1-22") == "rfc5321-1-2");
    BOOST_TEST(catalogue.nearest("nothing of the kind") == "");
}

BOOST_AUTO_TEST_CASE(a_twin_has_the_summary_of_the_other) {
    suite_folder folder;
    auto catalogue = folder.catalogue();
    BOOST_TEST(catalogue.find("rfc5321-2-1")->summary == "answers");
    BOOST_TEST(catalogue.find("rfc5321-2-1")->same_as == "rfc5321-1-1");
    folder.write("requirements/rfc1.tsv",
                 heading + "rfc1-1-1\t1\tMUST\tsmtp-server\tdialog\t= rfc5321-2-1\n");
    auto chained = folder.catalogue();
    BOOST_TEST(chained.find("rfc1-1-1")->summary == "answers");
    BOOST_TEST(chained.find("rfc1-1-1")->same_as == "rfc5321-1-1");
}

BOOST_AUTO_TEST_CASE(what_is_sent_shows_too) {
    suite_folder folder;
    folder.write("requirements/rfc1.tsv", heading + "rfc1-1-1\t1\tMUST\tsmtp-client\tegress\tsends\n"
                                                    "rfc1-1-2\t1\tSHOULD\treporter\treport\ttells\n"
                                                    "rfc1-1-3\t1\tMUST\tsmtp-server\tingress-dns\tasks\n"
                                                    "rfc1-1-4\t1\tMUST\tsmtp-server\tegress\t= rfc1-1-1\n"
                                                    "rfc1-1-5\t1\tMUST\tmail-client\tegress\tshows\n"
                                                    "rfc1-1-6\t1\tMAY\tsmtp-client\tegress\tmay\n");
    auto catalogue = folder.catalogue();
    for (const auto* id : {"rfc1-1-1", "rfc1-1-2", "rfc1-1-3"})
        BOOST_TEST(catalogue.find(id)->is_testable(), id);
    for (const auto* id : {"rfc1-1-4", "rfc1-1-5", "rfc1-1-6"})
        BOOST_TEST(!catalogue.find(id)->is_testable(), id);
    BOOST_TEST(catalogue.find("rfc1-1-4")->is_sent());
    BOOST_TEST(!catalogue.find("rfc1-1-1")->is_served());
}

BOOST_AUTO_TEST_CASE(malformed_rows_are_named) {
    suite_folder folder;
    folder.write("requirements/rfc7.tsv", heading + "rfc7-1-1\t1\tMUST\tsmtp-server\tdialog\n"
                                                    "rfc8-1-1\t1\tMUST\tsmtp-server\tdialog\tx\n"
                                                    "rfc7-1-2\t1\tmust\tsmtp-server\tdialog\tx\n"
                                                    "rfc7-1-3\t1\tMAY\tsmtp-server\tdialog\t= rfc7-9-9\n"
                                                    "rfc7-1-4\t1\tMAY\tsmtp-server\tdialog\t= rfc7-1-5\n"
                                                    "rfc7-1-5\t1\tMAY\tsmtp-server\tdialog\t= rfc7-1-4\n"
                                                    "rfc7-1-5\t1\tMAY\tsmtp-server\tdialog\ty\n");
    BOOST_TEST(flaws(folder) ==
               "requirements/rfc7.tsv:2:1: found 5 columns, expected 6 joined by tabs\n"
               "requirements/rfc7.tsv:3:1: found the id `rfc8-1-1`, expected one that begins with `rfc7-`\n"
               "requirements/rfc7.tsv:4:1: found the level `must`, expected `MUST`, `MUST NOT`, `SHOULD`, "
               "`SHOULD NOT`, "
               "`MAY` or `none`\n"
               "requirements/rfc7.tsv:8:1: the id `rfc7-1-5` stands twice, expected unique ids\n"
               "requirements/rfc7.tsv:5:1: `= rfc7-9-9` leads nowhere, expected the id of another row\n"
               "requirements/rfc7.tsv:6:1: `= rfc7-1-5` leads in a circle, expected the id of another row\n"
               "requirements/rfc7.tsv:7:1: `= rfc7-1-4` leads in a circle, expected the id of another row\n");
}

BOOST_AUTO_TEST_CASE(a_heading_is_owed) {
    suite_folder folder;
    folder.write("requirements/rfc7.tsv", "rfc7-1-1\t1\tMUST\tsmtp-server\tdialog\tx\n");
    BOOST_TEST(
        flaws(folder) ==
        "requirements/rfc7.tsv:1:1: expected the heading `id section level party observe summary` (tabs)\n");
}

BOOST_AUTO_TEST_CASE(a_folder_without_ledger) {
    suite_folder folder;
    auto loaded = requirement_catalogue::load(folder.root / "smtp");
    BOOST_REQUIRE(!loaded);
    BOOST_TEST(loaded.error().front().text ==
               "found no rfcNNNN.tsv, expected the ledger of clauses (requirements/ of the suites)");
}

BOOST_AUTO_TEST_SUITE_END()
