// What slows down logins: failures by address, and the least time between two by POP3. By a clock that the
// test moves.
#include "reference/daemon/failed_logins.hpp"
#include "reference/daemon/login_spacing.hpp"

#include <boost/test/unit_test.hpp>

using namespace refmail::daemon;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(logins)

BOOST_AUTO_TEST_CASE(a_few_failures_cost_nothing_many_do) {
    failed_logins all(3);
    const auto start = failed_logins::clock::time_point();
    for (int i = 0; i < 3; ++i)
        BOOST_TEST(all.wait_for("192.0.2.1", start).count() == 0);
    BOOST_TEST(all.wait_for("192.0.2.1", start).count() == 1000);
    BOOST_TEST(all.wait_for("192.0.2.1", start).count() == 2000);
    // Another address pays for itself alone.
    BOOST_TEST(all.wait_for("192.0.2.2", start).count() == 0);
    for (int i = 0; i < 100; ++i)
        all.wait_for("192.0.2.1", start);
    BOOST_TEST(all.wait_for("192.0.2.1", start).count() == 15'000);
}

BOOST_AUTO_TEST_CASE(failures_are_forgiven_one_a_second) {
    failed_logins all(2);
    const auto start = failed_logins::clock::time_point();
    for (int i = 0; i < 4; ++i)
        all.wait_for("192.0.2.1", start);
    BOOST_TEST(all.wait_for("192.0.2.1", start + 1s).count() == 2000);
    BOOST_TEST(all.wait_for("192.0.2.1", start + 4s).count() == 0);
    // No more than at first, however long nothing happened.
    const auto later = start + 24h;
    BOOST_TEST(all.wait_for("192.0.2.1", later).count() == 0);
    BOOST_TEST(all.wait_for("192.0.2.1", later).count() == 0);
    BOOST_TEST(all.wait_for("192.0.2.1", later).count() == 1000);
}

BOOST_AUTO_TEST_CASE(logins_are_spaced_by_user) {
    login_spacing spaced(60s);
    const auto start = login_spacing::clock::time_point();
    BOOST_TEST(spaced.may_enter("alice", start));
    BOOST_TEST(!spaced.may_enter("alice", start + 59s));
    BOOST_TEST(spaced.may_enter("bob", start + 59s));
    BOOST_TEST(spaced.may_enter("alice", start + 60s));
    login_spacing free(0s);
    BOOST_TEST(free.may_enter("alice", start));
    BOOST_TEST(free.may_enter("alice", start));
}

BOOST_AUTO_TEST_SUITE_END()
