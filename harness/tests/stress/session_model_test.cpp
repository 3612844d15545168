// The model of a session finds each thing that a server must not tell: literal responses, one violation each.
#include "harness/tests/stress/world_of_one.hpp"

#include <boost/test/unit_test.hpp>

using namespace mailspec::stress;

BOOST_AUTO_TEST_SUITE(session_models)

BOOST_FIXTURE_TEST_CASE(exists_only_shrinks_by_expunge, world_of_one) {
    open();
    finds({}, "* 1 EXISTS\r\n", "EXISTS 1 after 2 messages, without an EXPUNGE");
    truth.may_be_deleted(10);
    BOOST_TEST(hear({}, "* 1 EXPUNGE\r\n* 1 EXISTS\r\n").empty());
    BOOST_TEST(model.uid_of(1) == 20);
}

BOOST_FIXTURE_TEST_CASE(expunge_is_told_where_it_may_be, world_of_one) {
    open();
    finds({}, "* 3 EXPUNGE\r\n", "EXPUNGE 3 in a mailbox of 2 messages");
    truth.may_be_deleted(20);
    truth.may_be_deleted(10);
    BOOST_TEST(hear(of(kind::store, {10}, true), "* 2 EXPUNGE\r\n").empty());
    finds(of(kind::store, {1}), "* 1 EXPUNGE\r\n", "EXPUNGE 1 while store is answered (RFC 9051 §7.5.1)");
}

BOOST_FIXTURE_TEST_CASE(only_what_was_deleted_is_expunged, world_of_one) {
    open();
    BOOST_TEST(truth.added(20, "1.1.1", 10).empty());
    finds({}, "* 2 EXPUNGE\r\n", "UID 20 of box was expunged, though nobody set \\Deleted on it or moved it");
}

BOOST_FIXTURE_TEST_CASE(a_message_keeps_its_uid, world_of_one) {
    open();
    finds({}, "* 1 FETCH (UID 11)\r\n", "message 1 had UID 10 and has UID 11, without an EXPUNGE");
    finds({}, "* 3 EXISTS\r\n* 3 FETCH (UID 15)\r\n", "message 2 has UID 20, message 3 has 15");
    finds({}, "* 9 FETCH (UID 30)\r\n", "FETCH of message 9 in a mailbox of 3");
}

BOOST_FIXTURE_TEST_CASE(mod_sequences_grow, world_of_one) {
    open();
    finds({}, "* 1 FETCH (FLAGS () MODSEQ (4))\r\n", "MODSEQ of message 1 was 5 and is 4");
    finds({}, "* 2 FETCH (FLAGS (\\Seen) MODSEQ (6))\r\n",
          "UID 20 of box at MODSEQ 6 was told to have the flags () and (\\SEEN)");
    asked select = of(kind::select);
    select.opens = &truth;
    select.highest_modseq = 6;
    finds(select, "* 0 EXISTS\r\n* OK [HIGHESTMODSEQ 5] so\r\n",
          "HIGHESTMODSEQ of box is 5, though MODSEQ 6 was told before");
}

BOOST_FIXTURE_TEST_CASE(its_own_keyword_is_as_it_set_it, world_of_one) {
    open();
    auto store = of(kind::store, {1});
    store.own_keyword = store.adds = true;
    BOOST_TEST(hear(store, "* 1 FETCH (FLAGS (mine-1) MODSEQ (7))\r\n").empty());
    finds({}, "* 1 FETCH (FLAGS () MODSEQ (8))\r\n",
          "UID 10 is told without the keyword mine-1, which only this session sets and which is there");
    finds(store, "* 1 FETCH (FLAGS () MODSEQ (9))\r\n",
          "STORE of mine-1 on UID 10 was answered OK, with FLAGS ()");
}

BOOST_FIXTURE_TEST_CASE(search_finds_what_is_there, world_of_one) {
    open();
    auto search = of(kind::search, {}, true);
    finds(search, "", "search was answered without its result");
    notes(of(kind::search), "* SEARCH 3\r\n", "search found message 3 in a mailbox of 2");
    search.search.key = searched::by::own_keyword;
    finds(search, "* SEARCH 10\r\n", "SEARCH found UID 10 for the keyword mine-1, which is not there");
}

BOOST_FIXTURE_TEST_CASE(a_fetch_answers_what_was_asked, world_of_one) {
    open();
    auto fetch = of(kind::fetch_flags, {1, 2});
    fetch.items = {"FLAGS"};
    BOOST_TEST(hear(fetch, "* 1 FETCH (FLAGS ())\r\n").empty()); // it may be gone, and be told to be later
    BOOST_REQUIRE(model.owed().size() == 1);
    BOOST_TEST(model.owed().front() == "FLAGS of FETCH was not answered for UID 20, which is still there");
}

