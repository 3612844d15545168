// What is kept of texts about messages, and what goes first when there are too many.
#include "reference/store/text_memory.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

using refmail::store::text_memory;

BOOST_AUTO_TEST_SUITE(store_text_memory)

BOOST_AUTO_TEST_CASE(a_text_is_found_under_its_key_alone) {
    text_memory memory(1'000'000);
    const auto mine = memory.new_owner(), other = memory.new_owner();
    memory.keep({mine, 1, 7, "envelope-1"}, "(NIL)");
    memory.keep({mine, 1, 8, "envelope-1"}, "");
    BOOST_TEST(*memory.find({mine, 1, 7, "envelope-1"}) == "(NIL)");
    BOOST_TEST(*memory.find({mine, 1, 8, "envelope-1"}) == "");
    BOOST_TEST(!memory.find({other, 1, 7, "envelope-1"}));
    BOOST_TEST(!memory.find({mine, 2, 7, "envelope-1"}));
    BOOST_TEST(!memory.find({mine, 1, 9, "envelope-1"}));
    BOOST_TEST(!memory.find({mine, 1, 7, "body-1"}));
    memory.keep({mine, 1, 7, "envelope-1"}, "(\"new\")");
    BOOST_TEST(*memory.find({mine, 1, 7, "envelope-1"}) == "(\"new\")");
}

BOOST_AUTO_TEST_CASE(memory_is_bounded_and_what_is_asked_for_stays) {
    text_memory memory(100'000);
    memory.keep({1, 1, 1, "a"}, "asked for");
    memory.keep({1, 1, 2, "a"}, "not asked for");
    for (unsigned id = 3; id < 3000; ++id) {
        memory.keep({1, 1, id, "a"}, std::string(100, 'x'));
        BOOST_TEST(memory.find({1, 1, 1, "a"}).has_value());
        BOOST_TEST(memory.octets() <= 101'000u);
    }
    BOOST_TEST(!memory.find({1, 1, 2, "a"}));
    BOOST_TEST(*memory.find({1, 1, 2999, "a"}) == std::string(100, 'x'));
    BOOST_TEST(memory.turns() > 5u);
}

BOOST_AUTO_TEST_CASE(what_was_kept_is_there_for_one_turn) {
    text_memory memory(10'000);
    memory.keep({1, 1, 1, "a"}, "first");
    for (unsigned id = 2; memory.turns() == 0; ++id)
        memory.keep({1, 1, id, "a"}, std::string(500, 'x'));
    BOOST_TEST(memory.find({1, 1, 1, "a"}).has_value()); // which keeps it for another one
    for (unsigned id = 100; memory.turns() == 1; ++id)
        memory.keep({1, 1, id, "a"}, std::string(500, 'x'));
    BOOST_TEST(memory.find({1, 1, 1, "a"}).has_value());
    BOOST_TEST(!memory.find({1, 1, 2, "a"}));
}

BOOST_AUTO_TEST_CASE(one_text_that_is_larger_than_all_memory_is_not_the_end) {
    text_memory memory(1000);
    memory.keep({1, 1, 1, "a"}, std::string(5000, 'x'));
    memory.keep({1, 1, 2, "a"}, std::string(5000, 'y'));
    memory.keep({1, 1, 3, "a"}, "z");
    BOOST_TEST(*memory.find({1, 1, 3, "a"}) == "z");
    for (unsigned id = 4; id < 20; ++id)
        memory.keep({1, 1, id, "a"}, std::string(300, 'z'));
    BOOST_TEST(memory.octets() <= 2000u);
}

BOOST_AUTO_TEST_CASE(many_threads) {
    text_memory memory(50'000);
    std::vector<std::jthread> all;
    std::atomic<int> wrong = 0;
    for (unsigned t = 0; t < 4; ++t)
        all.emplace_back([&, t] {
            for (unsigned i = 0; i < 5000; ++i) {
                const auto id = (i * 7 + t) % 400;
                if (const auto text = memory.find({1, 1, id, "a"})) wrong += *text != std::to_string(id);
                memory.keep({1, 1, id, "a"}, std::to_string(id));
            }
        });
    all.clear();
    BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_SUITE_END()
