// The selector grammar and what --exclude, --level, --security and --shard make of it.
#include "harness/runner/selection.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>

using namespace mailspec;
using runner::selection;

namespace {

suite::requirement cited(const std::string& id, int rfc, const std::string& section) {
    suite::requirement r;
    r.id = id;
    r.rfc = rfc;
    r.section = section;
    return r;
}

// Five cases in three suites.
struct world {
    std::deque<suite::test_case> cases;
    runner::case_list all;

    world() {
        add("smtp/rfc5321/transaction", "nested-mail", {cited("rfc5321-4.1.4-14", 5321, "4.1.4")});
        add("smtp/rfc5321/transaction", "order", {cited("rfc5321-4.1.4.2-1", 5321, "4.1.4.2")},
            suite::level::should);
        add("smtp/rfc5321/limits", "line-512", {cited("rfc5321-4.1-1", 5321, "4.1")});
        add("submission/rfc6409/general", "nested-mail",
            {cited("rfc6409-4-1", 6409, "4"), cited("rfc5321-4.1.4-14", 5321, "4.1.4")}, suite::level::may);
        add("my-suite", "own", {});
        cases[2].security = "a long line crashes it";
    }
    void add(const std::string& path, const std::string& name, std::vector<suite::requirement> r,
             suite::level level = suite::level::must) {
        suite::test_case c;
        c.suite = path;
        c.name = name;
        c.id = path + "/" + name;
        c.requirements = std::move(r);
        c.level = level;
        all.push_back(&cases.emplace_back(std::move(c)));
    }
    // The numbers of the selected cases, as "02"; or the error.
    std::string chosen(const selection& wanted) const {
        const auto list = runner::select_cases(wanted, all);
        if (!list) return list.error();
        std::string numbers;
        for (const auto* c : *list)
            numbers += char('0' + (std::ranges::find(all, c) - all.begin()));
        return numbers;
    }
    std::string chosen(const std::string& selector) const {
        selection wanted;
        wanted.selectors = {selector};
        return chosen(wanted);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(selecting, world)

BOOST_AUTO_TEST_CASE(by_path) {
    BOOST_TEST(chosen(selection{}) == "01234");
    BOOST_TEST(chosen("smtp") == "012");
    BOOST_TEST(chosen("smtp/") == "012");
    BOOST_TEST(chosen("smtp/rfc5321") == "012");
    BOOST_TEST(chosen("smtp/rfc5321/transaction") == "01");
    BOOST_TEST(chosen("smtp/rfc5321/transaction/nested-mail") == "0");
    BOOST_TEST(chosen("my-suite") == "4");
    // Whole words only.
    BOOST_TEST(chosen("smtp/rfc5321/trans").starts_with("no case matches"));
}

BOOST_AUTO_TEST_CASE(by_pattern) {
    BOOST_TEST(chosen("**/nested-mail") == "03");
    BOOST_TEST(chosen("smtp/**/nested-mail") == "0");
    BOOST_TEST(chosen("smtp/*/limits") == "2");
    BOOST_TEST(chosen("*/*/*/n*mail") == "03");
    BOOST_TEST(chosen("smtp/rfc532?") == "012");
    BOOST_TEST(chosen("s*") == "0123");
}

BOOST_AUTO_TEST_CASE(by_clause) {
    BOOST_TEST(chosen("smtp/rfc5321/4.1.4") == "01"); // sections inside it too
    BOOST_TEST(chosen("smtp/rfc5321/4.1.4.2") == "1");
    BOOST_TEST(chosen("smtp/rfc5321/4.1") == "012");
    BOOST_TEST(chosen("rfc5321/4.1.4") == "013"); // wherever the case stands
    BOOST_TEST(chosen("submission/rfc5321/4.1.4") == "3");
    BOOST_TEST(chosen("rfc6409") == "3");
    BOOST_TEST(chosen("rfc5321-4.1.4-14") == "03");
    BOOST_TEST(chosen("rfc5321/4.1.40").starts_with("no case matches"));
}

BOOST_AUTO_TEST_CASE(narrowed) {
    selection wanted;
    wanted.exclude = {"smtp/rfc5321/transaction", "my-suite"};
    BOOST_TEST(chosen(wanted) == "23");
    wanted = {};
    wanted.levels = {suite::level::should, suite::level::may};
    BOOST_TEST(chosen(wanted) == "13");
    wanted = {};
    wanted.security_only = true;
    BOOST_TEST(chosen(wanted) == "2");
    wanted.selectors = {"my-suite"};
    BOOST_TEST(chosen(wanted).starts_with("nothing is selected: "));
}

BOOST_AUTO_TEST_CASE(of_files) {
    selection wanted;
    wanted.paths_named = true;
    wanted.from_files = {"my-suite/own"};
    BOOST_TEST(chosen(wanted) == "4");
    wanted.selectors = {"smtp/rfc5321/limits"};
    BOOST_TEST(chosen(wanted) == "24");
    BOOST_TEST(runner::selector::is_path("./x"));
    BOOST_TEST(runner::selector::is_path("suites/my.yaml"));
    BOOST_TEST(runner::selector::is_path("/x"));
    BOOST_TEST(!runner::selector::is_path("smtp/rfc5321"));
}

BOOST_AUTO_TEST_CASE(shards_cover_all_once) {
    std::string together;
    for (int i = 1; i <= 2; ++i) {
        selection wanted;
        wanted.part = {i, 2};
        together += chosen(wanted) + " ";
    }
    BOOST_TEST(together == "024 13 ");
    selection wanted;
    wanted.part = {6, 6};
    BOOST_TEST(chosen(wanted) == "nothing is selected: there are only 5 cases for 6 shards");
    BOOST_TEST(runner::parse_shard("2/8")->count == 8);
    for (const char* bad : {"", "2", "0/8", "9/8", "a/b", "1/8x", "/", "1 /2"}) {
        const auto part = runner::parse_shard(bad);
        BOOST_REQUIRE(!part);
        BOOST_TEST(part.error() == std::string("--shard ") + bad +
                                       ": write which part of how many, as in 2/8 (1/8 is the first)");
    }
}

BOOST_AUTO_TEST_CASE(mistakes_by_their_words) {
    BOOST_TEST(
        chosen("smtp/rfc5321/transactoin") ==
        "no case matches `smtp/rfc5321/transactoin`. Did you mean `smtp/rfc5321/transaction`? `mailspec "
        "list` shows them all.");
    BOOST_TEST(chosen("smtp/rfc5321/limit") == "no case matches `smtp/rfc5321/limit`. Did you mean "
                                               "`smtp/rfc5321/limits`? `mailspec list` shows them all.");
    BOOST_TEST(chosen("smtp/rfc5321/noop") ==
               "no case matches `smtp/rfc5321/noop`. `mailspec list` shows them all.");
    BOOST_TEST(chosen("xyz") == "no case matches `xyz`. `mailspec list` shows them all.");
    BOOST_TEST(chosen("smtp//x") == "`smtp//x` has an empty word between two slashes");
    BOOST_TEST(chosen("") == "a selector is empty: name a suite, such as smtp/rfc5321");
    BOOST_TEST(chosen("smtp/4.1.4") ==
               "`smtp/4.1.4`: a section needs its document before it, as in rfc5321/4.1.4");
    selection wanted;
    wanted.exclude = {"smpt"};
    BOOST_TEST(chosen(wanted).starts_with("--exclude: no case matches `smpt`"));
}

BOOST_AUTO_TEST_CASE(names_that_are_no_cases) {
    const std::vector<std::string> extra{"smtp/ambient/reply-bare-lf"};
    selection wanted;
    wanted.exclude = {"smtp/ambient"};
    BOOST_TEST(runner::select_cases(wanted, all, extra).has_value());
    BOOST_TEST(runner::is_excluded(wanted, extra[0], {}));
    BOOST_TEST(runner::is_selected(wanted, extra[0], {}));
    wanted.selectors = {"submission"};
    BOOST_TEST(!runner::is_selected(wanted, extra[0], {}));
}

BOOST_AUTO_TEST_SUITE_END()