BOOST_FIXTURE_TEST_CASE(bodies_are_those_that_were_appended, world_of_one) {
    open();
    const auto text = message_of("1.1.1");
    const auto fetch = [](const std::string& body) {
        return "* 1 FETCH (UID 10 BODY[] {" + std::to_string(body.size()) + "}\r\n" + body + ")\r\n";
    };
    auto bodies = of(kind::fetch_bodies, {1});
    bodies.items = {"BODY[]"};
    BOOST_TEST(hear(bodies, fetch(text)).empty());
    finds(bodies, fetch(text + "x"), "BODY[] of UID 10 is not the message that was appended as 1.1.1");
    finds(bodies, fetch(message_of("1.1.2")), "UID 10 of box was the message 1.1.1 and is 1.1.2 now");
    finds(of(kind::noop), fetch(text), "BODY[] of message 1, which nobody asked for");
}

BOOST_FIXTURE_TEST_CASE(legal_commands_are_not_refused, world_of_one) {
    open();
    BOOST_TEST(hear(of(kind::store, {1}), "", "NO").front() == "store was answered by NO");
    BOOST_TEST(hear({}, "", "BAD").front() == "noop was answered by BAD");
    truth.may_be_deleted(10);
    BOOST_TEST(hear(of(kind::store, {1}), "", "NO").empty()); // RFC 2180 §4.2
    finds({}, "* VANISHED 20\r\n", "VANISHED to a session that did not enable QRESYNC");
    finds({}, "* BYE tired\r\n", "the server ended the session: \"* BYE tired\\r\\n\"");
}

BOOST_FIXTURE_TEST_CASE(validity_and_uidnext, world_of_one) {
    asked select = of(kind::select);
    select.opens = &truth;
    select.highest_uid = 20;
    BOOST_TEST(hear(select, "* 0 EXISTS\r\n* OK [UIDVALIDITY 7] so\r\n* OK [UIDNEXT 21] so\r\n").empty());
    finds(select, "* OK [UIDVALIDITY 8] so\r\n", "UIDVALIDITY of box was 7 and is 8 now");
    finds(select, "* OK [UIDNEXT 20] so\r\n", "UIDNEXT of box is 20, though UID 20 was given");
    select.uid_next = 30;
    finds(select, "* OK [UIDNEXT 29] so\r\n", "UIDNEXT of box was 30 and is 29 now");
}

BOOST_AUTO_TEST_CASE(what_was_acknowledged_is_there_at_the_end) {
    mailbox_truth box("box");
    BOOST_TEST(box.added(5, "a", 0).empty());
    BOOST_TEST(box.added(5, "b", 0) == "UID 5 of box was given twice");
    BOOST_TEST(box.added(4, "c", 5) ==
               "a message was added to box under UID 4, though UID 5 had been given before");
    BOOST_REQUIRE(box.checkpoint({}).size() == 1);
    BOOST_TEST(box.checkpoint({}).front() ==
               "box lost UID 5 (a), which it had acknowledged and nobody removed");
    box.may_be_deleted(5);
    BOOST_TEST(box.checkpoint({}).empty());
    BOOST_TEST(box.told_gone(5).empty());
    BOOST_TEST(box.checkpoint({{5, {}}}).front() == "box still has UID 5, which was told to be gone");
}

BOOST_AUTO_TEST_CASE(two_looks_differ) {
    const seen_mailbox a{{1, {{"\\SEEN"}, 3}}, {2, {{}, 4}}}, b{{1, {{}, 3}}, {2, {{}, 4}}},
        c{{1, {{"\\SEEN"}, 3}}};
    BOOST_TEST(difference(a, "A", a, "B").empty());
    BOOST_TEST(difference(a, "A", b, "B") ==
               "UID 1 has the flags (\\SEEN) and MODSEQ 3 for A, () and 3 for B");
    BOOST_TEST(difference(a, "A", c, "B") == "A sees UID 2, B does not");
    BOOST_TEST(difference(c, "A", a, "B") == "B sees UID 2, A does not");
}

BOOST_AUTO_TEST_CASE(a_seed_draws_the_same_again) {
    choices one(7, 1), again(7, 1), other(7, 2);
    bool differs = false;
    for (int i = 0; i < 100; ++i) {
        const auto a = one.next(), b = again.next(), c = other.next();
        BOOST_REQUIRE((a.what == b.what && a.form == b.form && a.place == b.place && a.amount == b.amount));
        differs = differs || a.form != c.form;
    }
    BOOST_TEST(differs);
}

BOOST_AUTO_TEST_SUITE_END()
