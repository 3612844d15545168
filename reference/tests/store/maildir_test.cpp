// Names that never meet, stale files, and the queue's envelope format.
#include "reference/tests/store/mail_folder.hpp"

#include <set>
#include <thread>

using namespace store_tests;

BOOST_FIXTURE_TEST_SUITE(maildirs, mail_folder)

BOOST_AUTO_TEST_CASE(names_are_unique_between_threads) {
    std::vector<std::vector<std::string>> names(4);
    {
        std::vector<std::jthread> threads;
        for (auto& mine : names)
            threads.emplace_back([&mine] {
                for (int i = 0; i < 5000; ++i)
                    mine.push_back(store::unique_name("mx.example.test"));
            });
    }
    std::set<std::string> all;
    for (const auto& mine : names)
        all.insert(mine.begin(), mine.end());
    BOOST_TEST(all.size() == 20000u);
    BOOST_TEST(all.begin()->ends_with(".mx.example.test"));
    BOOST_TEST(all.begin()->find('/') == std::string::npos);
    BOOST_TEST(all.begin()->find(':') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(only_old_leftovers_are_removed) {
    auto box = store::maildir::open((root / "alice").string());
    BOOST_REQUIRE(box);
    std::ofstream(root / "alice/tmp/old") << "x";
    std::ofstream(root / "alice/tmp/young") << "x";
    std::ofstream(root / "alice/new/message") << "x";
    fs::last_write_time(root / "alice/tmp/old", fs::file_time_type::clock::now() - std::chrono::hours(37));
    fs::last_write_time(root / "alice/new/message",
                        fs::file_time_type::clock::now() - std::chrono::hours(1000));
    BOOST_TEST((*box)->remove_stale() == 1u);
    BOOST_TEST(!fs::exists(root / "alice/tmp/old"));
    BOOST_TEST(fs::exists(root / "alice/tmp/young"));
    BOOST_TEST(fs::exists(root / "alice/new/message"));
}

BOOST_AUTO_TEST_CASE(an_envelope_as_it_is_written) {
    const auto held = onward("s1-2", {"ann@elsewhere.test"}).held;
    BOOST_TEST(store::to_json(held) ==
               "{\"format\":1,\"id\":\"s1-2\",\"state\":\"held\",\"sender\":\"alice@example.test\","
               "\"recipients\":[\"ann@elsewhere.test\"],\"body\":\"8BITMIME\",\"user\":\"alice\","
               "\"received\":\"2026-11-22T05:39:50Z\"}\n");
}

BOOST_AUTO_TEST_CASE(a_broken_envelope_says_what_is_wrong) {
    const auto complaint = [](std::string_view text) {
        const auto read = store::held_envelope_from_json(text);
        return read ? std::string("good") : read.error();
    };
    BOOST_TEST(complaint("{\"format\":1").find("no JSON: ") == 0);
    BOOST_TEST(complaint("[]") == "not a JSON object");
    BOOST_TEST(complaint("{\"format\":2}") == "\"format\" is not 1: written by another version");
    BOOST_TEST(complaint("{\"format\":1,\"id\":7}") == "\"id\" is no string");
    BOOST_TEST(
        complaint(R"({"format":1,"id":"a","sender":"","body":"","user":"","received":"","recipients":[]})") ==
        "\"recipients\" is no list of addresses");
    BOOST_TEST(
        complaint(
            R"({"format":1,"id":"a","sender":"","body":"","user":"","received":"","recipients":[1]})") ==
        "\"recipients\" is no list of addresses");
}

BOOST_AUTO_TEST_SUITE_END()
