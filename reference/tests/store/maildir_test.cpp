// Names that never meet, stale files, and the queue's envelope format.
#include "reference/store/file_time.hpp"
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
    auto& store = open();
    BOOST_REQUIRE(store.mailbox_of("alice"));
    std::ofstream(tmp("alice") / "old") << "x";
    std::ofstream(fresh("alice") / "message") << "x";
    // As of a message that somebody stores with the date that it had: it came here just now all the same.
    fs::last_write_time(tmp("alice") / "old", fs::file_time_type::clock::now() - std::chrono::hours(1000));
    const auto hours_on = [](int hours) {
        return refmail::store::nanoseconds_now() + hours * 3600 * refmail::store::a_second;
    };
    BOOST_TEST(store.remove_stale("alice", hours_on(35)).value() == 0u);
    BOOST_TEST(fs::exists(tmp("alice") / "old"));
    BOOST_TEST(store.remove_stale("alice", hours_on(37)).value() == 1u);
    BOOST_TEST(!fs::exists(tmp("alice") / "old"));
    BOOST_TEST(fs::exists(fresh("alice") / "message"));
}

// Where the old folder is gone, syncing it would say nothing about the mail in the new one.
BOOST_AUTO_TEST_CASE(a_mailbox_that_was_replaced_is_opened_anew) {
    auto& store = open();
    const auto before = store.mailbox_of("alice");
    BOOST_REQUIRE(before);
    BOOST_TEST((*store.mailbox_of("alice")).get() == before->get());
    fs::rename(root / "data/maildir/alice", root / "elsewhere");
    fs::create_directories(fresh("alice"));
    BOOST_TEST(!(*before)->is_still_there());
    const auto after = store.mailbox_of("alice");
    BOOST_REQUIRE(after);
    BOOST_TEST((*after)->is_still_there());
    const auto done = commit(std::make_shared<store::draft>(store, std::vector{into("alice")}));
    BOOST_TEST(done[0].outcome.has_value());
    BOOST_TEST(contents_of(fresh("alice")).size() == 1u);
    BOOST_TEST(contents_of(root / "elsewhere/new").empty());
}

BOOST_AUTO_TEST_CASE(a_mailbox_and_a_queue_that_were_removed_are_made_again) {
    auto& store = open();
    BOOST_REQUIRE(store.mailbox_of("alice"));
    fs::remove_all(root / "data/maildir");
    fs::remove_all(queue());
    std::vector deliveries{into("alice"), onward("q1", {"ann@elsewhere.test"})};
    for (const auto& one : commit(std::make_shared<store::draft>(store, deliveries)))
        BOOST_TEST(one.outcome.has_value(), (one.outcome ? "" : one.outcome.error().text));
    BOOST_TEST(contents_of(fresh("alice")).size() == 1u);
    BOOST_TEST(fs::exists(queue() / "q1.envelope"));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_looked_at_is_an_error_and_no_exception) {
    fs::create_directory_symlink("loop", root / "loop");
    const auto made = store::maildir::open((root / "loop/alice").string());
    BOOST_REQUIRE(!made);
    BOOST_TEST(made.error().text.starts_with("cannot create folder "), made.error().text);
}

BOOST_AUTO_TEST_CASE(a_folder_has_one_owner) {
    open();
    store::mail_store::settings wanted;
    wanted.data = (root / "data").string();
    const auto second = store::mail_store::open(wanted);
    BOOST_REQUIRE(!second);
    BOOST_TEST(second.error().text == wanted.data + " is in use by another refmaild");
    mail.reset();
    BOOST_TEST(store::mail_store::open(wanted).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
