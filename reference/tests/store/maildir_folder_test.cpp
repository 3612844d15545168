// Mailboxes on the disk: what is appended, stored, expunged, copied and moved is there, also after a restart,
// and has the right names for other programs. RFC 9051 §2.3, §6.4; RFC 7162.
#include "reference/tests/store/mail_account.hpp"

using namespace store_tests;

BOOST_FIXTURE_TEST_SUITE(mailboxes_on_disk, mail_account)

BOOST_AUTO_TEST_CASE(an_appended_message_is_there_after_a_restart) {
    auto one = message("one", flag::seen | flag::flagged);
    one.keywords = {"$Forwarded"};
    one.zone = 60;
    BOOST_TEST(append("INBOX", {one, message("two")}) == (uids{1, 2}), boost::test_tools::per_element());
    const auto before = box()->records();
    const auto validity = box()->facts().uid_validity;
    restart();
    auto inbox = box();
    BOOST_TEST((inbox->records() == before));
    BOOST_TEST(inbox->facts().uid_validity == validity);
    BOOST_TEST(inbox->facts().uid_next == 3u);
    BOOST_TEST(inbox->facts().messages == 2u);
    BOOST_TEST(inbox->facts().unseen == 1u);
    BOOST_TEST(octets(*inbox, 1) == "Subject: one\r\n\r\none\r\n");
    BOOST_TEST(before[0].octets == 21u);
    BOOST_TEST(before[0].received == 1'700'000'000);
    BOOST_TEST(before[0].zone == 60);
    BOOST_TEST(before[0].flags == (flag::seen | flag::flagged | (flag::system + 1)));
    BOOST_TEST(inbox->keywords() == (std::vector<std::string>{"$Forwarded"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(files_have_lf_and_letters_for_other_programs) {
    append("INBOX", {message("one", flag::seen | flag::answered | flag::draft)});
    const auto names = names_in("cur");
    BOOST_REQUIRE(names.size() == 1u);
    BOOST_TEST(names[0].ends_with(":2,DRS"), names[0]);
    BOOST_TEST(read_whole(maildir() / "cur" / names[0]) == "Subject: one\n\none\n");
    store_flags(*box(), {1}, flag::deleted);
    BOOST_TEST(names_in("cur")[0].ends_with(":2,T"));
}

BOOST_AUTO_TEST_CASE(octets_come_back_as_they_were_given) {
    // Text is stored with LF; what would not come back from that is stored as it is (RFC 3516, RFC 3030).
    const std::vector<std::string> bodies = {"A: b\r\n\r\nplain\r\n",
                                             "A: b\r\n\r\nno end",
                                             "A: b\r\n\r\nbare \r and\r\n",
                                             "\r\n",
                                             "",
                                             "A: b\r\n\r\nbare \n in it\r\n",
                                             "A: b\r\n\r\ntwo \r\r\n",
                                             std::string("A: b\r\n\r\n\0\n\0\r", 13)};
    std::vector<mailbox::to_append> all;
    for (const auto& body : bodies) {
        mailbox::to_append one;
        one.octets = body;
        all.push_back(one);
    }
    append("INBOX", all);
    for (int round = 0; round < 2; ++round) {
        auto inbox = box();
        for (std::size_t i = 0; i < bodies.size(); ++i) {
            const auto id = static_cast<mailbox::uid>(i + 1);
            BOOST_TEST(octets(*inbox, id) == bodies[i]);
            BOOST_TEST(inbox->find(id)->octets == bodies[i].size());
        }
        inbox.reset();
        restart();
    }
    std::size_t raw = 0;
    for (const auto& name : names_in("cur"))
        raw += name.contains(",raw:2,");
    BOOST_TEST(raw == 3u);
}

// RFC 9051 §4.3.1, RFC 3516 §6: kept as it came (RFC 3030 §3), shown as though it were in base64, and counted
// so.
BOOST_AUTO_TEST_CASE(binary_parts_are_shown_in_base64) {
    const std::string head = "Content-Transfer-Encoding: binary\r\n\r\n";
    const std::string shown = "Content-Transfer-Encoding: base64\r\n\r\n";
    const std::string kept = head + std::string("a\0\n\r", 4);
    put("new/1.a,raw", kept);
    put("new/2.b", "Content-Transfer-Encoding: binary\n\n" + std::string("\0\n", 2));
    put("new/3.c,raw", head + "lines\nonly\r"); // what base64 is not needed for stays
    put("new/4.d,raw", "Content-Transfer-Encoding: 8bit\r\n\r\n" + std::string("a\0", 2));
    const std::vector<std::string> wanted = {shown + "YQAKDQ==", shown + "AA0K", head + "lines\nonly\r",
                                             "Content-Transfer-Encoding: 8bit\r\n\r\n" +
                                                 std::string("a\0", 2)};
    for (int round = 0; round < 2; ++round) {
        auto inbox = box();
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            const auto id = static_cast<mailbox::uid>(i + 1);
            BOOST_TEST(octets(*inbox, id) == wanted[i]);
            BOOST_TEST(inbox->find(id)->octets == wanted[i].size());
        }
        const auto copied = inbox->copy_to(*inbox, uids{1});
        BOOST_REQUIRE(copied);
        BOOST_TEST(octets(*inbox, copied->to[0]) == wanted[0]);
        BOOST_TEST(inbox->find(copied->to[0])->octets == wanted[0].size());
        inbox.reset();
        restart();
    }
    const auto copies = contents_of(maildir() / "cur"), first = contents_of(maildir() / "new");
    BOOST_TEST(std::count(copies.begin(), copies.end(), kept) == 2);
    BOOST_TEST(std::count(first.begin(), first.end(), kept) == 1);
}

BOOST_AUTO_TEST_CASE(a_large_message_is_held_once_however_many_read_it) {
    append("INBOX", {message(std::string(100'000, 'x')), message("small")});
    const auto inbox = box();
    const auto first = inbox->open(1), second = inbox->open(1);
    BOOST_REQUIRE((first && second));
    BOOST_TEST((*first)->octets().data() == (*second)->octets().data());
    BOOST_REQUIRE(inbox->expunge(uids{1}, true)); // who reads it goes on
    BOOST_TEST((*first)->octets().size() > 200'000u);
    BOOST_TEST(!inbox->open(1));
    BOOST_TEST(octets(*inbox, 2) == "Subject: small\r\n\r\nsmall\r\n");
}

BOOST_AUTO_TEST_CASE(flags_are_replaced_added_and_removed) {
    append("INBOX", {message("one"), message("two"), message("three")});
    auto inbox = box();
    const auto start = inbox->facts().highest;
    mailbox::flag_change change;
    change.how = mailbox::flag_change::how::add;
    change.flags = flag::seen;
    const uids asked{1, 2, 9};
    auto done = inbox->store_flags(asked, change);
    BOOST_REQUIRE(done);
    BOOST_TEST(ids_of(done->changed) == (uids{1, 2}), boost::test_tools::per_element());
    BOOST_TEST(done->missing == (uids{9}), boost::test_tools::per_element());
    BOOST_TEST(inbox->facts().highest == start + 1);
    BOOST_TEST(done->changed[0].modified == start + 1);
    BOOST_TEST(inbox->find(3)->modified == start);

    // Nothing changes: no new mod-sequence.
    BOOST_REQUIRE(inbox->store_flags(asked, change));
    BOOST_TEST(inbox->facts().highest == start + 1);

    change.how = mailbox::flag_change::how::remove;
    change.unchanged_since = start; // RFC 7162 §3.1.3
    done = inbox->store_flags(uids{1, 3}, change);
    BOOST_REQUIRE(done);
    BOOST_TEST(done->modified == (uids{1}), boost::test_tools::per_element());
    BOOST_TEST(ids_of(done->changed) == (uids{3}), boost::test_tools::per_element());
    change.unchanged_since.reset();
    BOOST_REQUIRE(inbox->store_flags(uids{1}, change));
    BOOST_TEST(inbox->find(1)->flags == 0u);
    BOOST_TEST(inbox->facts().unseen == 2u);
    const auto before = inbox->records();
    inbox.reset();
    restart();
    BOOST_TEST((box()->records() == before));
}

BOOST_AUTO_TEST_CASE(letters_that_are_not_ours_stay) {
    put("cur/1.a.host:2,PSab", "A: b\n\nc\n");
    auto inbox = box();
    BOOST_TEST(inbox->find(1)->flags == flag::seen);
    store_flags(*inbox, {1}, flag::flagged);
    BOOST_TEST(names_in("cur")[0] == "1.a.host:2,FPab");
}

BOOST_AUTO_TEST_CASE(expunge_takes_what_is_deleted_and_uids_are_not_used_again) {
    append("INBOX", {message("one", flag::deleted), message("two"), message("three", flag::deleted)});
    auto inbox = box();
    const auto before = inbox->facts().highest;
    auto went = inbox->expunge(uids{1, 2}, false);
    BOOST_REQUIRE(went);
    BOOST_TEST(*went == (uids{1}), boost::test_tools::per_element());
    BOOST_TEST(inbox->facts().deleted == 1u);
    BOOST_TEST(*inbox->expunge(uids{2, 3}, true) == (uids{2, 3}), boost::test_tools::per_element());
    BOOST_TEST(names_in("cur").empty());
    BOOST_TEST(inbox->facts().messages == 0u);
    BOOST_TEST(inbox->facts().octets == 0u);
    BOOST_TEST(inbox->since(before).vanished == (uids{1, 2, 3}), boost::test_tools::per_element());
    BOOST_TEST(inbox->since(before + 1).vanished == (uids{2, 3}), boost::test_tools::per_element());
    BOOST_TEST((inbox->open(1).error().kind == kind::missing));
    inbox.reset();
    restart();
    BOOST_TEST(box()->since(before).vanished == (uids{1, 2, 3}), boost::test_tools::per_element());
    BOOST_TEST(append("INBOX", {message("four")}) == (uids{4}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(changes_since_a_mod_sequence_are_told) {
    append("INBOX", {message("one"), message("two")});
    auto inbox = box();
    const auto first = inbox->facts().highest;
    BOOST_TEST(inbox->since(first).changed.empty());
    BOOST_TEST(inbox->since(first).highest == first);
    store_flags(*inbox, {2}, flag::seen);
    append("INBOX", {message("three")});
    auto news = inbox->since(first);
    BOOST_TEST(ids_of(news.changed) == (uids{2, 3}), boost::test_tools::per_element());
    BOOST_TEST(news.highest == first + 2);
    BOOST_TEST(ids_of(inbox->since(first + 1).changed) == (uids{3}), boost::test_tools::per_element());
    BOOST_TEST(ids_of(inbox->since(0).changed) == (uids{1, 2, 3}), boost::test_tools::per_element());
    inbox.reset();
    restart();
    BOOST_TEST(ids_of(box()->since(first).changed) == (uids{2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(more_changes_than_are_kept_in_memory_are_told) {
    std::vector<mailbox::to_append> many;
    for (int i = 0; i < 50; ++i)
        many.push_back(message(std::to_string(i)));
    append("INBOX", many);
    auto inbox = box();
    const auto start = inbox->facts().highest;
    uids all = ids_of(inbox->records());
    for (int round = 0; round < 100; ++round)
        store_flags(*inbox, all, round % 2 ? 0 : flag::flagged);
    BOOST_TEST(inbox->facts().highest == start + 100);
    BOOST_TEST(inbox->since(start).changed.size() == 50u);
    BOOST_TEST(inbox->since(start + 99).changed.size() == 50u);
    store_flags(*inbox, {7}, flag::seen);
    BOOST_TEST(ids_of(inbox->since(start + 100).changed) == (uids{7}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_copy_has_the_flags_keywords_and_time_of_the_original) {
    create("Archive");
    auto one = message("one", flag::seen);
    one.keywords = {"$Junk", "work"};
    one.zone = -330;
    append("Archive", {message("before")});
    auto other = message("other");
    other.keywords = {"WORK"}; // there it has another bit
    append("Archive", {other});
    append("INBOX", {one, message("two")});
    auto inbox = box(), archive = box("Archive");
    auto done = inbox->copy_to(*archive, uids{1, 2});
    BOOST_REQUIRE_MESSAGE(done.has_value(), why(done));
    BOOST_TEST(done->from == (uids{1, 2}), boost::test_tools::per_element());
    BOOST_TEST(done->to == (uids{3, 4}), boost::test_tools::per_element());
    BOOST_TEST(done->uid_validity == archive->facts().uid_validity);
    const auto copy = *archive->find(3);
    BOOST_TEST(archive->keywords() == (std::vector<std::string>{"WORK", "$Junk"}),
               boost::test_tools::per_element());
    BOOST_TEST(copy.flags == (flag::seen | 32 | 64));
    BOOST_TEST(copy.received == 1'700'000'000);
    BOOST_TEST(copy.zone == -330);
    BOOST_TEST(octets(*archive, 3) == "Subject: one\r\n\r\none\r\n");
    BOOST_TEST(inbox->facts().messages == 2u);

    const auto none = inbox->copy_to(*archive, uids{1, 77}); // RFC 9051 §6.4.7: all or none
    BOOST_REQUIRE(!none);
    BOOST_TEST((none.error().kind == kind::missing));
    BOOST_TEST(archive->facts().messages == 4u);
    BOOST_TEST(names_in("tmp").empty());
}

BOOST_AUTO_TEST_CASE(a_move_takes_the_message_from_here_and_puts_it_there) {
    create("Archive");
    append("INBOX", {message("one", flag::seen), message("two"), message("three")});
    auto inbox = box(), archive = box("Archive");
    const auto before = inbox->facts().highest;
    auto done = inbox->move_to(*archive, uids{1, 3});
    BOOST_REQUIRE_MESSAGE(done.has_value(), why(done));
    BOOST_TEST(done->from == (uids{1, 3}), boost::test_tools::per_element());
    BOOST_TEST(done->to == (uids{1, 2}), boost::test_tools::per_element());
    BOOST_TEST(ids_of(inbox->records()) == (uids{2}), boost::test_tools::per_element());
    BOOST_TEST(inbox->since(before).vanished == (uids{1, 3}), boost::test_tools::per_element());
    BOOST_TEST(octets(*archive, 2) == "Subject: three\r\n\r\nthree\r\n");
    BOOST_TEST(names_in("cur").size() == 1u);
    inbox.reset();
    archive.reset();
    restart();
    BOOST_TEST(ids_of(box("Archive")->records()) == (uids{1, 2}), boost::test_tools::per_element());
    BOOST_TEST(box("Archive")->find(1)->flags == flag::seen);
    BOOST_TEST(ids_of(box()->records()) == (uids{2}), boost::test_tools::per_element());
    BOOST_TEST(account->quota()->messages_used == 3u);
}

BOOST_AUTO_TEST_CASE(a_move_into_the_same_mailbox_gives_new_uids) {
    append("INBOX", {message("one"), message("two")});
    auto inbox = box();
    auto done = inbox->move_to(*inbox, uids{1});
    BOOST_REQUIRE_MESSAGE(done.has_value(), why(done));
    BOOST_TEST(ids_of(inbox->records()) == (uids{2, 3}), boost::test_tools::per_element());
    BOOST_TEST(octets(*inbox, 3) == "Subject: one\r\n\r\none\r\n");
    BOOST_TEST(inbox->facts().octets == 42u);
    BOOST_TEST(account->quota()->messages_used == 2u);
    BOOST_TEST(names_in("cur").size() == 2u);
}

BOOST_AUTO_TEST_CASE(there_is_room_for_59_keywords) {
    auto inbox = box();
    std::vector<std::string> names;
    for (int i = 0; i < 59; ++i)
        names.push_back("k" + std::to_string(i));
    auto bits = inbox->bits_of(names, true);
    BOOST_REQUIRE(bits);
    BOOST_TEST(*bits == ~mailbox::flag_set{31});
    BOOST_TEST(*inbox->bits_of(std::vector<std::string>{"K3", "unknown"}, false) == mailbox::flag_set{1}
                                                                                        << 8);
    const auto full = inbox->bits_of(std::vector<std::string>{"one-more"}, true);
    BOOST_REQUIRE(!full);
    BOOST_TEST((full.error().kind == kind::limit));
    BOOST_TEST(full.error().text == "INBOX has 59 keywords, and no room for one-more");
}

BOOST_AUTO_TEST_CASE(recent_is_claimed_once) {
    append("INBOX", {message("one")});
    auto inbox = box();
    BOOST_TEST(inbox->recent_from(false) == 1u);
    BOOST_TEST(inbox->recent_from(true) == 1u);
    BOOST_TEST(inbox->recent_from(false) == 2u);
    append("INBOX", {message("two")});
    BOOST_TEST(inbox->recent_from(false) == 2u);
    inbox.reset();
    restart();
    BOOST_TEST(box()->recent_from(true) == 2u);
    BOOST_TEST(box()->recent_from(true) == 3u);
}

BOOST_AUTO_TEST_CASE(what_is_remembered_outlives_a_restart_and_not_the_message) {
    append("INBOX", {message("one"), message("two")});
    auto inbox = box();
    BOOST_TEST(!inbox->remembered(1, "envelope-1"));
    inbox->remember(1, "envelope-1", "(NIL)");
    inbox->remember(2, "envelope-1", "(\"two\")");
    inbox->remember(77, "envelope-1", "lost");
    BOOST_TEST(*inbox->remembered(1, "envelope-1") == "(NIL)");
    inbox.reset();
    restart();
    BOOST_TEST(*box()->remembered(1, "envelope-1") == "(NIL)");
    BOOST_TEST(*box()->remembered(2, "envelope-1") == "(\"two\")");
    BOOST_TEST(!box()->remembered(1, "body-1"));
    BOOST_TEST(!box()->remembered(77, "envelope-1"));
    BOOST_REQUIRE(box()->expunge(uids{1}, true));
    restart();
    BOOST_TEST(!box()->remembered(1, "envelope-1"));
}

BOOST_AUTO_TEST_CASE(what_is_remembered_ends_with_the_mailbox) {
    for (const std::string text : {"first", "second"}) {
        BOOST_REQUIRE(account->create("Again", {}));
        append("Again", {message(text)});
        BOOST_TEST(!box("Again")->remembered(1, "envelope-1"), text);
        const auto open = box("Again");
        open->remember(1, "envelope-1", text);
        BOOST_TEST(*open->remembered(1, "envelope-1") == text);
        BOOST_REQUIRE(account->remove("Again"));
        BOOST_TEST(!open->remembered(1, "envelope-1"), text);
    }
}

BOOST_AUTO_TEST_CASE(watchers_hear_of_changes_until_they_drop_the_handle) {
    restart_without_inotify(); // which may tell of a change a second time, a moment later
    auto inbox = box();
    std::atomic<int> heard = 0;
    auto handle = inbox->on_change([&] { ++heard; });
    append("INBOX", {message("one")});
    BOOST_TEST(heard >= 1);
    int before = heard;
    store_flags(*inbox, {1}, flag::seen);
    BOOST_TEST(heard > before);
    before = heard;
    store_flags(*inbox, {1}, flag::seen); // changes nothing
    BOOST_TEST(heard == before);
    handle.reset();
    BOOST_REQUIRE(inbox->expunge(uids{1}, true));
    BOOST_TEST(heard == before);
}

BOOST_AUTO_TEST_CASE(one_session_has_the_maildrop_for_itself) {
    auto inbox = box();
    auto mine = inbox->lock_exclusively();
    BOOST_REQUIRE(mine);
    const auto refused = box()->lock_exclusively();
    BOOST_REQUIRE(!refused);
    BOOST_TEST((refused.error().kind == kind::in_use));
    mine->reset();
    BOOST_TEST(box()->lock_exclusively().has_value());
}

BOOST_AUTO_TEST_CASE(old_deaths_are_forgotten_and_the_gaps_remembered) {
    store::message_table table;
    store::mailbox_row row;
    row.highest = 1;
    table.load({}, {}, row);
    for (mailbox::uid id = 1; id <= 50'001; ++id) {
        store::message_row one;
        one.facts.id = id;
        one.facts.modified = 1;
        one.base = std::to_string(id);
        table.add(one);
    }
    for (mailbox::uid hundred = 1; hundred <= 500; ++hundred) {
        uids ids;
        for (mailbox::uid id = hundred * 100 - 99; id <= hundred * 100; ++id)
            ids.push_back(id);
        table.remove(ids, 10 + hundred);
    }
    BOOST_TEST(table.since(10, 50'002).vanished.size() == 50'000u);
    BOOST_TEST(table.forget_vanished() == 261u);
    BOOST_TEST(table.forget_vanished() == 0u);
    BOOST_TEST(table.since(10, 50'002).vanished.size() == 50'000u); // by the gaps
    BOOST_TEST(table.since(509, 50'002).vanished.size() == 100u);   // exactly
    BOOST_TEST(ids_of(table.records()) == (uids{50'001}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
