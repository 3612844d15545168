// Counting, and which cases make a run fail.
#include "reports/result.hpp"
#include "reports/tests/sample_run.hpp"

#include <boost/test/unit_test.hpp>

namespace reports {

BOOST_AUTO_TEST_SUITE(result)

BOOST_AUTO_TEST_CASE(verdicts_and_surprises_are_counted) {
    const tally t = count(tests::sample_run());
    BOOST_TEST(t.total() == 12);
    BOOST_TEST(t.pass == 2);
    BOOST_TEST(t.fail == 5);
    BOOST_TEST(t.warn == 1);
    BOOST_TEST(t.info == 1);
    BOOST_TEST(t.skip == 2);
    BOOST_TEST(t.inconclusive == 1);
    BOOST_TEST(t.expected == 1);
    BOOST_TEST(t.surprises == 3);
    BOOST_TEST(t.failures == 5); // two plain ones, three surprises; the known one is none
    BOOST_TEST(t.security == 1);
}

BOOST_AUTO_TEST_CASE(what_makes_a_run_fail) {
    auto fails = [](verdict v, baseline_state b) {
        case_result c;
        c.outcome = v;
        c.baseline = b;
        return is_failure(c);
    };
    BOOST_TEST(fails(verdict::fail, baseline_state::none));
    BOOST_TEST(!fails(verdict::fail, baseline_state::expected));
    BOOST_TEST(fails(verdict::fail, baseline_state::changed));
    BOOST_TEST(fails(verdict::fail, baseline_state::expired));
    BOOST_TEST(fails(verdict::pass, baseline_state::unexpected_pass));
    BOOST_TEST(!fails(verdict::warn, baseline_state::none));
    BOOST_TEST(!fails(verdict::inconclusive, baseline_state::none));
}

BOOST_AUTO_TEST_CASE(names) {
    BOOST_TEST(name_of(verdict::pass) == std::string("pass"));
    BOOST_TEST(name_of(verdict::inconclusive) == std::string("inconclusive"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace reports
