// What other programs do to a Maildir is taken over: while it is open, while nobody looks, with and without
// the kernel's word. https://cr.yp.to/proto/maildir.html
#include "reference/tests/store/mail_account.hpp"

#include <condition_variable>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <utime.h>

using namespace store_tests;

namespace {

struct watched : mail_account {
    void look() {
        auto looked = inbox->refresh();
        BOOST_REQUIRE_MESSAGE(looked.has_value(), why(looked));
    }
    uids ids() const { return ids_of(inbox->records()); }
    void expect(const uids& wanted) { BOOST_TEST(ids() == wanted, boost::test_tools::per_element()); }
    std::shared_ptr<mailbox::folder> inbox = box();
};

struct no_descriptors {
    no_descriptors() {
        getrlimit(RLIMIT_NOFILE, &before);
        rlimit none = before;
        none.rlim_cur = 0;
        setrlimit(RLIMIT_NOFILE, &none);
    }
    ~no_descriptors() { setrlimit(RLIMIT_NOFILE, &before); }
    rlimit before{};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(other_programs, watched)

BOOST_AUTO_TEST_CASE(a_delivery_is_seen_with_its_size_and_time) {
    put("tmp/1700000001.x.host", "Subject: a\n\nb\r\nc\n");
    utimbuf when{1'600'000'000, 1'600'000'000};
    utime((maildir() / "tmp/1700000001.x.host").c_str(), &when);
    fs::rename(maildir() / "tmp/1700000001.x.host", maildir() / "new/1700000001.x.host");
    look();
    expect({1});
    BOOST_TEST(octets(*inbox, 1) == "Subject: a\r\n\r\nb\r\nc\r\n");
    BOOST_TEST(inbox->find(1)->octets == 20u);
    BOOST_TEST(inbox->find(1)->received == 1'600'000'000);
    BOOST_TEST(inbox->find(1)->flags == 0u);
}

BOOST_AUTO_TEST_CASE(a_delivery_through_the_store_wakes_who_waits) {
    std::mutex lock;
    std::condition_variable changed;
    bool heard = false;
    const auto handle = inbox->on_change([&] {
        const std::lock_guard hold(lock);
        heard = true;
        changed.notify_all();
    });
    auto draft = std::make_shared<store::draft>(*mail, std::vector{into("alice")});
    draft->append("Subject: x\r\n\r\ny\r\n");
    BOOST_TEST(commit(draft)[0].outcome.has_value());
    std::unique_lock hold(lock);
    BOOST_TEST(changed.wait_for(hold, std::chrono::seconds(30), [&] { return heard; }));
    hold.unlock();
    expect({1});
    BOOST_TEST(octets(*inbox, 1) == "Return-Path: <joe@example.test>\r\nSubject: x\r\n\r\ny\r\n");
    store_flags(*inbox, {1}, flag::seen); // from new/ to cur/
    BOOST_TEST(names_in("new").empty());
    BOOST_TEST(names_in("cur")[0].ends_with(":2,S"));
}

BOOST_AUTO_TEST_CASE(a_binary_delivery_is_served_octet_by_octet) {
    store::delivery to = into("alice");
    to.first_line = "Return-Path: <joe@example.test>\r\n";
    auto draft = std::make_shared<store::draft>(*mail, std::vector{to}, true);
    draft->append("A: b\r\n\r\nbare \n and \r\n");
    BOOST_TEST(commit(draft)[0].outcome.has_value());
    look();
    BOOST_TEST(octets(*inbox, 1) == "Return-Path: <joe@example.test>\r\nA: b\r\n\r\nbare \n and \r\n");
    BOOST_TEST(inbox->find(1)->octets == octets(*inbox, 1).size());
}

BOOST_AUTO_TEST_CASE(another_program_changes_flags_and_removes) {
    append("INBOX", {message("one"), message("two"), message("three")});
    look();
    const auto before = inbox->facts().highest;
    auto names = names_in("cur");
    const auto renamed = names[1].substr(0, names[1].find(':')) + ":2,FS";
    fs::rename(maildir() / "cur" / names[1], maildir() / "cur" / renamed);
    fs::remove(maildir() / "cur" / names[0]);
    look();
    expect({2, 3});
    BOOST_TEST(inbox->find(2)->flags == (flag::flagged | flag::seen));
    const auto news = inbox->since(before);
    BOOST_TEST(ids_of(news.changed) == (uids{2}), boost::test_tools::per_element());
    BOOST_TEST(news.vanished == (uids{1}), boost::test_tools::per_element());
    const auto now = inbox->records();
    inbox.reset();
    restart();
    BOOST_TEST((box()->records() == now));
}

BOOST_AUTO_TEST_CASE(a_program_that_looks_at_new_mail_moves_it) {
    put("new/1.a.host", "A: b\n\nc\n");
    look();
    fs::rename(maildir() / "new/1.a.host", maildir() / "cur/1.a.host:2,");
    look();
    expect({1});
    fs::rename(maildir() / "cur/1.a.host:2,", maildir() / "cur/1.a.host:2,RS");
    look();
    expect({1});
    BOOST_TEST(inbox->find(1)->flags == (flag::answered | flag::seen));
    BOOST_TEST(octets(*inbox, 1) == "A: b\r\n\r\nc\r\n");
}

BOOST_AUTO_TEST_CASE(keywords_stay_when_another_program_changes_letters) {
    auto one = message("one");
    one.keywords = {"$Label1"};
    append("INBOX", {one});
    look();
    const auto name = names_in("cur")[0];
    fs::rename(maildir() / "cur" / name, maildir() / "cur" / (name + "S"));
    look();
    BOOST_TEST(inbox->find(1)->flags == (flag::seen | 32));
}

BOOST_AUTO_TEST_CASE(what_happened_while_nobody_looked_is_taken_over) {
    append("INBOX", {message("one"), message("two"), message("three", flag::seen)});
    const auto validity = inbox->facts().uid_validity;
    const auto before = inbox->facts().highest;
    inbox.reset();
    stop();
    const auto names = names_in("cur");
    fs::remove(maildir() / "cur" / names[0]);
    fs::rename(maildir() / "cur" / names[2],
               maildir() / "cur" / (names[2].substr(0, names[2].find(':')) + ":2,T"));
    put("new/1700000009.M2.host", "A: late\n\n");
    put("new/1700000009.M1.host", "A: early\n\n");
    put("new/900.host", "A: first\n\n");
    start();
    inbox = box();
    expect({2, 3, 4, 5, 6});
    BOOST_TEST(inbox->facts().uid_validity == validity);
    BOOST_TEST(octets(*inbox, 4) == "A: first\r\n\r\n");
    BOOST_TEST(octets(*inbox, 5) == "A: early\r\n\r\n");
    BOOST_TEST(octets(*inbox, 6) == "A: late\r\n\r\n");
    BOOST_TEST(inbox->find(3)->flags == flag::deleted);
    BOOST_TEST(inbox->since(before).vanished == (uids{1}), boost::test_tools::per_element());
    inbox.reset();
}

BOOST_AUTO_TEST_CASE(operations_find_a_file_that_was_renamed_a_moment_ago) {
    create("Other");
    append("INBOX", {message("one"), message("two"), message("three"), message("four"), message("five")});
    look();
    const auto names = names_in("cur");
    for (const auto& name : names) // nobody has looked since
        fs::rename(maildir() / "cur" / name, maildir() / "cur" / (name + "P"));
    BOOST_TEST(octets(*inbox, 1) == "Subject: one\r\n\r\none\r\n");
    for (const auto& name : names_in("cur"))
        fs::rename(maildir() / "cur" / name, maildir() / "cur" / (name + "a"));
    store_flags(*inbox, {2}, flag::seen);
    BOOST_TEST(*inbox->expunge(uids{3}, true) == (uids{3}), boost::test_tools::per_element());
    const auto copied = inbox->copy_to(*box("Other"), uids{4});
    BOOST_TEST(copied.has_value(), why(copied));
    for (const auto& name : names_in("cur"))
        fs::rename(maildir() / "cur" / name, maildir() / "cur" / (name + "b"));
    const auto moved = inbox->move_to(*box("Other"), uids{5});
    BOOST_TEST(moved.has_value(), why(moved));
    look();
    expect({1, 2, 4});
    BOOST_TEST(inbox->find(2)->flags == flag::seen);
    BOOST_TEST(octets(*box("Other"), 2) == "Subject: five\r\n\r\nfive\r\n");
}

BOOST_AUTO_TEST_CASE(a_mailbox_that_is_removed_is_gone) {
    create("Lists");
    auto lists = box("Lists");
    fs::remove_all(maildir() / ".Lists");
    BOOST_REQUIRE(lists->refresh());
    BOOST_TEST(!lists->is_there());
    const auto refused = lists->expunge(uids{1}, true);
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().text == "Lists is there no more");
    BOOST_TEST((account->open("Lists").error().kind == kind::missing));
}

BOOST_AUTO_TEST_CASE(what_is_no_message_is_overlooked) {
    fs::create_directory(maildir() / "cur/folder");
    put("cur/.hidden", "x");
    fs::create_symlink("/etc/passwd", maildir() / "cur/1.link:2,");
    BOOST_TEST(mkfifo((maildir() / "new/pipe").c_str(), 0600) == 0);
    put("new/2.a.host", "A: b\n");
    look();
    expect({1});
    BOOST_TEST(octets(*inbox, 1) == "A: b\r\n");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_just_now_is_read_later) {
    append("INBOX", {message("one"), message("two")});
    look();
    put("tmp/2.a.host", "A: b\n");
    const auto look_in_vain = [&] {
        const auto looked = inbox->refresh();
        BOOST_REQUIRE(!looked);
        BOOST_TEST(looked.error().text.ends_with(": Too many open files"), looked.error().text);
    };
    {
        const no_descriptors left;
        fs::rename(maildir() / "tmp/2.a.host", maildir() / "new/2.a.host");
        look_in_vain();
    }
    look();
    expect({1, 2, 3});
    {
        const no_descriptors left;
        fs::remove(maildir() / "new/2.a.host");
        look_in_vain();
        expect({1, 2, 3});
    }
    look();
    expect({1, 2});
}

BOOST_AUTO_TEST_CASE(a_message_that_cannot_be_removed_stays_and_is_spoken_of) {
    inbox.reset();
    restart_without_inotify();
    inbox = box();
    append("INBOX", {message("one"), message("two"), message("three")});
    look();
    const auto two = maildir() / "cur" / names_in("cur")[1];
    fs::remove(two);
    fs::create_directory(two); // nothing that unlink() removes
    const auto went = inbox->expunge(uids{1, 2, 3}, true);
    BOOST_REQUIRE(!went);
    BOOST_TEST(went.error().text == "cannot remove " + two.string() + ": Is a directory");
    expect({2});
    fs::remove(two);
    look();
    expect({});
    inbox.reset();
}

BOOST_AUTO_TEST_CASE(many_events_at_once_are_not_lost) {
    for (int i = 0; i < 3000; ++i)
        put("new/" + std::to_string(1000 + i) + ".host", "A: b\n");
    look();
    BOOST_TEST(inbox->facts().messages == 3000u);
    for (int i = 0; i < 3000; i += 2)
        fs::rename(maildir() / "new" / (std::to_string(1000 + i) + ".host"),
                   maildir() / "cur" / (std::to_string(1000 + i) + ".host:2,S"));
    look();
    BOOST_TEST(inbox->facts().unseen == 1500u);
    for (int i = 0; i < 3000; i += 2)
        fs::remove(maildir() / "cur" / (std::to_string(1000 + i) + ".host:2,S"));
    look();
    BOOST_TEST(inbox->facts().messages == 1500u);
    BOOST_TEST(inbox->facts().unseen == 1500u);
}

// Where the kernel has no watches to give.
BOOST_AUTO_TEST_CASE(changes_are_found_by_the_times_of_folders) {
    inbox.reset();
    restart_without_inotify();
    inbox = box();
    append("INBOX", {message("one")});
    for (int i = 0; i < 20; ++i) { // also within one tick of the clock
        put("new/" + std::to_string(100 + i) + ".host", "A: b\n");
        look();
        BOOST_TEST(inbox->facts().messages == 2u);
        fs::rename(maildir() / ("new/" + std::to_string(100 + i) + ".host"),
                   maildir() / ("cur/" + std::to_string(100 + i) + ".host:2,S"));
        look();
        BOOST_TEST(inbox->facts().unseen == 1u);
        fs::remove(maildir() / ("cur/" + std::to_string(100 + i) + ".host:2,S"));
        look();
        expect({1});
    }
    BOOST_TEST(
        commit(std::make_shared<store::draft>(*mail, std::vector{into("alice")}))[0].outcome.has_value());
    look();
    BOOST_TEST(inbox->facts().messages == 2u);
    inbox.reset();
}

BOOST_AUTO_TEST_SUITE_END()
