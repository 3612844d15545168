// Leases: exclusive, several at once, in the order of asking.
#include "harness/target/account_pool.hpp"
#include "net/run.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>

using namespace mailspec::target;

namespace {

std::vector<account> three() {
    return {{"a", "", "a@d"}, {"b", "", "b@d"}, {"c", "", "c@d"}};
}

// Lets everything that can go on do so.
net::task<void> settle() {
    for (int i = 0; i < 5; ++i) {
        const auto now = net::deadline::in(std::chrono::microseconds(1));
        co_await net::sleep_until(now);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(leases)

BOOST_AUTO_TEST_CASE(exclusive_and_given_back) {
    net::run([]() -> net::task<void> {
        account_pool pool(co_await boost::asio::this_coro::executor, three());
        std::optional<account_lease> first(co_await pool.lease(2));
        const auto second = co_await pool.lease(1);
        BOOST_TEST(first->accounts()[0].user == "a");
        BOOST_TEST(first->accounts()[1].user == "b");
        BOOST_TEST(second.accounts()[0].user == "c");
        first.reset();
        const auto third = co_await pool.lease(2);
        BOOST_TEST(third.accounts().size() == 2u);
    });
}

// A case that wants all three is served before later ones that want one each, though those would fit.
BOOST_AUTO_TEST_CASE(whoever_came_first_is_served_first) {
    net::run([]() -> net::task<void> {
        account_pool pool(co_await boost::asio::this_coro::executor, three());
        std::string order;
        std::optional<account_lease> held(co_await pool.lease(1));
        const auto ask = [&](int count, char name) {
            std::function<net::task<void>()> work = [&, count, name]() -> net::task<void> {
                const auto lease = co_await pool.lease(count);
                order += name;
                co_await settle();
            };
            return net::spawn_beside(std::move(work));
        };
        co_await ask(3, 'A');
        co_await settle(); // A waits for the one that is out
        co_await ask(1, 'B');
        co_await ask(1, 'C');
        co_await settle();
        BOOST_TEST(order == "");
        held.reset();
        for (int i = 0; i < 5; ++i)
            co_await settle();
        BOOST_TEST(order == "ABC");
    });
}

BOOST_AUTO_TEST_CASE(a_case_without_accounts_does_not_wait) {
    net::run([]() -> net::task<void> {
        account_pool pool(co_await boost::asio::this_coro::executor, three());
        const auto all = co_await pool.lease(3);
        const auto none = co_await pool.lease(0);
        BOOST_TEST(none.accounts().empty());
    });
}

BOOST_AUTO_TEST_CASE(a_gate_never_waits_for_more_than_there_is) {
    net::run([]() -> net::task<void> {
        fair_gate gate(co_await boost::asio::this_coro::executor, 2);
        const int got = co_await gate.enter(5);
        BOOST_TEST(got == 2);
        BOOST_TEST(gate.free() == 0);
        gate.leave(got);
        BOOST_TEST(gate.free() == 2);
    });
}

BOOST_AUTO_TEST_SUITE_END()
