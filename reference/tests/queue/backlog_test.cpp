// Who is next: rounds, lines, connections, and what does not get in whose way.
#include "reference/queue/backlog.hpp"

#include <boost/test/unit_test.hpp>

using namespace refmail::queue;

namespace {

struct waiting {
    backlog all{{4, 2}}; // connections: 4, for one destination 2

    backlog::number add(const std::string& id, std::vector<std::string> destinations,
                        seconds_since_1970 at = 0) {
        backlog::summary one;
        one.id = id;
        one.destinations = std::move(destinations);
        one.next_attempt = at;
        one.tells_at = 1000;
        BOOST_REQUIRE(all.add(one));
        return *all.find(id);
    }
    std::string connect() {
        auto* where = all.connect_next();
        if (where) open.push_back(where);
        return where ? where->name : "";
    }
    std::string take(destination* where, bool first = true) {
        const auto which = all.take(*where, first);
        return which ? all.id(*which) : "";
    }
    std::vector<destination*> open;
};

std::vector<std::string> ids(const backlog& all, const std::vector<backlog::part>& parts) {
    std::vector<std::string> found;
    for (const auto& one : parts)
        found.push_back(all.id(one.number));
    return found;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(backlog_, waiting)

BOOST_AUTO_TEST_CASE(what_is_due_stands_in_line_and_what_is_not_waits) {
    add("a", {"x.test"}, 10);
    add("b", {"x.test"}, 20);
    BOOST_TEST(all.next_wake().value() == 10);
    BOOST_TEST(all.wake(9).empty());
    BOOST_TEST(connect() == "");
    all.wake(10);
    BOOST_TEST(connect() == "x.test");
    BOOST_TEST(take(open[0]) == "a");
    BOOST_TEST(take(open[0], false) == "");
    BOOST_TEST(all.next_wake().value() == 20);
}

BOOST_AUTO_TEST_CASE(nothing_is_there_twice) {
    add("a", {"x.test"});
    backlog::summary again;
    again.id = "a";
    BOOST_TEST(!all.add(again));
    BOOST_TEST(all.size() == 1u);
}

BOOST_AUTO_TEST_CASE(one_destination_does_not_take_all_connections) {
    for (const char* id : {"a", "b", "c", "d"})
        add(id, {"x.test"});
    add("e", {"y.test"});
    all.wake(0);
    std::vector<std::string> order;
    for (std::string name; !(name = connect()).empty();)
        order.push_back(name);
    BOOST_TEST((order == std::vector<std::string>{"x.test", "y.test", "x.test"}));
}

BOOST_AUTO_TEST_CASE(there_are_not_more_connections_than_allowed) {
    for (const char* name : {"a", "b", "c", "d", "e"})
        add(name, {std::string(name) + ".test"});
    all.wake(0);
    for (int i = 0; i < 4; ++i)
        BOOST_TEST(connect() != "");
    BOOST_TEST(connect() == "");
    BOOST_TEST(take(open[0]) == "a");
    BOOST_TEST(all.end_part(*all.find("a")));
    all.remove(*all.find("a"));
    all.connection_ended(*open[0], true);
    BOOST_TEST(connect() == "e.test");
}

BOOST_AUTO_TEST_CASE(a_connection_that_is_on_its_way_is_enough_for_one_message) {
    add("a", {"x.test"});
    all.wake(0);
    BOOST_TEST(connect() == "x.test");
    BOOST_TEST(connect() == "");
    add("b", {"x.test"});
    all.wake(0);
    BOOST_TEST(connect() == "x.test");
}

BOOST_AUTO_TEST_CASE(a_message_for_two_destinations_has_two_parts) {
    const auto a = add("a", {"x.test", "y.test"});
    all.wake(0);
    BOOST_TEST(connect() == "x.test");
    BOOST_TEST(connect() == "y.test");
    BOOST_TEST(take(open[0]) == "a");
    BOOST_TEST(take(open[1]) == "a");
    BOOST_TEST(!all.end_part(a));
    BOOST_TEST(all.end_part(a));
    BOOST_TEST(all.is_busy(a)); // until what came of it is written down
    BOOST_TEST(all.make_due(a, 0).empty());
    BOOST_TEST(!all.has_parts(a));
    backlog::summary later{"a", {"y.test"}, 50, 1000, false};
    all.wait(a, later);
    BOOST_TEST(all.next_wake().value() == 50);
    all.wake(50);
    BOOST_TEST(take(open[0], false) == "");
    BOOST_TEST(take(open[1], false) == "a");
}

// RFC 5321 §4.5.4.1
BOOST_AUTO_TEST_CASE(a_destination_that_is_down_gives_its_line_back_and_takes_nobody) {
    const auto a = add("a", {"x.test"});
    add("b", {"x.test"});
    add("c", {"x.test", "y.test"});
    all.wake(0);
    BOOST_TEST(connect() == "x.test");
    BOOST_TEST(take(open[0]) == "a");
    const auto rest = all.mark_down(*open[0], 30, {});
    BOOST_TEST((ids(all, rest) == std::vector<std::string>{"b", "c"}));
    BOOST_TEST(all.put_off_part(*all.find("b"), 30));
    all.wait_put_off(*all.find("b"));
    BOOST_TEST(!all.put_off_part(*all.find("c"), 30)); // y.test has not had its turn
    add("d", {"x.test"});
    BOOST_TEST((ids(all, all.wake(5)) == std::vector<std::string>{"d"}));
    all.put_off_part(*all.find("d"), 30);
    all.wait_put_off(*all.find("d"));
    all.end_part(a);
    all.wait(a, {"a", {"x.test"}, 40, 1000, false});
    BOOST_TEST(all.next_wake().value() == 30);
    BOOST_TEST(all.wake(30).empty());
    BOOST_TEST(take(open[0], false) == "b");
    BOOST_TEST(take(open[0], false) == "d");
}

// One part has been taken by a connection; the other's destination is down, and its sender is being told.
BOOST_AUTO_TEST_CASE(a_part_in_somebodys_hands_is_not_withdrawn_by_holding_the_message) {
    const auto a = add("a", {"x.test", "y.test"});
    add("b", {"x.test"});
    all.wake(0);
    BOOST_TEST(connect() == "x.test");
    BOOST_TEST(take(open[0]) == "a");
    BOOST_TEST(connect() == "y.test");
    BOOST_TEST((ids(all, all.mark_down(*open[1], 30, {})) == std::vector<std::string>{"a"}));
    all.take_part(a);
    all.hold(a);
    BOOST_TEST(!all.end_part(a));
    BOOST_TEST(all.is_under_way(a));
    BOOST_TEST(all.end_part(a));
    BOOST_TEST(!all.is_under_way(a));
}

BOOST_AUTO_TEST_CASE(by_command_a_destination_that_is_down_is_tried_all_the_same) {
    const auto a = add("a", {"x.test"});
    all.wake(0);
    connect();
    take(open[0]);
    all.mark_down(*open[0], 30, {});
    all.end_part(a);
    all.wait(a, {"a", {"x.test"}, 30, 1000, false});
    BOOST_TEST(all.make_due(a, 5).size() == 1u);
    all.put_off_part(a, 30);
    all.wait_put_off(a);
    all.forget_down("x.test");
    BOOST_TEST(all.make_due(a, 5).empty());
    BOOST_TEST(take(open[0], false) == "a");
}

BOOST_AUTO_TEST_CASE(what_is_held_leaves_the_line_and_comes_back_when_released) {
    const auto a = add("a", {"x.test"});
    add("b", {"x.test"});
    all.wake(0);
    all.hold(a);
    BOOST_TEST(!all.has_parts(a));
    all.wait_put_off(a);
    connect();
    BOOST_TEST(take(open[0]) == "b");
    BOOST_TEST(take(open[0], false) == "");
    BOOST_TEST(all.make_due(a, 0).empty());
    BOOST_TEST(take(open[0], false) == "");
    all.release(a);
    all.wake(0);
    BOOST_TEST(take(open[0], false) == "a");
}

BOOST_AUTO_TEST_CASE(what_is_removed_is_passed_over_and_its_number_serves_again) {
    const auto a = add("a", {"x.test"});
    all.wake(0);
    all.remove(a);
    BOOST_TEST(!all.find("a"));
    const auto b = add("b", {"x.test"}, 99);
    BOOST_TEST(b == a);
    connect();
    BOOST_TEST((open.empty() || take(open[0]) == ""));
    BOOST_TEST(all.wake(0).empty());
    BOOST_TEST(all.next_wake().value() == 99);
}

BOOST_AUTO_TEST_CASE(destinations_are_forgotten_with_their_last_message) {
    for (int i = 0; i < 100; ++i)
        all.remove(add("m" + std::to_string(i), {std::to_string(i) + ".test"}));
    all.wake(0);
    BOOST_TEST(connect() == "");
    BOOST_TEST(all.size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_token_lives_until_the_message_waits_again) {
    const auto a = add("a", {"x.test"});
    all.wake(0);
    auto first = std::make_shared<int>(1), second = std::make_shared<int>(2);
    const std::weak_ptr<int> one = first, two = second;
    all.attach(a, std::move(first));
    all.attach(a, std::move(second));
    connect();
    take(open[0]);
    all.end_part(a);
    BOOST_TEST(!one.expired());
    BOOST_TEST(!two.expired());
    all.wait(a, {"a", {"x.test"}, 50, 1000, false});
    BOOST_TEST(one.expired());
    BOOST_TEST(two.expired());
}

BOOST_AUTO_TEST_CASE(alarms_that_are_out_of_date_do_not_pile_up) {
    const auto a = add("a", {"x.test"}, 1'000'000);
    for (seconds_since_1970 i = 0; i < 5000; ++i) {
        all.make_due(a, 0);
        connect();
        take(open.back(), open.size() == 1);
        open.resize(1);
        all.end_part(a);
        all.wait(a, {"a", {"x.test"}, 1'000'000 - i, 1'000'000, false});
    }
    BOOST_TEST(all.next_wake().value() == 1'000'000 - 4999);
}

BOOST_AUTO_TEST_SUITE_END()
