// INBOX as an mbox: what comes in by APPEND and by delivery, what other programs do to the file, what goes
// from it, and MOVE and COPY between it and the Maildirs beside it. RFC 9051 §2.3.1.1, §6.4.7; docs/adr/0008.
#include "reference/tests/store/mail_account.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace store_tests;

namespace {

struct mbox_account : mail_account {
    mbox_account() { restart_with_mbox(); }

    void restart_with_mbox(bool inotify = true, std::size_t memory_per_copy = 1'000'000) {
        inbox.reset();
        stop();
        store::mail_store::settings wanted;
        wanted.data = (root / "data").string();
        wanted.mbox = (root / "spool/{user}").string();
        wanted.mbox_wait = std::chrono::milliseconds(500);
        wanted.inotify = inotify;
        wanted.memory_per_copy = memory_per_copy;
        wanted.log = [this](const std::string& text) { log += text + "\n"; };
        auto opened = store::mail_store::open(wanted);
        BOOST_REQUIRE_MESSAGE(opened.has_value(), why(opened));
        mail = std::move(*opened);
        account = *mail->account_of("alice");
        inbox = box();
    }
    ~mbox_account() { inbox.reset(); }

    void look() {
        auto looked = inbox->refresh();
        BOOST_REQUIRE_MESSAGE(looked.has_value(), why(looked));
    }
    void expect(const uids& wanted) {
        look();
        BOOST_TEST(ids_of(inbox->records()) == wanted, boost::test_tools::per_element());
    }
    std::string content() const { return read_whole(path); }
    // As other programs do: locked meanwhile.
    void write(const std::string& text) const {
        const auto lock = store::mbox_lock::take(path.string(), std::chrono::seconds(30));
        BOOST_REQUIRE(lock.has_value());
        std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
    }
    // As a program that takes no lock and is quick.
    void add(const std::string& text) const { std::ofstream(path, std::ios::binary | std::ios::app) << text; }
    static std::string text(const std::string& body, const std::string& records = "") {
        return "From joe@example.test Thu Nov 19 12:00:00 2026\nSubject: " + body + "\n" + records + "\n" +
               body + "\n\n";
    }
    static std::string served(const std::string& body) {
        return "Subject: " + body + "\r\n\r\n" + body + "\r\n";
    }
    std::vector<store::delivered> deliver(std::vector<store::delivery> to, bool one_for_all = true) {
        auto draft = std::make_shared<store::draft>(*mail, std::move(to));
        draft->append("Subject: x\r\n\r\nFrom here\r\n");
        return commit(draft, one_for_all);
    }

    const fs::path path = root / "spool/alice";
    std::string log;
    std::shared_ptr<mailbox::folder> inbox;
};

const uids none;
constexpr auto flag_of_first_keyword = mailbox::flag_set{1} << flag::first_keyword;

} // namespace

BOOST_FIXTURE_TEST_SUITE(mbox_folders, mbox_account)

