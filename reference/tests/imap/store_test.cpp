// STORE, EXPUNGE, COPY, MOVE: RFC 9051 §6.4.3, §6.4.6 to §6.4.9; RFC 4315; RFC 6851; RFC 7162 §3.1.3,
// §3.1.12, §3.2.7 to §3.2.9; RFC 2180 §4.2, §4.4.
#include "reference/tests/imap/selected_dialog.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace imap_tests;

namespace {

using ids = std::vector<mailbox::uid>;
using change = decltype(mailbox::flag_change::how);

constexpr mailbox::flag_set answered = mailbox::flag::answered, flagged = mailbox::flag::flagged,
                            deleted = mailbox::flag::deleted, seen = mailbox::flag::seen;

// Three messages: mod-sequences 2, 3, 4. Clients speak IMAP4rev2.
struct three_messages {
    memory_account account;
    memory_folder& inbox = account.at("INBOX");
    three_messages() {
        for (int i = 0; i < 3; ++i)
            inbox.put("Subject: x\r\n\r\n");
    }
    // What another session does.
    void set(const ids& which, mailbox::flag_set flags) {
        BOOST_REQUIRE(inbox.store_flags(which, {.flags = flags}));
    }
    void expunge(const ids& which) { BOOST_REQUIRE(inbox.expunge(which, true)); }
    mailbox::flag_set flags(mailbox::uid id) { return inbox.find(id)->flags; }
};

struct client_of : selected_dialog {
    explicit client_of(three_messages& in, bool examine = false)
        : selected_dialog(in.account, examine) {
        how.rev2 = true;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(imap_store)

BOOST_FIXTURE_TEST_CASE(sets_adds_and_removes, three_messages) {
    client_of client(*this);
    client.how.rev2 = false;
    BOOST_TEST(client.run("STORE 1 FLAGS (\\Seen \\Flagged)") ==
               "* 1 FETCH (FLAGS (\\Flagged \\Seen \\Recent))\r\na OK STORE completed\r\n");
    client.how.rev2 = true;
    BOOST_TEST(
        client.run("STORE 1:2 +FLAGS (\\Deleted)") ==
        "* 1 FETCH (UID 1 FLAGS (\\Flagged \\Deleted \\Seen))\r\n* 2 FETCH (UID 2 FLAGS (\\Deleted))\r\n"
        "a OK STORE completed\r\n");
    BOOST_TEST(client.run("STORE 1 -FLAGS \\Seen \\Draft") ==
               "* 1 FETCH (UID 1 FLAGS (\\Flagged \\Deleted))\r\na OK STORE completed\r\n");
    BOOST_TEST(client.run("UID STORE 1 FLAGS ()") ==
               "* 1 FETCH (UID 1 FLAGS ())\r\na OK STORE completed\r\n");
    BOOST_TEST(client.run("UID STORE 99 FLAGS (\\Seen)") == "a OK STORE completed\r\n");
    BOOST_TEST(client.run("NOOP") == "a OK NOOP completed\r\n");
    BOOST_TEST((flags(2) == deleted));
}

BOOST_FIXTURE_TEST_CASE(silent_hides_our_change_and_no_other, three_messages) {
    client_of client(*this), other(*this);
    BOOST_TEST(client.run("STORE 1 +FLAGS.SILENT (\\Seen)") == "a OK STORE completed\r\n");
    BOOST_TEST((flags(1) == seen));
    // RFC 9051 §6.4.6: another session changed the flags meanwhile.
    BOOST_TEST(other.run("STORE 2 +FLAGS.SILENT (\\Answered)") ==
               "* 1 FETCH (UID 1 FLAGS (\\Seen))\r\na OK STORE completed\r\n");
    BOOST_TEST(client.run("STORE 1:3 +FLAGS.SILENT (\\Flagged)") ==
               "* 2 FETCH (UID 2 FLAGS (\\Answered \\Flagged))\r\na OK STORE completed\r\n");
    BOOST_TEST(client.run("NOOP") == "a OK NOOP completed\r\n");
    BOOST_TEST(other.run("NOOP") == "* 1 FETCH (UID 1 FLAGS (\\Flagged \\Seen))\r\n"
                                    "* 2 FETCH (UID 2 FLAGS (\\Answered \\Flagged))\r\n"
                                    "* 3 FETCH (UID 3 FLAGS (\\Flagged))\r\na OK NOOP completed\r\n");
}

BOOST_FIXTURE_TEST_CASE(keywords_are_made_and_announced, three_messages) {
    client_of client(*this), other(*this);
    const std::string defined = "\\Answered \\Flagged \\Deleted \\Seen \\Draft $Junk x-y";
    BOOST_TEST(client.untagged("STORE 1 +FLAGS ($Junk x-y)") ==
               "* FLAGS (" + defined + ")\r\n* OK [PERMANENTFLAGS (" + defined +
                   " \\*)] These flags are kept\r\n* 1 FETCH (UID 1 FLAGS ($Junk x-y))\r\n");
    // Told to others before a message shows them.
    BOOST_TEST(other.untagged("NOOP") == "* FLAGS (" + defined + ")\r\n* OK [PERMANENTFLAGS (" + defined +
                                             " \\*)] These flags are kept\r\n"
                                             "* 1 FETCH (UID 1 FLAGS ($Junk x-y))\r\n");
    // The same one in other letters; one that nobody has is not made to be removed.
    BOOST_TEST(client.untagged("STORE 1 -FLAGS ($JUNK nobody)") == "* 1 FETCH (UID 1 FLAGS (x-y))\r\n");
    BOOST_TEST(inbox.keywords().size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(there_is_a_limit_to_keywords, three_messages) {
    inbox.most_keywords = 1;
    client_of client(*this);
    BOOST_TEST(client.tagged("STORE 1 FLAGS (one)") == "a OK STORE completed\r\n");
    BOOST_TEST(client.run("STORE 1 +FLAGS (\\Seen two)") ==
               "a NO [LIMIT] There are too many of them already\r\n");
    BOOST_TEST((flags(1) == 1u << mailbox::flag::first_keyword));
}

BOOST_FIXTURE_TEST_CASE(nothing_is_stored_where_nothing_may_be, three_messages) {
    client_of client(*this, true);
    BOOST_TEST(client.run("STORE 1 FLAGS (\\Seen)") ==
               "a NO [READ-ONLY] Nothing can be changed in this mailbox: it is open read-only\r\n");
    BOOST_TEST((flags(1) == 0u));
}

BOOST_DATA_TEST_CASE(mistakes_are_bad,
                     boost::unit_test::data::make({
                         "STORE 1",
                         "STORE 1 FLAGS",
                         "STORE 1 FLAGS ",
                         "STORE 1 FLAGS (\\Seen",
                         "STORE 1 FLAGS (\\Recent)",
                         "STORE 1 FLAGS (\\Unknown)",
                         "STORE 1 FLAG (\\Seen)",
                         "STORE 1 ++FLAGS (\\Seen)",
                         "STORE 1 FLAGS.SILENT.X (\\Seen)",
                         "STORE 1 FLAGS (\\Seen) x",
                         "STORE 1 () FLAGS (\\Seen)",
                         "STORE 1 (UNCHANGEDSINCE) FLAGS (\\Seen)",
                         "STORE 1 (UNCHANGEDSINCE -1) FLAGS (\\Seen)",
                         "STORE 1 (UNCHANGEDSINCE 9223372036854775808) FLAGS (\\Seen)",
                         "STORE 1 (UNCHANGEDSINCE 1 2) FLAGS (\\Seen)",
                         "STORE 4 FLAGS (\\Seen)",
                         "STORE 0 FLAGS (\\Seen)",
                         "UID STORE a FLAGS (\\Seen)",
                     }),
                     command) {
    three_messages in;
    client_of client(in);
    BOOST_TEST(client.run(command).starts_with("a BAD "));
    BOOST_TEST((in.flags(1) == 0u));
}

BOOST_FIXTURE_TEST_CASE(errors_say_what_would_be_right, three_messages) {
    client_of client(*this);
    BOOST_TEST(client.run("STORE 1 FLAG (\\Seen)") ==
               "a BAD expected FLAGS, +FLAGS or -FLAGS, perhaps with .SILENT\r\n");
    BOOST_TEST(client.run("STORE 1 (X) FLAGS (\\Seen)") ==
               "a BAD expected UNCHANGEDSINCE, the only modifier of STORE\r\n");
}

BOOST_FIXTURE_TEST_CASE(of_messages_that_went, three_messages) {
    client_of client(*this);
    expunge({2});
    // RFC 2180 §4.2.3: stored where it can be, and NO; §4.2.1: with .SILENT it is OK.
    BOOST_TEST(client.run("STORE 1:3 +FLAGS (\\Seen)") ==
               "* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n* 3 FETCH (UID 3 FLAGS (\\Seen))\r\n"
               "a NO [EXPUNGEISSUED] Some of these messages no longer exist\r\n");
    BOOST_TEST(client.run("STORE 2:3 +FLAGS.SILENT (\\Draft)") == "a OK STORE completed\r\n");
    BOOST_TEST(
        client.run("UID STORE 1:3 +FLAGS (\\Flagged)") ==
        "* 1 FETCH (UID 1 FLAGS (\\Flagged \\Seen))\r\n"
        "* 3 FETCH (UID 3 FLAGS (\\Flagged \\Seen \\Draft))\r\n* 2 EXPUNGE\r\na OK STORE completed\r\n");
}

BOOST_FIXTURE_TEST_CASE(with_condstore_mod_sequences_are_told, three_messages) {
    client_of client(*this);
    client.how.condstore = true;
    // RFC 7162 §3.1.4.2, example 14: also of what was stored silently.
    BOOST_TEST(client.untagged("STORE 1 +FLAGS.SILENT (\\Seen)") == "* 1 FETCH (UID 1 MODSEQ (5))\r\n");
    BOOST_TEST(client.untagged("STORE 2 +FLAGS (\\Seen)") ==
               "* 2 FETCH (UID 2 FLAGS (\\Seen) MODSEQ (6))\r\n");
    // RFC 7162 §3.1.11: nothing changed.
    BOOST_TEST(client.untagged("STORE 2 +FLAGS.SILENT (\\Seen)") == "");
}

BOOST_FIXTURE_TEST_CASE(conditional_store, three_messages) {
    client_of client(*this);
    set({2}, answered); // 5
    BOOST_TEST(client.run("STORE 1:3 (UNCHANGEDSINCE 4) FLAGS.SILENT (\\Seen)") ==
               "* OK [HIGHESTMODSEQ 4] Changes are counted from here\r\n"
               "* 1 FETCH (UID 1 MODSEQ (6))\r\n* 2 FETCH (UID 2 FLAGS (\\Answered) MODSEQ (5))\r\n"
               "* 3 FETCH (UID 3 MODSEQ (6))\r\n"
               "a OK [MODIFIED 2] Conditional STORE failed for some messages\r\n");
    BOOST_TEST((flags(2) == answered));
    BOOST_TEST(client.run("UID STORE 2 (unchangedsince 5) FLAGS (\\Flagged)") ==
               "* 2 FETCH (UID 2 FLAGS (\\Flagged) MODSEQ (7))\r\na OK STORE completed\r\n");
    // RFC 7162 §3.1.3: 0 always fails. A message named twice counts once.
    BOOST_TEST(client.tagged("UID STORE 3,2,3 (UNCHANGEDSINCE 0) +FLAGS (\\Draft)") ==
               "a OK [MODIFIED 2:3] Conditional STORE failed for some messages\r\n");
    BOOST_TEST(client.untagged("STORE 1,1:2 (UNCHANGEDSINCE 7) +FLAGS.SILENT (\\Draft)") ==
               "* 1 FETCH (UID 1 MODSEQ (8))\r\n* 2 FETCH (UID 2 MODSEQ (8))\r\n");
    // It succeeded and changed nothing: the mod-sequence is told all the same.
    BOOST_TEST(client.untagged("STORE 1 (UNCHANGEDSINCE 9) +FLAGS.SILENT (\\Draft)") ==
               "* 1 FETCH (UID 1 MODSEQ (8))\r\n");
}

BOOST_FIXTURE_TEST_CASE(modified_and_gone, three_messages) {
    client_of client(*this);
    client.how.condstore = true;
    set({2}, answered); // 5
    expunge({3});
    BOOST_TEST(client.tagged("STORE 1:3 (UNCHANGEDSINCE 4) FLAGS (\\Seen)") ==
               "a NO [MODIFIED 2] Some of these messages no longer exist\r\n");
}

// RFC 7162 §3.1.12: the client knows message 2 as it was at 3; what changed after is not what it stores.
BOOST_FIXTURE_TEST_CASE(other_flags_that_changed_are_no_reason_to_refuse, three_messages) {
    client_of client(*this);
    client.how.condstore = true;
    set({2}, deleted); // 5
    BOOST_TEST(client.run("STORE 2 (UNCHANGEDSINCE 4) +FLAGS.SILENT (\\Seen)") ==
               "* 2 FETCH (UID 2 FLAGS (\\Deleted \\Seen) MODSEQ (6))\r\na OK STORE completed\r\n");
    // The same flag, or a client that knows less than it was told: refused.
    set({3}, seen); // 7
    BOOST_TEST(client.tagged("STORE 3 (UNCHANGEDSINCE 6) +FLAGS (\\Seen)").starts_with("a OK [MODIFIED 3]"));
    BOOST_TEST(client.tagged("STORE 2 (UNCHANGEDSINCE 4) +FLAGS (\\Draft)").starts_with("a OK [MODIFIED 2]"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(imap_expunge)

BOOST_FIXTURE_TEST_CASE(removes_what_is_deleted, three_messages) {
    client_of client(*this), other(*this);
    set({1, 3}, deleted);
    // From the end, so that no number changes another (RFC 9051 §7.5.1).
    BOOST_TEST(client.run("EXPUNGE") == "* 3 EXPUNGE\r\n* 1 EXPUNGE\r\na OK EXPUNGE completed\r\n");
    BOOST_TEST(client.run("FETCH 1 UID") == "* 1 FETCH (UID 2)\r\na OK FETCH completed\r\n");
    BOOST_TEST(client.run("EXPUNGE") == "a OK EXPUNGE completed\r\n");
    // Not during FETCH, STORE and SEARCH; their UID forms and NOOP may.
    BOOST_TEST(other.untagged("FETCH 2 UID") == "* 2 FETCH (UID 2)\r\n");
    BOOST_TEST(other.untagged("STORE 2 FLAGS ()") == "* 2 FETCH (UID 2 FLAGS ())\r\n");
    BOOST_TEST(other.untagged("SEARCH ALL") == "* ESEARCH (TAG \"a\") ALL 2\r\n");
    BOOST_TEST(other.untagged("UID SEARCH 1:3") == "* ESEARCH (TAG \"a\") UID ALL 2\r\n");
    BOOST_TEST(other.untagged("SORT (DATE) UTF-8 ALL") == "* SORT 2\r\n");
    BOOST_TEST(other.untagged("THREAD REFERENCES UTF-8 ALL") == "* THREAD (2)\r\n");
    BOOST_TEST(other.untagged("UID SEARCH ALL") ==
               "* ESEARCH (TAG \"a\") UID ALL 2\r\n* 3 EXPUNGE\r\n* 1 EXPUNGE\r\n");
}

BOOST_FIXTURE_TEST_CASE(by_uid_only_those_named, three_messages) {
    client_of client(*this);
    set({1, 3}, deleted);
    BOOST_TEST(client.run("UID EXPUNGE 2:9") == "* 3 EXPUNGE\r\n* 1 FETCH (UID 1 FLAGS (\\Deleted))\r\n"
                                                "a OK EXPUNGE completed\r\n");
    BOOST_TEST((flags(1) == deleted));
    BOOST_TEST(client.run("UID EXPUNGE").starts_with("a BAD "));
    BOOST_TEST(client.run("EXPUNGE 1").starts_with("a BAD "));
}

BOOST_FIXTURE_TEST_CASE(qresync_clients_hear_of_uids, three_messages) {
    client_of client(*this), other(*this);
    client.how.qresync = client.how.condstore = true;
    set({1, 2, 3}, deleted); // 5
    BOOST_TEST(client.untagged("NOOP") == "* 1 FETCH (UID 1 FLAGS (\\Deleted) MODSEQ (5))\r\n"
                                          "* 2 FETCH (UID 2 FLAGS (\\Deleted) MODSEQ (5))\r\n"
                                          "* 3 FETCH (UID 3 FLAGS (\\Deleted) MODSEQ (5))\r\n");
    BOOST_TEST(client.run("UID EXPUNGE 1:2") ==
               "* VANISHED 1:2\r\na OK [HIGHESTMODSEQ 6] EXPUNGE completed\r\n");
    BOOST_TEST(client.run("EXPUNGE") == "* VANISHED 3\r\na OK [HIGHESTMODSEQ 7] EXPUNGE completed\r\n");
    BOOST_TEST(client.run("EXPUNGE") == "a OK EXPUNGE completed\r\n");
}

BOOST_FIXTURE_TEST_CASE(nothing_goes_from_an_examined_mailbox, three_messages) {
    set({1}, deleted);
    client_of client(*this, true);
    BOOST_TEST(client.run("EXPUNGE").starts_with("a NO [READ-ONLY] "));
    BOOST_TEST(bool(imap::expunge_silently(client.folder())));
    BOOST_TEST(inbox.records().size() == 3u);
}

BOOST_FIXTURE_TEST_CASE(close_removes_without_a_word, three_messages) {
    client_of client(*this);
    set({1, 3}, deleted);
    BOOST_TEST(bool(imap::expunge_silently(client.folder())));
    BOOST_TEST(inbox.records().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(imap_copy_and_move)

struct two_mailboxes : three_messages {
    memory_folder* there = nullptr;
    two_mailboxes() {
        BOOST_REQUIRE(account.create("Box/b", {}));
        there = &account.at("Box/b");
        there->put("old");
    }
};

BOOST_FIXTURE_TEST_CASE(copies_flags_and_tells_the_uids, two_mailboxes) {
    client_of client(*this);
    client.tagged("STORE 3 FLAGS (\\Seen x)");
    BOOST_TEST(client.run("COPY 1,3 Box/b") == "a OK [COPYUID 1003 1,3 2:3] COPY completed\r\n");
    BOOST_TEST(there->records().size() == 3u);
    BOOST_TEST((there->find(3)->flags == (seen | 1u << mailbox::flag::first_keyword)));
    BOOST_TEST(there->keywords().at(0) == "x");
    BOOST_TEST(client.run("UID COPY 99 \"Box/b\"") == "a OK No messages to copy\r\n");
}

BOOST_FIXTURE_TEST_CASE(into_the_same_mailbox, three_messages) {
    client_of client(*this);
    BOOST_TEST(client.run("COPY 2 INBOX") == "* 4 EXISTS\r\na OK [COPYUID 1001 2 4] COPY completed\r\n");
    BOOST_TEST(client.run("MOVE 1 inbox") ==
               "* OK [COPYUID 1001 1 5] Moved\r\n* 1 EXPUNGE\r\n* 4 EXISTS\r\na OK MOVE completed\r\n");
}

BOOST_FIXTURE_TEST_CASE(a_destination_that_is_not_there, three_messages) {
    client_of client(*this);
    for (const std::string command : {"COPY 1 ", "UID COPY 1 ", "MOVE 1 ", "UID MOVE 1 ", "UID COPY 99 "})
        BOOST_TEST(client.run(command + "nowhere") ==
                   "a NO [TRYCREATE] There is no mailbox of that name\r\n");
    BOOST_TEST(account.list()->size() == 1u);
    BOOST_TEST(inbox.records().size() == 3u);
}

BOOST_FIXTURE_TEST_CASE(moving, two_mailboxes) {
    client_of client(*this);
    set({2}, deleted | flagged);
    // RFC 6851 §4.3: COPYUID before the EXPUNGEs; other \Deleted messages stay.
    BOOST_TEST(client.run("MOVE 1,3 Box/b") ==
               "* OK [COPYUID 1003 1,3 2:3] Moved\r\n* 3 EXPUNGE\r\n"
               "* 1 EXPUNGE\r\n* 1 FETCH (UID 2 FLAGS (\\Flagged \\Deleted))\r\n"
               "a OK MOVE completed\r\n");
    client.how.qresync = client.how.condstore = true;
    BOOST_TEST(client.run("UID MOVE 2 Box/b") == "* OK [COPYUID 1003 2 4] Moved\r\n* VANISHED 2\r\n"
                                                 "a OK [HIGHESTMODSEQ 7] MOVE completed\r\n");
    BOOST_TEST((there->find(4)->flags == (deleted | flagged)));
    BOOST_TEST(client.run("UID MOVE 2 Box/b") == "a OK No messages to move\r\n");
    client_of reader(*this, true);
    BOOST_TEST(reader.run("UID MOVE 1 Box/b").starts_with("a NO [READ-ONLY] "));
}

BOOST_FIXTURE_TEST_CASE(all_or_none_when_some_went, two_mailboxes) {
    client_of client(*this);
    expunge({2});
    // RFC 2180 §4.4.1
    BOOST_TEST(client.untagged("FETCH 1 UID") == "* 1 FETCH (UID 1)\r\n");
    BOOST_TEST(client.run("COPY 1:3 Box/b") ==
               "* 2 EXPUNGE\r\na NO [EXPUNGEISSUED] Some of these messages no longer exist\r\n");
    BOOST_TEST(there->records().size() == 1u);
    expunge({3});
    BOOST_TEST(client.run("UID COPY 1:9 Box/b") ==
               "* 2 EXPUNGE\r\na OK [COPYUID 1003 1 2] COPY completed\r\n");
}

BOOST_FIXTURE_TEST_CASE(quota_refuses, two_mailboxes) {
    client_of client(*this);
    there->refuse_with(mailbox::trouble{mailbox::trouble::kind::over_quota, ""});
    BOOST_TEST(client.run("COPY 1 Box/b") == "a NO [OVERQUOTA] The quota is exceeded\r\n");
    BOOST_TEST(client.run("MOVE 1 Box/b") == "a NO [OVERQUOTA] The quota is exceeded\r\n");
    BOOST_TEST(inbox.records().size() == 3u);
}

BOOST_DATA_TEST_CASE(mistakes_are_bad,
                     boost::unit_test::data::make({"COPY", "COPY 1", "COPY 1 ", "COPY 1 a b", "COPY a b",
                                                   "COPY 4 a", "UID MOVE 0 a", "MOVE 1 (a)"}),
                     command) {
    three_messages in;
    client_of client(in);
    BOOST_TEST(client.run(command).starts_with("a BAD "));
}

BOOST_AUTO_TEST_SUITE_END()
