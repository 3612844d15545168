// Mod-sequences, VANISHED and resynchronization: transcripts in which the server errs, one violation each.
#include "harness/stress/checkpoint.hpp"
#include "harness/tests/stress/world_of_one.hpp"

using namespace mailspec::stress;

namespace {

struct qresync_session : world_of_one {
    qresync_session() { model.enabled({true, true, true}); }
    asked conditional(std::vector<std::uint64_t> numbers, std::uint64_t since) {
        auto store = of(kind::store_if, std::move(numbers), true);
        store.unchanged_since = since;
        store.replaces = true;
        store.flags = {"\\SEEN"};
        return store;
    }
    asked changed(std::vector<std::uint64_t> uids, std::uint64_t since) {
        auto fetch = of(kind::fetch_changed, std::move(uids), true);
        fetch.changed_since = since;
        fetch.vanished = true;
        fetch.items = {"UID", "FLAGS", "MODSEQ"};
        return fetch;
    }
    asked resync() {
        auto again = select();
        again.resyncs = true;
        return again;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(mod_sequences, qresync_session)

BOOST_AUTO_TEST_CASE(vanished_is_of_what_is_there) {
    open();
    truth.may_be_deleted(10);
    fine(of(kind::noop), "* VANISHED 10\r\n");
    BOOST_TEST(model.uid_of(1) == 20);
    finds(of(kind::noop), "* VANISHED 10\r\n",
          "VANISHED tells UID 10, which is not there any more (RFC 7162 §3.2.10.2)");
    finds(of(kind::noop), "* VANISHED 15\r\n",
          "VANISHED tells UID 15, which is not there (RFC 7162 §3.2.10.2)");
    finds(of(kind::noop), "* VANISHED 1:900\r\n", "VANISHED of 900 messages in a mailbox of 1");
    truth.may_be_deleted(20);
    finds(of(kind::fetch_flags, {1}), "* VANISHED 20\r\n",
          "VANISHED while fetch-flags is answered (RFC 9051 §7.5.1)");
}

BOOST_AUTO_TEST_CASE(vanished_may_be_of_one_that_only_exists_told) {
    open();
    fine({}, "* 3 EXISTS\r\n* VANISHED 30\r\n");
    BOOST_TEST(model.size() == 2);
    fine({}, "* 3 EXISTS\r\n");
    finds({}, "* VANISHED 15\r\n", "VANISHED tells UID 15, which is not there (RFC 7162 §3.2.10.2)");
}

BOOST_AUTO_TEST_CASE(what_vanished_does_not_come_back) {
    open();
    truth.may_be_deleted(20);
    fine({}, "* VANISHED 20\r\n* 2 EXISTS\r\n");
    finds({}, "* 2 FETCH (UID 20 FLAGS () MODSEQ (9))\r\n",
          "message 2 has UID 20, which was told to be gone");
}

BOOST_AUTO_TEST_CASE(vanished_with_a_message_still_there) {
    open();
    BOOST_TEST(truth.added(20, "1.1.1", 10).empty());
    finds({}, "* VANISHED 20\r\n",
          "UID 20 of box was expunged, though nobody set \\Deleted on it or moved it");
}

BOOST_AUTO_TEST_CASE(flags_come_with_modseq_and_uid) {
    open();
    fine({}, "* 1 FETCH (FLAGS (\\Seen))\r\n");
    const auto formal = model.formal();
    BOOST_REQUIRE(formal.size() == 2);
    BOOST_TEST(formal[0].second == "FETCH tells flags without MODSEQ (RFC 7162 §3.1)");
    BOOST_TEST(formal[1].second == "FETCH tells flags without UID (RFC 7162 §3.2.4)");
    fine(of(kind::close), "a OK [HIGHESTMODSEQ 9] closed\r\n");
    BOOST_TEST(model.formal().at(0).second == "HIGHESTMODSEQ in the answer to CLOSE (RFC 7162 §3.2.8)");
}

BOOST_AUTO_TEST_CASE(flags_of_a_modseq) {
    open();
    finds({}, "* 1 FETCH (UID 10 FLAGS (\\Seen) MODSEQ (5))\r\n",
          "UID 10 of box at MODSEQ 5 was told to have the flags () and (\\SEEN)");
    fine({}, "* 2 FETCH (UID 20 FLAGS (\\Seen) MODSEQ (6))\r\n* 2 FETCH (UID 20 MODSEQ (7))\r\n");
    BOOST_TEST(
        model.formal().at(0).second ==
        "FETCH tells changed flags with the MODSEQ of before, and the new one behind it (RFC 7162 §3.1)");
}

BOOST_AUTO_TEST_CASE(modified_is_judged) {
    open();
    finds(conditional({10}, 5), "a OK [MODIFIED 20] some\r\n",
          "MODIFIED names 20, which STORE was not about");
    finds(of(kind::store, {1}), "a OK [MODIFIED 1] some\r\n", "MODIFIED to a STORE without UNCHANGEDSINCE");
    fine(conditional({10}, 7), "a OK [MODIFIED 10] some\r\n");
    finds({}, "* 1 FETCH (UID 10 FLAGS () MODSEQ (6))\r\n",
          "STORE (UNCHANGEDSINCE 7) was answered by MODIFIED, and UID 10 is told to have MODSEQ 6");
    auto store = conditional({20}, 6);
    store.known_modseq[20] = 8; // another session was told so
    finds(store, "* 2 FETCH (UID 20 MODSEQ (9) FLAGS (\\Seen))\r\na OK done\r\n",
          "STORE (UNCHANGEDSINCE 6) of UID 20 was done, though its MODSEQ was 8 before");
    fine(store, "a OK [MODIFIED 20] some\r\n");
}

BOOST_AUTO_TEST_CASE(a_conditional_store_tells_the_new_modseq) {
    open();
    auto store = of(kind::store, {10}, true);
    store.own_keyword = store.adds = true;
    store.flags = {"MINE-1"};
    fine(store, "* 1 FETCH (UID 10 FLAGS (mine-1) MODSEQ (7))\r\na OK done\r\n");
    store.adds = false;
    store.silent = true;
    store.unchanged_since = 7;
    fine(store, "a OK done\r\n");
    owes("MODSEQ of STORE (UNCHANGEDSINCE) was not answered for UID 10, which is still there");
}

BOOST_AUTO_TEST_CASE(changed_since) {
    open();
    finds(changed({10, 20}, 5),
          "* 1 FETCH (UID 10 FLAGS () MODSEQ (5))\r\n* 2 FETCH (UID 20 FLAGS () MODSEQ (6))\r\n",
          "FETCH (CHANGEDSINCE 5) told UID 10, which has MODSEQ 5");
    fine(changed({10, 20}, 5), ""); // 20 may be gone, and be told to be later
    owes("UID of FETCH was not answered for UID 20, which is still there");
}

BOOST_AUTO_TEST_CASE(vanished_earlier) {
    open();
    BOOST_TEST(truth.added(20, "1.1.1", 10).empty());
    BOOST_TEST(truth.added(30, "1.1.2", 20).empty());
    finds({}, "* VANISHED (EARLIER) 30\r\n", "VANISHED (EARLIER) that nobody asked for");
    finds(changed({20, 30}, 6), "* VANISHED (EARLIER) 30\r\n",
          "VANISHED (EARLIER) names UID 30, which nobody removed");
    truth.may_be_deleted(30);
    fine(changed({20, 30}, 6), "* VANISHED (EARLIER) 30\r\n");
    finds(changed({20, 30}, 6), "* VANISHED (EARLIER) 30:31\r\n",
          "VANISHED (EARLIER) names UIDs that were not asked for");
    finds(changed({20, 30}, 5), "* 2 FETCH (UID 20 FLAGS () MODSEQ (6))\r\n* VANISHED (EARLIER) 30\r\n",
          "VANISHED (EARLIER) behind a FETCH (RFC 7162 §3.2.6)");
}

BOOST_AUTO_TEST_CASE(vanished_earlier_tells_all) {
    open();
    truth.may_be_deleted(20);
    fine({}, "* VANISHED 20\r\n");
    auto fetch = changed({10, 20}, 6);
    fetch.gone_before = {20};
    notes(fetch, "", "UID FETCH (CHANGEDSINCE 6 VANISHED) did not tell that UID 20 is gone");
    fine(fetch, "* VANISHED (EARLIER) 20\r\n");
}

BOOST_AUTO_TEST_CASE(resynchronized) {
    open();
    fine(resync(), "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] so\r\n* OK [HIGHESTMODSEQ 9] so\r\n"
                   "* VANISHED (EARLIER) 10\r\n* 1 FETCH (UID 20 FLAGS (\\Seen) MODSEQ (8))\r\n"
                   "* 2 FETCH (UID 30 FLAGS () MODSEQ (9))\r\n");
    BOOST_TEST(model.size() == 2);
    BOOST_TEST(model.modseq() == 9);
}

BOOST_AUTO_TEST_CASE(a_removal_is_lost_in_resynchronization) {
    open();
    fine(resync(), "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] so\r\n* OK [HIGHESTMODSEQ 9] so\r\n");
    notes({}, "* 1 FETCH (UID 20 FLAGS () MODSEQ (6))\r\n",
          "UID 10 is gone, and SELECT (QRESYNC) from MODSEQ 6 did not tell so");
}

BOOST_AUTO_TEST_CASE(a_flag_is_lost_in_resynchronization) {
    open();
    fine(resync(), "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] so\r\n* OK [HIGHESTMODSEQ 9] so\r\n");
    notes(
        {}, "* 1 FETCH (UID 10 FLAGS (\\Seen) MODSEQ (8))\r\n* 2 FETCH (UID 20 FLAGS () MODSEQ (10))\r\n",
        "UID 10 at MODSEQ 8 has the flags (\\SEEN); who had kept it and heard SELECT (QRESYNC) from MODSEQ 6 "
        "has ()");
}

BOOST_AUTO_TEST_CASE(a_new_message_is_lost_in_resynchronization) {
    open();
    fine(resync(), "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] so\r\n* OK [HIGHESTMODSEQ 9] so\r\n");
    notes({},
          "* 1 FETCH (UID 10 FLAGS () MODSEQ (5))\r\n* 2 FETCH (UID 20 FLAGS () MODSEQ (6))\r\n"
          "* 3 FETCH (UID 30 FLAGS () MODSEQ (7))\r\n",
          "UID 30 at MODSEQ 7 is new since MODSEQ 6, and SELECT (QRESYNC) did not tell it");
}

// RFC 7162 §6: a HIGHESTMODSEQ that is told counts, even if larger mod-sequences were seen.
BOOST_AUTO_TEST_CASE(what_a_client_may_resynchronize_from) {
    open();
    BOOST_TEST(model.modseq() == 6);
    fine({}, "* 2 FETCH (UID 20 FLAGS (\\Seen) MODSEQ (12))\r\na OK done\r\n");
    BOOST_TEST(model.modseq() == 12);
    fine({}, "* 2 FETCH (UID 20 FLAGS () MODSEQ (15))\r\na OK [HIGHESTMODSEQ 13] one is delayed\r\n");
    BOOST_TEST(model.modseq() == 13);
    auto fetch = of(kind::fetch_flags, {2});
    fetch.items = {"UID"};
    fine(fetch, "* 2 FETCH (UID 20 FLAGS () MODSEQ (15))\r\na OK done\r\n"); // it asked for that one alone
    BOOST_TEST(model.modseq() == 13);
}

BOOST_AUTO_TEST_CASE(counts_at_the_end) {
    const seen_mailbox now{{10, {{"\\SEEN"}, 5}}, {20, {{}, 6}}};
    counted_mailbox counted{{{"MESSAGES", 2}, {"UNSEEN", 1}, {"UIDNEXT", 21}, {"HIGHESTMODSEQ", 6}},
                            {{"MESSAGES", 2}, {"UIDNEXT", 21}}};
    BOOST_TEST(miscounted(counted, now, "box").empty());
    counted.status["UIDNEXT"] = 22;
    BOOST_TEST(miscounted(counted, now, "box").at(0) ==
               "at the end STATUS tells UIDNEXT 22 of box, and EXAMINE 21");
    counted.status["UIDNEXT"] = 21;
    counted.status["UNSEEN"] = 2;
    BOOST_TEST(miscounted(counted, now, "box").at(0) ==
               "at the end STATUS tells UNSEEN 2 of box, and a session sees 1");
    counted.status["UNSEEN"] = 1;
    counted.status["HIGHESTMODSEQ"] = 5;
    BOOST_TEST(miscounted(counted, now, "box").at(0) ==
               "at the end STATUS tells HIGHESTMODSEQ 5 of box, and UID 20 has 6");
}

BOOST_AUTO_TEST_SUITE_END()