BOOST_AUTO_TEST_CASE(append_and_read) {
    auto first = message("a", flag::flagged);
    first.keywords = {"$Work"};
    first.zone = 60;
    BOOST_TEST(append("INBOX", {first, message("b")}) == (uids{1, 2}), boost::test_tools::per_element());
    BOOST_TEST(content() == "From MAILER-DAEMON Tue Nov 14 22:13:20 2023\nSubject: a\n\na\n\n"
                            "From MAILER-DAEMON Tue Nov 14 22:13:20 2023\nSubject: b\n\nb\n\n");
    for (int round = 1; round <= 2; ++round) {
        expect({1, 2});
        BOOST_TEST(octets(*inbox, 1) == served("a"));
        BOOST_TEST(octets(*inbox, 2) == served("b"));
        const auto facts = *inbox->find(1);
        BOOST_TEST(facts.flags == (flag::flagged | flag_of_first_keyword));
        BOOST_TEST(facts.octets == served("a").size());
        BOOST_TEST(facts.received == 1'700'000'000);
        BOOST_TEST(facts.zone == 60);
        BOOST_TEST(inbox->keywords().at(0) == "$Work");
        BOOST_TEST(names_in("cur").empty());
        restart_with_mbox(); // the same after a start
    }
}

BOOST_AUTO_TEST_CASE(any_octets_come_back) {
    const std::string hostile[] = {
        "From x Thu Nov 19 12:00:00 2026\r\nStatus-Not: a\r\n\r\n>From b\r\n\r\n\r\n", "no end",
        "bare \n and \r\r\n in it", std::string("\0\r\n", 3), "\r\n"};
    for (const auto& one : hostile) {
        mailbox::to_append wanted;
        wanted.octets = one;
        append("INBOX", {wanted, wanted});
    }
    for (int round = 1; round <= 2; ++round) {
        BOOST_TEST(inbox->records().size() == 2 * std::size(hostile));
        for (std::size_t i = 0; i < 2 * std::size(hostile); ++i) {
            BOOST_TEST(octets(*inbox, static_cast<mailbox::uid>(i + 1)) == hostile[i / 2]);
            BOOST_TEST(inbox->find(static_cast<mailbox::uid>(i + 1))->octets == hostile[i / 2].size());
        }
        restart_with_mbox();
    }
}

BOOST_AUTO_TEST_CASE(deliveries) {
    BOOST_TEST(deliver({into("alice"), into("bob")})[0].outcome.has_value());
    expect({1});
    const std::string wanted = "Return-Path: <joe@example.test>\r\nSubject: x\r\n\r\nFrom here\r\n";
    BOOST_TEST(octets(*inbox, 1) == wanted);
    BOOST_TEST(content().starts_with("From joe@example.test "));
    BOOST_TEST(read_whole(root / "spool/bob").ends_with("\n\n>From here\n\n"));
    // Twice to one user, directly and through a list: two copies; by LMTP each for itself.
    for (const bool one_for_all : {true, false})
        for (const auto& one : deliver({into("alice"), into("alice", "list@example.test")}, one_for_all))
            BOOST_TEST(one.outcome.has_value());
    expect({1, 2, 3, 4, 5});
    BOOST_TEST(contents_of(tmp("alice")).empty());
}

// RFC 3030 §3: every octet is kept, also by who reads later.
BOOST_AUTO_TEST_CASE(binary_deliveries) {
    const std::string binary = std::string("Subject: x\r\n\r\na\nb\rc\0d\r\r\n\n\n", 25) + "From x";
    const std::string wanted = "Return-Path: <joe@example.test>\n" + binary;
    for (mailbox::uid id = 1; id <= 2; ++id) {
        if (id == 2) inbox.reset(), account.reset();
        auto draft = std::make_shared<store::draft>(*mail, std::vector{into("alice")}, true);
        draft->append(binary);
        BOOST_TEST(commit(draft)[0].outcome.has_value());
        draft.reset();
        restart_with_mbox();
        BOOST_TEST(octets(*inbox, id) == wanted);
        BOOST_TEST(inbox->find(id)->octets == wanted.size());
    }
    BOOST_TEST(octets(*inbox, 1) == wanted);

    // A part that says so goes into an mbox, which is text, in base64.
    for (const bool declared : {true, false}) {
        auto draft = std::make_shared<store::draft>(*mail, std::vector{into("alice")}, declared);
        draft->append("Content-Transfer-Encoding: binary\r\n\r\n" + std::string("a\0b\r\n", 5));
        BOOST_TEST(commit(draft)[0].outcome.has_value());
    }
    look();
    BOOST_TEST(octets(*inbox, 3) ==
               "Return-Path: <joe@example.test>\nContent-Transfer-Encoding: base64\r\n\r\nYQBiDQo=");
    BOOST_TEST(octets(*inbox, 4) ==
               "Return-Path: <joe@example.test>\r\nContent-Transfer-Encoding: base64\r\n\r\nYQBiDQo=\r\n");
    for (const mailbox::uid id : {3u, 4u})
        BOOST_TEST(inbox->find(id)->octets == octets(*inbox, id).size());
    BOOST_TEST(!read_whole(path).substr(read_whole(path).find("base64")).contains('\0'));
}

// SMTP has one reply for all: nobody gets what not all can get.
BOOST_AUTO_TEST_CASE(a_delivery_to_several_is_all_or_nothing) {
    deliver({into("alice")});
    fs::create_directory(root / "spool/bob");
    const auto before = content();
    const auto together = deliver({into("alice"), into("bob")});
    BOOST_TEST(!together[0].outcome.has_value());
    BOOST_TEST(content() == before);
    const auto apart = deliver({into("alice"), into("bob")}, false);
    BOOST_TEST(apart[0].outcome.has_value());
    BOOST_TEST(apart[1].outcome.error().text ==
               "cannot open " + (root / "spool/bob").string() + ": Is a directory");
    expect({1, 2});
}

BOOST_AUTO_TEST_CASE(a_locked_mbox_defers_deliveries_and_is_still_read) {
    append("INBOX", {message("a")});
    std::ofstream(path.string() + ".lock") << "1\nanother.host.test\n";
    const auto done = deliver({into("alice")});
    BOOST_TEST((done[0].outcome.error().kind == store::disk_error::kind::in_use));
    BOOST_TEST(done[0].outcome.error().text == path.string() +
                                                   " is locked by another program for 0.5 s: process 1 on "
                                                   "another.host.test has " +
                                                   path.string() + ".lock");
    const auto appended = account->append("INBOX", {message("b")});
    BOOST_TEST((appended.error().kind == kind::in_use));
    BOOST_TEST((inbox->expunge(uids{1}, true).error().kind == kind::in_use));
    add(text("c"));
    expect({1});
    BOOST_TEST(octets(*inbox, 1) == served("a"));
    store_flags(*inbox, {1}, flag::seen);
    fs::remove(path.string() + ".lock");
    expect({1, 2});
    BOOST_TEST(deliver({into("alice")})[0].outcome.has_value());
}

BOOST_AUTO_TEST_CASE(what_other_programs_add_and_take_away) {
    add(text("a") + text("b"));
    expect({1, 2});
    BOOST_TEST(inbox->find(1)->received == 1'795'089'600);
    store_flags(*inbox, {2}, flag::answered);
    write(text("b") + text("c")); // a goes, b moves
    expect({2, 3});
    BOOST_TEST(inbox->find(2)->flags == flag::answered);
    BOOST_TEST(octets(*inbox, 2) == served("b"));
    BOOST_TEST(octets(*inbox, 3) == served("c"));
    fs::remove(path);
    expect(none);
    add(text("b"));
    expect({4}); // no UID is used twice
    const auto changes = inbox->since(1);
    BOOST_TEST(changes.vanished == (uids{1, 2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(it_is_replaced_by_another_file) {
    add(text("a") + text("b"));
    expect({1, 2});
    std::ofstream(root / "fresh", std::ios::binary) << text("b");
    fs::rename(root / "fresh", path);
    expect({2});
    BOOST_TEST(octets(*inbox, 2) == served("b"));
    append("INBOX", {message("c")});
    expect({2, 3});
}

BOOST_AUTO_TEST_CASE(records_of_other_programs_are_flags) {
    add(text("a", "Status: RO\n") + text("b", "Status: O\nX-Status: AF\n") + text("c"));
    expect({1, 2, 3});
    BOOST_TEST(inbox->find(1)->flags == flag::seen);
    BOOST_TEST(inbox->find(2)->flags == (flag::answered | flag::flagged));
    BOOST_TEST(octets(*inbox, 1) == served("a"));
    BOOST_TEST(inbox->find(1)->octets == served("a").size());
    // We add one that the file does not show; mutt reads b and unflags it: the rest stays.
    store_flags(*inbox, {2}, flag::answered | flag::flagged | flag::draft);
    const auto known = inbox->facts().highest;
    write(text("a", "Status: RO\n") + text("b", "Status: RO\nX-Status: A\nContent-Length: 2\nLines: 1\n") +
          text("c"));
    expect({1, 2, 3});
    BOOST_TEST(inbox->find(2)->flags == (flag::answered | flag::seen | flag::draft));
    BOOST_TEST(octets(*inbox, 2) == served("b"));
    BOOST_TEST(inbox->since(known).changed.size() == 1u);
    restart_with_mbox();
    BOOST_TEST(inbox->find(2)->flags == (flag::answered | flag::seen | flag::draft));
}

BOOST_AUTO_TEST_CASE(the_same_message_several_times) {
    add(text("a") + text("a") + text("a"));
    expect({1, 2, 3});
    BOOST_TEST(inbox->expunge(uids{2}, true).has_value());
    expect({1, 3});
    add(text("a"));
    expect({1, 3, 4});
    restart_with_mbox();
    expect({1, 3, 4});
    BOOST_TEST(octets(*inbox, 4) == served("a"));
}

BOOST_AUTO_TEST_CASE(expunge) {
    append("INBOX", {message("a"), message("b"), message("c"), message("d")});
    store_flags(*inbox, {1, 3}, flag::deleted);
    const auto went = inbox->expunge(uids{1, 2, 3}, false);
    BOOST_TEST(*went == (uids{1, 3}), boost::test_tools::per_element());
    expect({2, 4});
    BOOST_TEST(octets(*inbox, 2) == served("b"));
    BOOST_TEST(octets(*inbox, 4) == served("d"));
    BOOST_TEST(inbox->facts().messages == 2u);
    BOOST_TEST(account->quota()->messages_used == 2u);
    restart_with_mbox();
    expect({2, 4});
    BOOST_TEST(inbox->expunge(uids{2, 4}, true)->size() == 2u);
    BOOST_TEST(content() == "");
    append("INBOX", {message("e")});
    expect({5});
}

// What another program left without an empty line at the end keeps its UID, whatever comes and goes behind
// it.
BOOST_AUTO_TEST_CASE(a_message_without_an_empty_line_behind_it) {
    const auto a = text("a"), b = text("b");
    add(a + b.substr(0, b.size() - 2)); // also without its line end
    expect({1, 2});
    append("INBOX", {message("c")});
    expect({1, 2, 3});
    BOOST_TEST(inbox->expunge(uids{2}, true).has_value());
    restart_with_mbox();
    expect({1, 3});
    BOOST_TEST(octets(*inbox, 1) == served("a"));
    BOOST_TEST(octets(*inbox, 3) == served("c"));
}

BOOST_AUTO_TEST_CASE(what_is_no_mbox_is_left_alone) {
    append("INBOX", {message("a")});
    const std::string letter = "\nDear reader,\n\n" + text("b");
    write(letter);
    const auto looked = inbox->refresh();
    BOOST_TEST((looked.error().kind == kind::corrupt));
    BOOST_TEST(looked.error().text == path.string() +
                                          ":2: found \"Dear reader,\", expected a line \"From SENDER DATE\": "
                                          "it is no mbox; mend it or move it away");
    BOOST_TEST(!account->append("INBOX", {message("c")}).has_value());
    BOOST_TEST(!inbox->expunge(uids{1}, true).has_value());
    BOOST_TEST(content() == letter);
    fs::rename(path, root / "letter");
    append("INBOX", {message("c")});
    expect({2});
}

BOOST_AUTO_TEST_CASE(a_line_that_may_begin_a_message_is_told) {
    add(text("a") + "From somebody who knows no date\n\nb\n\n" + text("c"));
    expect({1, 2});
    BOOST_TEST(octets(*inbox, 1) == served("a") + "\r\nFrom somebody who knows no date\r\n\r\nb\r\n");
    BOOST_TEST(log == path.string() + ": at octet " + std::to_string(text("a").size()) +
                          " a line begins with \"From \" and names no date: it is taken as text of the "
                          "message before it\n");
}

// Who looks through the file tells of a line in it.
BOOST_AUTO_TEST_CASE(a_file_at_rest_is_not_looked_through_at_the_next_start) {
    const auto touch = [&](std::chrono::hours from_now) {
        fs::last_write_time(path, fs::file_time_type::clock::now() + from_now);
        look();
        log.clear();
    };
    const auto let_it_rest = [&] { touch(std::chrono::hours(-1)); };
    add(text("a") + "From somebody who knows no date\n\n" + text("c"));
    let_it_rest();
    restart_with_mbox();
    BOOST_TEST(log == "");
    expect({1, 2});
    BOOST_TEST(octets(*inbox, 2) == served("c"));
    add(text("d"));
    expect({1, 2, 3});
    BOOST_TEST(inbox->expunge(uids{2}, true).has_value());
    BOOST_TEST(octets(*inbox, 3) == served("d"));
    BOOST_TEST(log == "");
    let_it_rest();
    restart_with_mbox();
    BOOST_TEST(log == "");
    expect({1, 3});
    BOOST_TEST(octets(*inbox, 3) == served("d"));
    log.clear();
    restart_with_mbox(); // noted once more, as nothing has changed
    BOOST_TEST(log == "");

    let_it_rest();
    inbox.reset();
    stop();
    write(content() + text("e"));
    restart_with_mbox();
    BOOST_TEST(log.contains("names no date"));
    expect({1, 3, 4});
    touch(std::chrono::hours(1));
    restart_with_mbox(); // for all we know it was touched in this moment
    BOOST_TEST(log.contains("names no date"));
    expect({1, 3, 4});
    let_it_rest();
    inbox.reset();
    stop();
    {
        const auto index = *store::account_index::open(maildir().string(), {});
        auto row = **index->mailbox_named("INBOX");
        store::account_index::changes change(*index);
        ++row.highest; // something happened that no note was made of
        change.save(row);
        BOOST_REQUIRE(change.commit().has_value());
    }
    restart_with_mbox();
    BOOST_TEST(log.contains("names no date"));
}

BOOST_AUTO_TEST_CASE(copies_in_both_directions) {
    create("Other");
    auto first = message("a", flag::flagged);
    first.keywords = {"kept"};
    append("INBOX", {first, message("b")});
    append("Other", {message("x")});
    const auto out = inbox->copy_to(*box("Other"), uids{1, 2});
    BOOST_REQUIRE_MESSAGE(out.has_value(), why(out));
    BOOST_TEST(out->to == (uids{2, 3}), boost::test_tools::per_element());
    BOOST_TEST(octets(*box("Other"), 2) == served("a"));
    BOOST_TEST(box("Other")->find(2)->flags == (flag::flagged | flag_of_first_keyword));
    BOOST_TEST(box("Other")->find(2)->received == 1'700'000'000);
    const auto in = box("Other")->copy_to(*inbox, uids{2});
    BOOST_REQUIRE_MESSAGE(in.has_value(), why(in));
    BOOST_TEST(in->uid_validity == inbox->facts().uid_validity);
    expect({1, 2, 3});
    BOOST_TEST(octets(*inbox, 3) == served("a"));
    BOOST_TEST(inbox->find(3)->flags == inbox->find(1)->flags);
    BOOST_TEST(inbox->copy_to(*inbox, uids{2})->to == uids{4}, boost::test_tools::per_element());
    BOOST_TEST((inbox->copy_to(*box("Other"), uids{1, 9}).error().kind == kind::missing));
    BOOST_TEST(box("Other")->records().size() == 3u);
}

// In portions, and through a file; behind a message that has no empty line behind it.
BOOST_AUTO_TEST_CASE(copies_and_moves_of_more_than_fits_into_memory) {
    create("Other");
    append("Other", {message("a"), message("b"), message("c")});
    restart_with_mbox(true, 10);
    const auto old = text("old").substr(0, text("old").size() - 1);
    add(old);
    expect({1});
    const auto in = box("Other")->copy_to(*inbox, uids{1, 2, 3});
    BOOST_REQUIRE_MESSAGE(in.has_value(), why(in));
    BOOST_TEST(in->to == (uids{2, 3, 4}), boost::test_tools::per_element());
    std::string whole = old + "\n";
    for (const auto* body : {"a", "b", "c"})
        whole += "From MAILER-DAEMON Tue Nov 14 22:13:20 2023\nSubject: " + std::string(body) + "\n\n" +
                 body + "\n\n";
    BOOST_TEST(content() == whole);
    const auto out = inbox->copy_to(*box("Other"), uids{2, 4});
    BOOST_REQUIRE_MESSAGE(out.has_value(), why(out));
    BOOST_TEST(out->to == (uids{4, 5}), boost::test_tools::per_element());
    BOOST_TEST(octets(*box("Other"), 5) == served("c"));
    const auto moved = box("Other")->move_to(*inbox, uids{1, 2, 3});
    BOOST_REQUIRE_MESSAGE(moved.has_value(), why(moved));
    BOOST_TEST(moved->to == (uids{5, 6, 7}), boost::test_tools::per_element());
    restart_with_mbox();
    expect({1, 2, 3, 4, 5, 6, 7});
    BOOST_TEST(octets(*inbox, 7) == served("c"));
    BOOST_TEST(fs::is_empty(maildir() / "tmp"));
}

BOOST_AUTO_TEST_CASE(moves_in_both_directions) {
    create("Other");
    append("INBOX", {message("a", flag::seen), message("b"), message("c")});
    const auto out = inbox->move_to(*box("Other"), uids{1, 3});
    BOOST_REQUIRE_MESSAGE(out.has_value(), why(out));
    BOOST_TEST(out->to == (uids{1, 2}), boost::test_tools::per_element());
    expect({2});
    BOOST_TEST(!content().contains("Subject: a"));
    BOOST_TEST(octets(*box("Other"), 2) == served("c"));
    const auto in = box("Other")->move_to(*inbox, uids{1, 2});
    BOOST_REQUIRE_MESSAGE(in.has_value(), why(in));
    BOOST_TEST(in->to == (uids{4, 5}), boost::test_tools::per_element());
    BOOST_TEST(box("Other")->records().empty());
    BOOST_TEST(contents_of(maildir() / ".Other/cur").empty());
    expect({2, 4, 5});
    BOOST_TEST(inbox->find(4)->flags == flag::seen);
    restart_with_mbox();
    expect({2, 4, 5});
    BOOST_TEST(octets(*inbox, 4) == served("a"));
    const auto within = inbox->move_to(*inbox, uids{2});
    BOOST_TEST(within->to == uids{6}, boost::test_tools::per_element());
    expect({4, 5, 6});
    restart_with_mbox();
    expect({4, 5, 6});
    BOOST_TEST(octets(*inbox, 6) == served("b"));
    BOOST_TEST(account->rename("INBOX", "Old").has_value());
    expect(none);
    BOOST_TEST(box("Old")->records().size() == 3u);
}

// As a crash leaves a MOVE behind the transaction: the message is elsewhere, and what held it must go.
BOOST_AUTO_TEST_CASE(what_was_moved_before_a_crash_goes_at_the_next_start) {
    create("Other");
    append("INBOX", {message("a"), message("b"), message("a")});
    append("Other", {message("x"), message("y")});
    inbox.reset();
    stop();
    {
        const auto index = *store::account_index::open(maildir().string(), {});
        for (const auto& [name, id] : {std::pair{"INBOX", 1u}, {"Other", 2u}}) {
            auto box = **index->mailbox_named(name);
            const auto rows = *index->messages_of(box.id);
            store::account_index::changes change(*index);
            change.remove(box, id, ++box.highest);
            change.leave(box, rows.at(id - 1).base);
            change.save(box);
            BOOST_REQUIRE(change.commit().has_value());
        }
    }
    for (int start = 1; start <= 2; ++start) {
        restart_with_mbox();
        expect({2, 3});
        BOOST_TEST(octets(*inbox, 3) == served("a"));
        BOOST_TEST(ids_of(box("Other")->records()) == uids{1}, boost::test_tools::per_element());
        BOOST_TEST(contents_of(maildir() / ".Other/cur").size() == 1u);
    }
}

// As a crash leaves an APPEND before its rows are committed, with mail of another program behind it.
BOOST_AUTO_TEST_CASE(what_was_appended_without_rows_goes_at_the_next_start) {
    append("INBOX", {message("a")});
    const auto before = content();
    const auto facts = inbox->facts();
    inbox.reset();
    stop();
    const store::mbox_journal journal(maildir().string(), {});
    BOOST_REQUIRE(
        journal.begin_append(before.size(), text("b"), {facts.uid_validity, facts.uid_next}).has_value());
    add(text("b") + text("c"));
    restart_with_mbox();
    expect({1, 2});
    BOOST_TEST(octets(*inbox, 2) == served("c"));
    BOOST_TEST(content() == before + text("c"));
}

// Where the kernel gives no watches the next look finds it all the same.
BOOST_AUTO_TEST_CASE(without_inotify) {
    restart_with_mbox(false);
    add(text("a"));
    expect({1});
    BOOST_TEST(deliver({into("alice")})[0].outcome.has_value());
    expect({1, 2});
}

BOOST_AUTO_TEST_CASE(who_waits_is_woken_by_another_program) {
    std::promise<void> heard;
    std::atomic<bool> first = true;
    const auto handle = inbox->on_change([&] {
        if (!inbox->records().empty() && first.exchange(false)) heard.set_value();
    });
    add(text("a"));
    BOOST_TEST((heard.get_future().wait_for(std::chrono::seconds(30)) == std::future_status::ready));
}

BOOST_AUTO_TEST_SUITE_END()
