// Threads for work that blocks: all that was posted is done, at once where it waits for one another, and by
// few threads where it does not.
#include "reference/store/worker_pool.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <latch>
#include <set>

namespace store = refmail::store;

BOOST_AUTO_TEST_SUITE(worker_pools)

BOOST_AUTO_TEST_CASE(all_that_was_posted_is_done_before_the_end) {
    std::atomic<int> done = 0;
    {
        store::worker_pool pool(3);
        for (int i = 0; i < 1000; ++i)
            pool.post([&] { ++done; });
    }
    BOOST_TEST(done == 1000);
}

BOOST_AUTO_TEST_CASE(each_thread_is_woken_when_it_is_needed) {
    for (int round = 0; round < 50; ++round) {
        store::worker_pool pool(8);
        std::latch all(8);
        for (int i = 0; i < 8; ++i)
            pool.post([&] { all.arrive_and_wait(); });
        pool.finish(); // never, if one of them slept
        BOOST_TEST(all.try_wait());
    }
}

BOOST_AUTO_TEST_CASE(one_thing_after_the_other_is_done_by_few) {
    store::worker_pool pool(32);
    std::set<std::thread::id> busy;
    for (int i = 0; i < 500; ++i) {
        while (pool.idle() < 32) // who has done the job before may still be on the way to its place
            std::this_thread::yield();
        std::promise<std::thread::id> who;
        pool.post([&] { who.set_value(std::this_thread::get_id()); });
        busy.insert(who.get_future().get());
    }
    BOOST_TEST(busy.size() == 1u); // all, if they took turns
}

BOOST_AUTO_TEST_SUITE_END()
