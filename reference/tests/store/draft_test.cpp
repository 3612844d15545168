// Messages reach the mailboxes whole, once, with LF line ends, and only after commit().
#include "reference/tests/store/mail_folder.hpp"

#include <sys/stat.h>

using namespace store_tests;

BOOST_FIXTURE_TEST_SUITE(drafts, mail_folder)

BOOST_AUTO_TEST_CASE(a_message_is_seen_after_commit_and_not_before) {
    auto message = std::make_shared<store::draft>(open(), std::vector{into("alice")});
    message->append("Subject: hi\r\n\r\nbody\r\n");
    BOOST_TEST(!fs::exists(fresh("alice")));
    const auto done = commit(message);
    BOOST_REQUIRE(done.size() == 1u);
    BOOST_TEST(done[0].outcome.has_value());
    BOOST_TEST(done[0].path.starts_with(fresh("alice").string() + "/"));
    BOOST_TEST(read_whole(done[0].path) == "Return-Path: <joe@example.test>\nSubject: hi\n\nbody\n");
    message.reset();
    BOOST_TEST(contents_of(tmp("alice")).empty());
    struct stat facts {};
    BOOST_REQUIRE(::stat(done[0].path.c_str(), &facts) == 0);
    BOOST_TEST((facts.st_mode & 0777) == 0600u);
    BOOST_TEST(facts.st_nlink == 1u);
}

BOOST_AUTO_TEST_CASE(a_dropped_draft_leaves_nothing) {
    auto message = std::make_shared<store::draft>(open(16), std::vector{into("alice")});
    message->append("Subject: a message beyond the memory limit\r\n");
    message->spill();
    BOOST_TEST(contents_of(tmp("alice")).size() == 1u);
    message.reset();
    BOOST_TEST(contents_of(tmp("alice")).empty());
    BOOST_TEST(contents_of(fresh("alice")).empty());
}

BOOST_AUTO_TEST_CASE(octets_are_unchanged_but_for_line_ends) {
    std::string every;
    for (int c = 0; c < 256; ++c)
        if (c != '\r' && c != '\n') every += static_cast<char>(c);
    const std::string sent = every + "\r\n\r\n" + every + "\r\n";
    // Cut at each place, so that CR and LF come in different pieces, too.
    auto& mail = open();
    for (std::size_t cut = 0; cut <= sent.size(); ++cut) {
        auto message = std::make_shared<store::draft>(mail, std::vector{into("alice")});
        message->append(sent.substr(0, cut));
        message->append("");
        message->append(sent.substr(cut));
        const auto done = commit(message);
        BOOST_REQUIRE(done[0].outcome.has_value());
        BOOST_REQUIRE(read_whole(done[0].path) ==
                      "Return-Path: <joe@example.test>\n" + every + "\n\n" + every + "\n");
        BOOST_REQUIRE(message->size() == 2 * every.size() + 3);
    }
}

BOOST_AUTO_TEST_CASE(pieces_beyond_memory_are_spilled) {
    auto message = std::make_shared<store::draft>(
        open(1000), std::vector{into("alice"), into("bob", "owner@lists.test")});
    std::string expected;
    for (int i = 0; i < 500; ++i) {
        const std::string line = "line " + std::to_string(i);
        message->append(line + "\r\n");
        expected += line + "\n";
        if (message->spill_due()) message->spill();
    }
    const auto done = commit(message);
    BOOST_REQUIRE(done[0].outcome.has_value());
    BOOST_REQUIRE(done[1].outcome.has_value());
    BOOST_TEST(read_whole(done[0].path) == "Return-Path: <joe@example.test>\n" + expected);
    BOOST_TEST(read_whole(done[1].path) == "Return-Path: <owner@lists.test>\n" + expected);
}

