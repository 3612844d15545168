// What is noted of a mailbox at the end saves the next start a look at its files and rows, and is not
// believed when anything may have changed since. That files were not looked at is shown by taking one away
// and setting the time of its folder back, which nobody else does.
#include "reference/tests/store/mail_account.hpp"

#include <fcntl.h>
#include <sys/stat.h>

using namespace store_tests;

namespace {

struct noted : mail_account {
    static timespec ago(long seconds) {
        timespec at{};
        clock_gettime(CLOCK_REALTIME, &at);
        return {at.tv_sec - seconds, 123'456'789};
    }
    static timespec time_of(const fs::path& folder) {
        struct stat facts {};
        BOOST_REQUIRE(stat(folder.c_str(), &facts) == 0);
        return facts.st_mtim;
    }
    static void set_time(const fs::path& folder, timespec to) {
        const timespec both[] = {to, to};
        BOOST_REQUIRE(utimensat(AT_FDCWD, folder.c_str(), both, 0) == 0);
    }
    void set_times(timespec to) const {
        for (const char* part : {"new", "cur"})
            set_time(maildir() / part, to);
    }
    // As nobody does: nothing shows that it went.
    void take_away(const std::string& name) const {
        const auto before = time_of(maildir() / "cur");
        BOOST_REQUIRE(fs::remove(maildir() / "cur" / name));
        set_time(maildir() / "cur", before);
    }
    // Three messages, the second one unseen, the third deleted; at rest for an hour.
    void fill() {
        append("INBOX",
               {message("one", flag::seen), message("two"), message("three", flag::seen | flag::deleted)});
        box()->recent_from(true);
        set_times(ago(3600));
    }
    void expect_messages(std::uint32_t count) { BOOST_TEST(box()->facts().messages == count); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(store_noted, noted)

BOOST_AUTO_TEST_CASE(a_mailbox_at_rest_is_opened_without_a_look_at_its_files) {
    fill();
    const auto before = box()->facts();
    stop();
    take_away(names_in("cur").front());
    start();
    const auto seen = box()->look();
    BOOST_TEST(seen.facts.messages == 3u);
    BOOST_TEST(seen.facts.unseen == 1u);
    BOOST_TEST(seen.facts.deleted == 1u);
    BOOST_TEST(seen.facts.octets == before.octets);
    BOOST_TEST(seen.facts.deleted_octets == before.deleted_octets);
    BOOST_TEST(seen.facts.uid_next == before.uid_next);
    BOOST_TEST(seen.facts.highest == before.highest);
    BOOST_TEST(seen.first_unseen == 2u);
    BOOST_TEST(ids_of(seen.records->all()) == (uids{1, 2, 3}), boost::test_tools::per_element());
    BOOST_TEST(ids_of(box()->records()) == (uids{1, 2, 3}), boost::test_tools::per_element());
    // Who reads it learns the truth.
    for (const auto id : uids{1, 2, 3})
        (void)box()->open(id);
    expect_messages(2);
}

BOOST_AUTO_TEST_CASE(it_is_noted_without_word_from_the_kernel_too) {
    fill();
    restart_without_inotify();
    expect_messages(3);
    (void)box()->records();
    restart_without_inotify();
    account.reset();
    mail.reset();
    take_away(names_in("cur").front());
    restart_without_inotify();
    expect_messages(3);
}

BOOST_AUTO_TEST_CASE(what_changed_meanwhile_is_seen) {
    fill();
    stop();
    fs::remove(maildir() / "cur" / names_in("cur").front());
    start();
    expect_messages(2);
    set_times(ago(3000));
    stop();
    put("new/1700000009.other.host", "A: b\n");
    start();
    expect_messages(3);
    set_times(ago(2000));
    stop();
    const auto name = names_in("cur").front();
    fs::rename(maildir() / "cur" / name, maildir() / "cur" / (name.substr(0, name.find(':')) + ":2,FS"));
    start();
    BOOST_TEST((box()->records().front().flags & flag::flagged) == flag::flagged);
}

BOOST_AUTO_TEST_CASE(what_changed_while_it_was_open_and_nobody_looked_is_seen) {
    fill();
    stop();
    start();
    auto inbox = box();
    (void)inbox->records();
    inbox.reset();
    fs::remove(maildir() / "cur" / names_in("cur").front());
    set_times(ago(1000));
    stop();
    start();
    expect_messages(2);
}

// A change of the same tick of the clock would leave the time as it is.
BOOST_AUTO_TEST_CASE(a_folder_that_was_touched_just_now_is_not_believed) {
    fill();
    set_times(ago(-3600));
    stop();
    take_away(names_in("cur").front());
    start();
    expect_messages(2);
}

BOOST_AUTO_TEST_CASE(a_note_of_another_state_is_not_believed) {
    fill();
    stop();
    {
        auto opened = store::account_index::open(maildir(), nullptr);
        BOOST_REQUIRE(opened);
        auto inbox = **(*opened)->mailbox_named("INBOX");
        BOOST_TEST((*(*opened)->summary_of(inbox)).has_value());
        ++inbox.highest;
        BOOST_TEST(!(*(*opened)->summary_of(inbox)).has_value());
        store::account_index::changes change(**opened);
        change.save(inbox);
        BOOST_REQUIRE(change.commit());
    }
    take_away(names_in("cur").front());
    start();
    expect_messages(2);
}

BOOST_AUTO_TEST_CASE(the_list_is_that_of_the_moment_of_the_look) {
    fill();
    stop();
    start();
    auto inbox = box();
    for (int round = 1; round <= 2; ++round) { // rows not read yet, and read
        BOOST_TEST_CONTEXT("round " << round) {
            const auto before = inbox->look();
            const auto count = before.facts.messages;
            append("INBOX", {message("later")});
            store_flags(*inbox, {2}, flag::flagged | (round == 1 ? flag::seen : 0));
            const auto after = inbox->look();
            BOOST_TEST(after.facts.messages == count + 1);
            BOOST_TEST(before.records->all().size() == count);
            BOOST_TEST(after.records->all().size() == count + 1);
            BOOST_TEST((before.records->all()[1].flags != after.records->all()[1].flags));
            BOOST_TEST(after.first_unseen == (round == 1 ? 4u : 2u));
            BOOST_TEST(inbox->look().records->all().data() == after.records->all().data());
        }
    }
}

BOOST_AUTO_TEST_CASE(everything_works_on_rows_that_were_not_read_yet) {
    const auto anew = [&] {
        set_times(ago(500));
        restart();
        return box();
    };
    fill();
    BOOST_TEST(anew()->find(2)->id == 2u);
    BOOST_TEST(octets(*anew(), 1) == "Subject: one\r\n\r\none\r\n");
    BOOST_TEST(anew()->since(1).changed.size() == 3u);
    BOOST_TEST(anew()->recent_from(false) == 4u);
    store_flags(*anew(), {1}, flag::answered);
    BOOST_TEST(anew()->find(1)->flags == flag::answered);
    anew()->remember(1, "envelope-1", "x");
    BOOST_TEST(*anew()->remembered(1, "envelope-1") == "x");
    BOOST_TEST(anew()->expunge(uids{3}, false)->size() == 1u);
    BOOST_TEST(anew()->copy_to(*box(), uids{1})->to == (uids{4}), boost::test_tools::per_element());
    create("Other");
    BOOST_TEST(anew()->move_to(*box("Other"), uids{2})->to == (uids{1}), boost::test_tools::per_element());
    BOOST_TEST(ids_of(anew()->records()) == (uids{1, 4}), boost::test_tools::per_element());
    anew();
    BOOST_TEST(append("INBOX", {message("last")}) == (uids{5}), boost::test_tools::per_element());
    put("new/1700000009.other.host", "A: b\n");
    BOOST_TEST(ids_of(box()->records()) == (uids{1, 4, 5, 6}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
