// The clock that can be moved: who waits for hours is woken when it moves, on whatever loop, and no sooner.
#include "net/event.hpp"
#include "net/run.hpp"
#include "reference/daemon/movable_clock.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <thread>

BOOST_AUTO_TEST_SUITE(movable_clock_)

namespace {

using refmail::daemon::movable_clock;
using namespace std::chrono_literals;

} // namespace

BOOST_AUTO_TEST_CASE(it_is_the_systems_time_until_it_is_moved) {
    movable_clock clock;
    const auto before = std::chrono::system_clock::now();
    BOOST_TEST((clock.now() >= before));
    BOOST_TEST((clock.now() < before + 1h));
    clock.advance(4h);
    BOOST_TEST((clock.now() >= before + 4h));
    BOOST_TEST((clock.now() < before + 5h));
    BOOST_TEST((clock.offset() == 4h));
    clock.advance(-1h);
    BOOST_TEST((clock.offset() == 4h), "it never goes backwards");
}

BOOST_AUTO_TEST_CASE(what_is_past_is_not_waited_for) {
    movable_clock clock;
    BOOST_TEST(net::run_for<bool>([&]() -> net::task<bool> {
        const auto when = clock.now() - 1s;
        co_return co_await clock.wait_until(when);
    }));
}

BOOST_AUTO_TEST_CASE(moving_it_wakes_waiters_on_other_loops_and_only_those_who_are_due) {
    movable_clock clock;
    std::promise<void> waiting;
    std::vector<int> woken;
    std::thread other([&] {
        net::run([&]() -> net::task<void> {
            const auto four = clock.now() + 4h;
            const auto six = clock.now() + 6h;
            waiting.set_value();
            co_await clock.wait_until(four);
            woken.push_back(4);
            co_await clock.wait_until(six);
            woken.push_back(6);
            BOOST_TEST((clock.offset() == 7h));
        });
    });
    waiting.get_future().wait();
    clock.advance(3h);
    clock.advance(4h);
    other.join();
    BOOST_TEST((woken == std::vector<int>{4, 6}));
}

BOOST_AUTO_TEST_CASE(an_alarm_rings_once_when_it_is_time) {
    movable_clock clock;
    int rung = 0;
    net::loop loop;
    net::event told(loop.executor());
    loop.spawn([&]() -> net::task<void> {
        const auto when = clock.now() + 5min;
        const movable_clock::alarm alarm(clock, loop.executor(), when, [&] {
            ++rung;
            told.notify();
        });
        clock.advance(4min);
        clock.advance(2min);
        while (rung == 0)
            co_await told.wait(net::deadline::in(20s));
        clock.advance(1h);
    });
    loop.run();
    BOOST_TEST(rung == 1);
}

BOOST_AUTO_TEST_CASE(an_alarm_that_is_given_up_does_not_ring) {
    movable_clock clock;
    bool rung = false, second = false;
    net::loop loop;
    loop.spawn([&]() -> net::task<void> {
        {
            const auto when = clock.now() + 5min;
            const movable_clock::alarm alarm(clock, loop.executor(), when, [&] { rung = true; });
            clock.advance(6min); // its wake-up is on its way already
        }
        const auto later = clock.now() + 1h;
        clock.advance(2h);
        second = co_await clock.wait_until(later);
    });
    loop.run();
    BOOST_TEST(second);
    BOOST_TEST(!rung);
}

BOOST_AUTO_TEST_SUITE_END()