BOOST_AUTO_TEST_CASE(equal_copies_share_a_file) {
    auto message = std::make_shared<store::draft>(
        open(), std::vector{into("alice"), into("bob"), into("carol", "x@y.test")});
    message->append("hi\r\n");
    const auto done = commit(message);
    message.reset();
    struct stat a {
    }, b{}, c{};
    BOOST_REQUIRE(::stat(done[0].path.c_str(), &a) == 0);
    BOOST_REQUIRE(::stat(done[1].path.c_str(), &b) == 0);
    BOOST_REQUIRE(::stat(done[2].path.c_str(), &c) == 0);
    BOOST_TEST(a.st_ino == b.st_ino);
    BOOST_TEST(a.st_nlink == 2u); // the temporary name is gone
    BOOST_TEST(a.st_ino != c.st_ino);
    BOOST_TEST(read_whole(done[2].path) == "Return-Path: <x@y.test>\nhi\n");
}

BOOST_AUTO_TEST_CASE(one_for_all_delivers_to_none_when_one_fails) {
    auto& mail = open();
    std::ofstream(root / "data/maildir/bob") << "a file where a folder should be";
    auto message = std::make_shared<store::draft>(mail, std::vector{into("alice"), into("bob")});
    message->append("hi\r\n");
    const auto done = commit(message);
    BOOST_TEST(!done[0].outcome.has_value());
    BOOST_REQUIRE(!done[1].outcome.has_value());
    BOOST_TEST((done[1].outcome.error().kind == store::disk_error::kind::failed));
    BOOST_TEST(done[1].outcome.error().text.find("cannot create folder " +
                                                 (root / "data/maildir/bob/tmp").string()) == 0);
    message.reset();
    BOOST_TEST(contents_of(fresh("alice")).empty());
    BOOST_TEST(contents_of(tmp("alice")).empty());
}

BOOST_AUTO_TEST_CASE(each_for_itself_delivers_where_it_can) {
    auto& mail = open();
    std::ofstream(root / "data/maildir/bob") << "a file where a folder should be";
    auto message =
        std::make_shared<store::draft>(mail, std::vector{into("alice"), into("bob"), into("carol")});
    message->append("hi\r\n");
    const auto done = commit(message, false);
    BOOST_TEST(done[0].outcome.has_value());
    BOOST_TEST(!done[1].outcome.has_value());
    BOOST_TEST(done[2].outcome.has_value());
    BOOST_TEST(contents_of(fresh("alice")).size() == 1u);
    BOOST_TEST(contents_of(fresh("carol")).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_rename_that_fails_takes_the_others_back) {
    auto& mail = open();
    const auto alice = mail.mailbox_of("alice");
    BOOST_REQUIRE(alice.has_value());
    for (const char* name : {"one", "two"})
        std::ofstream(tmp("alice") / name) << "hi";
    const auto place = [&](const char* name, const fs::path& to) {
        return store::placement{(*alice)->tmp_path(name), to.string(), (*alice)->fresh()};
    };
    store::result<void> outcome;
    mail.commits().submit({place("one", fresh("alice") / "one"), place("two", root / "gone" / "two")},
                          [&](store::result<void> it) { outcome = std::move(it); });
    BOOST_REQUIRE(!outcome.has_value());
    BOOST_TEST(outcome.error().text.find("cannot rename to ") == 0);
    BOOST_TEST(contents_of(fresh("alice")).empty());
}

BOOST_AUTO_TEST_CASE(many_at_once_are_all_there_once) {
    auto& mail = open();
    constexpr int count = 300;
    std::vector<std::promise<bool>> promises(count);
    for (int i = 0; i < count; ++i) {
        auto message = std::make_shared<store::draft>(mail, std::vector{into(i % 2 ? "alice" : "bob")});
        message->append("number " + std::to_string(i) + "\r\n");
        mail.post([message, &promise = promises[i]] {
            message->commit(true, [&promise](std::vector<store::delivered> all) {
                promise.set_value(all[0].outcome.has_value());
            });
        });
    }
    for (auto& promise : promises)
        BOOST_REQUIRE(promise.get_future().get());
    auto found = contents_of(fresh("alice"));
    const auto more = contents_of(fresh("bob"));
    found.insert(found.end(), more.begin(), more.end());
    BOOST_TEST(found.size() == static_cast<std::size_t>(count));
    std::sort(found.begin(), found.end());
    BOOST_TEST((std::unique(found.begin(), found.end()) == found.end()));
}

BOOST_AUTO_TEST_SUITE_END()
