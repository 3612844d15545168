// When a message is tried again, its sender warned, and it is given up: RFC 5321 §4.5.4.1.
#include "reference/queue/schedule.hpp"

#include <boost/test/unit_test.hpp>

using namespace refmail::queue;

namespace {

using came = attempt::came;
constexpr seconds_since_1970 minute = 60, hour = 3600, day = 24 * hour;

struct life {
    life() {
        e.recipients.resize(2);
        e.recipients[0].address = "ann@elsewhere.test";
        e.recipients[1].address = "ben@elsewhere.test";
    }
    std::vector<notice> round(seconds_since_1970 at, std::vector<attempt> outcomes,
                              bool unreachable = false) {
        auto told = take_outcomes(e, outcomes, at, plan);
        end_round(e, at, unreachable, plan);
        return told;
    }
    std::vector<notice> both(seconds_since_1970 at, came what, bool unreachable = false) {
        return round(at, {{0, what, "mx.test", "450 4.2.1 busy", "4.2.1"}, {1, what, "mx.test", "", "4.4.1"}},
                     unreachable);
    }
    entry e; // received at 0
    schedule plan;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(schedule_, life)

BOOST_AUTO_TEST_CASE(the_intervals_grow_to_a_maximum) {
    std::vector<seconds_since_1970> waited;
    e.received = 10 * day; // neither the warning nor the end shortens one
    plan.warn_after = plan.give_up_after;
    seconds_since_1970 now = e.received;
    for (int n = 0; n < 6; ++n) {
        both(now, came::deferred);
        waited.push_back((e.next_attempt - now) / minute);
        now = e.next_attempt;
    }
    BOOST_TEST((waited == std::vector<seconds_since_1970>{15, 30, 60, 120, 180, 180}));
    BOOST_TEST(e.attempts == 6u);
}

// RFC 5321 §4.5.4.1: "the retry interval SHOULD be at least 30 minutes".
BOOST_AUTO_TEST_CASE(a_host_that_cannot_be_reached_is_left_alone_for_half_an_hour) {
    both(0, came::deferred, true);
    BOOST_TEST(e.next_attempt == 30 * minute);
}

BOOST_AUTO_TEST_CASE(the_next_attempt_is_made_when_the_sender_must_be_told) {
    e.attempts = 4; // it would be three hours
    both(3 * hour, came::deferred);
    BOOST_TEST(e.next_attempt == 4 * hour);
    both(4 * hour - minute, came::deferred); // but not after a minute
    BOOST_TEST(e.next_attempt == 4 * hour - minute + 15 * minute);
    e.recipients[0].delay_reported = e.recipients[1].delay_reported = true;
    both(5 * day - hour, came::deferred);
    BOOST_TEST(e.next_attempt == 5 * day);
}

BOOST_AUTO_TEST_CASE(the_outcome_is_written_down) {
    const auto told = round(7, {{1, came::deferred, "mx.test", "450 4.2.1 busy", "4.2.1"}});
    BOOST_TEST(told.empty());
    BOOST_TEST(e.recipients[0].last_reply.empty());
    BOOST_TEST(e.recipients[1].last_host == "mx.test");
    BOOST_TEST(e.recipients[1].last_reply == "450 4.2.1 busy");
    BOOST_TEST(e.recipients[1].status == "4.2.1");
    BOOST_TEST(e.recipients[1].last_attempt == 7);
    BOOST_TEST((e.recipients[1].state == recipient::state::waiting));
}

BOOST_AUTO_TEST_CASE(after_four_hours_the_sender_is_told_once) {
    BOOST_TEST(both(4 * hour - 1, came::deferred).empty());
    BOOST_TEST((both(4 * hour, came::deferred) ==
                std::vector<notice>{{0, notice::kind::delayed}, {1, notice::kind::delayed}}));
    BOOST_TEST(both(8 * hour, came::deferred).empty());
}

BOOST_AUTO_TEST_CASE(after_five_days_it_has_failed_with_the_code_that_was_found) {
    BOOST_TEST(!is_finished(e));
    both(5 * day - 1, came::deferred);
    BOOST_TEST(!is_finished(e));
    BOOST_TEST((both(5 * day, came::deferred) ==
                std::vector<notice>{{0, notice::kind::failed}, {1, notice::kind::failed}}));
    BOOST_TEST(is_finished(e));
    BOOST_TEST(e.recipients[0].status == "4.2.1"); // RFC 3463 §3.5
}

BOOST_AUTO_TEST_CASE(without_a_code_the_time_is_the_reason) {
    round(5 * day, {{0, came::deferred, "", "", ""}, {1, came::failed, "", "", ""}});
    BOOST_TEST(e.recipients[0].status == "4.4.7");
    BOOST_TEST(e.recipients[1].status == "5.0.0");
}

BOOST_AUTO_TEST_CASE(each_recipient_has_a_fate_of_its_own) {
    const auto told = round(9, {{0, came::relayed, "mx.test", "250 ok", "2.0.0"},
                                {1, came::failed, "mx.test", "550 5.1.1 no", "5.1.1"}});
    BOOST_TEST((told == std::vector<notice>{{0, notice::kind::relayed}, {1, notice::kind::failed}}));
    BOOST_TEST((e.recipients[0].state == recipient::state::done));
    BOOST_TEST((e.recipients[1].state == recipient::state::failed));
    BOOST_TEST(is_finished(e));
    BOOST_TEST(both(10, came::failed).empty()); // what is settled stays so
    BOOST_TEST((e.recipients[0].state == recipient::state::done));
}

BOOST_AUTO_TEST_CASE(who_reports_for_itself_is_not_reported) {
    BOOST_TEST(round(9, {{0, came::reported_elsewhere, "mx.test", "250 ok", "2.0.0"}}).empty());
    BOOST_TEST((round(9, {{1, came::delivered, "", "", "2.0.0"}}) ==
                std::vector<notice>{{1, notice::kind::delivered}}));
}

BOOST_AUTO_TEST_CASE(what_comes_next_is_the_warning_then_the_end) {
    BOOST_TEST(tells_at(e, plan) == 4 * hour);
    e.recipients[0].delay_reported = true;
    BOOST_TEST(tells_at(e, plan) == 4 * hour);
    e.recipients[1].state = recipient::state::done;
    BOOST_TEST(tells_at(e, plan) == 5 * day);
}

BOOST_AUTO_TEST_SUITE_END()
