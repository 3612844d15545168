// What SELECT says, and what a session hears of its mailbox afterwards: RFC 9051 §5.2, §6.3.2, §7.4, §7.5;
// RFC 3501 (RECENT, UNSEEN); RFC 7162 §3.1.2, §3.2.4, §3.2.5, §3.2.10.
#include "reference/tests/imap/selected_dialog.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace imap_tests;

BOOST_AUTO_TEST_SUITE(imap_selecting)

namespace {

using ids = std::vector<mailbox::uid>;
constexpr mailbox::flag_set seen = mailbox::flag::seen, flagged = mailbox::flag::flagged;

const std::string flags = "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n"
                          "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] "
                          "These flags are kept\r\n";

struct account_of_three : memory_account {
    memory_folder& inbox = at("INBOX");
    account_of_three() {
        inbox.put("x", seen);
        inbox.put("x");
        inbox.put("x");
    }
    void set(const ids& which, mailbox::flag_set f) { BOOST_REQUIRE(inbox.store_flags(which, {.flags = f})); }
    void expunge(const ids& which) { BOOST_REQUIRE(inbox.expunge(which, true)); }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(select_says_what_there_is, account_of_three) {
    selected_dialog client(*this);
    // That was the first session: what it saw is not recent any more.
    BOOST_TEST(client.select() == flags +
                                      "* 3 EXISTS\r\n* 0 RECENT\r\n* OK [UNSEEN 2] The first unseen one\r\n"
                                      "* OK [UIDVALIDITY 1001] UIDs are valid\r\n"
                                      "* OK [UIDNEXT 4] The next UID\r\n"
                                      "* OK [HIGHESTMODSEQ 4] The last change\r\na OK [READ-WRITE] Open\r\n");
    client.how.rev2 = true;
    BOOST_TEST(client.select() == flags +
                                      "* 3 EXISTS\r\n* OK [UIDVALIDITY 1001] UIDs are valid\r\n"
                                      "* OK [UIDNEXT 4] The next UID\r\n"
                                      "* OK [HIGHESTMODSEQ 4] The last change\r\na OK [READ-WRITE] Open\r\n");
}

BOOST_FIXTURE_TEST_CASE(examine_changes_nothing, account_of_three) {
    selected_dialog client(*this, true);
    for (int i = 0; i < 2; ++i) { // RFC 3501 §6.3.2: \Recent stays for others
        const auto all = client.select();
        BOOST_TEST(all.find("* 3 RECENT\r\n") != std::string::npos);
        BOOST_TEST(all.find("* OK [PERMANENTFLAGS ()] Nothing can be changed here\r\n") != std::string::npos);
        BOOST_TEST(all.ends_with("a OK [READ-ONLY] Open, for reading only\r\n"));
    }
    inbox.set_read_only(true);
    selected_dialog other(*this);
    BOOST_TEST(other.select().ends_with("a OK [READ-ONLY] Open, for reading only\r\n"));
}

BOOST_AUTO_TEST_CASE(an_empty_mailbox) {
    memory_account account;
    selected_dialog client(account);
    BOOST_TEST(client.select() == flags +
                                      "* 0 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1001] UIDs are valid\r\n"
                                      "* OK [UIDNEXT 1] The next UID\r\n"
                                      "* OK [HIGHESTMODSEQ 1] The last change\r\na OK [READ-WRITE] Open\r\n");
}

BOOST_FIXTURE_TEST_CASE(recent_belongs_to_one_session, account_of_three) {
    selected_dialog first(*this), second(*this);
    inbox.put("x");
    BOOST_TEST(second.run("NOOP") == "* 4 EXISTS\r\n* 1 RECENT\r\na OK NOOP completed\r\n");
    BOOST_TEST(first.run("NOOP") == "* 4 EXISTS\r\na OK NOOP completed\r\n");
    BOOST_TEST(first.untagged("FETCH 3:4 FLAGS") ==
               "* 3 FETCH (FLAGS (\\Recent))\r\n* 4 FETCH (FLAGS ())\r\n");
    BOOST_TEST(second.untagged("FETCH 3:4 FLAGS") ==
               "* 3 FETCH (FLAGS ())\r\n* 4 FETCH (FLAGS (\\Recent))\r\n");
}

BOOST_FIXTURE_TEST_CASE(news_come_with_any_command, account_of_three) {
    selected_dialog client(*this);
    client.how.rev2 = true;
    inbox.put("x");
    set({2}, flagged);
    BOOST_TEST(client.run("FETCH 1 UID") ==
               "* 1 FETCH (UID 1)\r\n* 4 EXISTS\r\n* 2 FETCH (UID 2 FLAGS (\\Flagged))\r\n"
               "a OK FETCH completed\r\n");
    // Told once; set and cleared again is no news.
    set({2}, seen);
    set({2}, flagged);
    BOOST_TEST(client.run("NOOP") == "a OK NOOP completed\r\n");
    client.how.rev2 = false;
    set({3}, seen);
    BOOST_TEST(client.untagged("NOOP") == "* 3 FETCH (FLAGS (\\Seen \\Recent))\r\n");
    // What FETCH has told is told.
    set({3}, 0);
    BOOST_TEST(client.untagged("FETCH 3 FLAGS") == "* 3 FETCH (FLAGS (\\Recent))\r\n");
    BOOST_TEST(client.untagged("NOOP") == "");
}

BOOST_FIXTURE_TEST_CASE(a_message_that_came_and_went_is_not_told, account_of_three) {
    selected_dialog client(*this);
    client.how.rev2 = true;
    const auto id = inbox.put("x");
    client.folder().catch_up();
    expunge({id});
    BOOST_TEST(client.untagged("NOOP") == "");
    const auto other = inbox.put("x");
    expunge({other});
    BOOST_TEST(client.untagged("NOOP") == "");
    inbox.put("x");
    BOOST_TEST(client.untagged("NOOP") == "* 4 EXISTS\r\n");
    BOOST_TEST(client.untagged("FETCH 4 UID") == "* 4 FETCH (UID 6)\r\n");
}

BOOST_FIXTURE_TEST_CASE(expunges_and_arrivals_together, account_of_three) {
    selected_dialog client(*this);
    client.how.rev2 = true;
    expunge({1, 2});
    inbox.put("x");
    // EXISTS counts what still has a number.
    BOOST_TEST(client.untagged("STORE 3 FLAGS (\\Seen)") ==
               "* 3 FETCH (UID 3 FLAGS (\\Seen))\r\n* 4 EXISTS\r\n");
    BOOST_TEST(client.untagged("NOOP") == "* 2 EXPUNGE\r\n* 1 EXPUNGE\r\n");
    BOOST_TEST(client.untagged("FETCH 1:2 UID") == "* 1 FETCH (UID 3)\r\n* 2 FETCH (UID 4)\r\n");
}

BOOST_FIXTURE_TEST_CASE(condstore_tells_mod_sequences, account_of_three) {
    selected_dialog client(*this);
    BOOST_TEST(client.select(" (CONDSTORE)").find("* OK [HIGHESTMODSEQ 4]") != std::string::npos);
    BOOST_TEST(client.how.condstore);
    set({2}, flagged);
    BOOST_TEST(client.untagged("NOOP") == "* 2 FETCH (UID 2 FLAGS (\\Flagged) MODSEQ (5))\r\n");
    // The flags are as before, the mod-sequence is not.
    set({2}, seen);
    set({2}, flagged);
    BOOST_TEST(client.untagged("NOOP") == "* 2 FETCH (UID 2 FLAGS (\\Flagged) MODSEQ (7))\r\n");
}

// RFC 7162 §3.2: what is said to be the highest lies below all that the client has not heard of.
BOOST_FIXTURE_TEST_CASE(highestmodseq_does_not_pass_what_is_held_back, account_of_three) {
    selected_dialog client(*this);
    expunge({1}); // 5
    BOOST_TEST(client.untagged("FETCH 2 (MODSEQ)") ==
               "* OK [HIGHESTMODSEQ 4] Changes are counted from here\r\n* 2 FETCH (MODSEQ (3))\r\n");
    BOOST_TEST((client.folder().settled() == 4u));
    client.run("NOOP");
    BOOST_TEST((client.folder().settled() == 5u));
}

// RFC 7162 §3.2, §6: a client that is told MODSEQ 6 while the removal at 5 waits must not resynchronize
// from 6.
BOOST_FIXTURE_TEST_CASE(qresync_is_told_what_is_held_back, account_of_three) {
    selected_dialog client(*this);
    client.how.qresync = client.how.condstore = true;
    expunge({2}); // 5
    BOOST_TEST(client.run("STORE 1 +FLAGS.SILENT (\\Flagged)") ==
               "* 1 FETCH (UID 1 MODSEQ (6))\r\n"
               "* OK [HIGHESTMODSEQ 4] A removal is still to be told\r\na OK STORE completed\r\n");
    BOOST_TEST(client.run("UID STORE 3 +FLAGS.SILENT (\\Flagged)") ==
               "* 3 FETCH (UID 3 MODSEQ (7))\r\n* VANISHED 2\r\n* 2 RECENT\r\na OK STORE completed\r\n");
}

BOOST_FIXTURE_TEST_CASE(many_news_come_in_slices, memory_account) {
    auto& inbox = at("INBOX");
    for (int i = 0; i < 10'000; ++i)
        inbox.put("");
    selected_dialog client(*this);
    client.how.rev2 = true;
    ids all;
    for (mailbox::uid id = 1; id <= 10'000; ++id)
        all.push_back(id);
    inbox.store_flags(all, {.flags = seen});
    const auto told = client.run("FETCH 1 UID");
    BOOST_TEST(std::count(told.begin(), told.end(), '\n') == 10'002);
    BOOST_TEST(client.slices > 3u);
}

BOOST_FIXTURE_TEST_CASE(qresync_tells_what_changed, account_of_three) {
    inbox.put("x"); // 4: 5
    inbox.put("x"); // 5: 6
    set({2}, flagged);
    expunge({1, 4}); // 8
    selected_dialog client(*this);
    client.how.qresync = client.how.condstore = client.how.rev2 = true;
    const auto get = [&](const std::string& parameters) {
        const auto all = client.select(" (QRESYNC (" + parameters + "))");
        const auto begin = all.find("The last change\r\n") + 17;
        return all.substr(begin, all.size() - begin - std::string("a OK [READ-WRITE] Open\r\n").size());
    };
    const std::string two = "* 1 FETCH (UID 2 FLAGS (\\Flagged) MODSEQ (7))\r\n",
                      five = "* 3 FETCH (UID 5 FLAGS () MODSEQ (6))\r\n";
    BOOST_TEST(get("1001 5") == "* VANISHED (EARLIER) 1,4\r\n" + two + five);
    BOOST_TEST(get("1001 6") == "* VANISHED (EARLIER) 1,4\r\n" + two);
    BOOST_TEST(get("1001 8") == "");
    BOOST_TEST(get("1001 5 1:2") == "* VANISHED (EARLIER) 1\r\n" + two);
    BOOST_TEST(get("1001 5 3:4") == "* VANISHED (EARLIER) 4\r\n");
    BOOST_TEST(get("1000 5") == ""); // other UIDs: as if nothing was asked
    // RFC 7162 §3.2.5.2: number 1 is no longer UID 1, or: number 2 is UID 3 now.
    BOOST_TEST(get("1001 5 1:5 (1 1)") == "* VANISHED (EARLIER) 1,4\r\n" + two + five);
    BOOST_TEST(get("1001 5 1:5 (2 3)") == "* VANISHED (EARLIER) 4\r\n" + two + five);
    BOOST_TEST(get("1001 5 (1:3 2:4)") == "* VANISHED (EARLIER) 4\r\n" + two + five);
}

BOOST_DATA_TEST_CASE(mistakes_are_bad,
                     boost::unit_test::data::make({
                         " ",
                         " ()",
                         " (FOO)",
                         " (CONDSTORE",
                         " CONDSTORE",
                         " (QRESYNC)",
                         " (QRESYNC ())",
                         " (QRESYNC (1))",
                         " (QRESYNC (0 1))",
                         " (QRESYNC (4294967296 1))",
                         " (QRESYNC (1 9223372036854775808))",
                         " (QRESYNC (1 1 *))",
                         " (QRESYNC (1 1 1:*))",
                         " (QRESYNC (1 1 $))",
                         " (QRESYNC (1 1 1 (1)))",
                         " (QRESYNC (1 1 1 (1 1) 1))",
                         " (QRESYNC (1 1) x)",
                     }),
                     options) {
    memory_account account;
    selected_dialog client(account);
    client.how.qresync = true;
    BOOST_TEST(client.select(options).starts_with("a BAD "));
}

BOOST_FIXTURE_TEST_CASE(qresync_has_to_be_enabled, account_of_three) {
    selected_dialog client(*this);
    BOOST_TEST(client.select(" (QRESYNC (1001 1))") == "a BAD QRESYNC needs ENABLE QRESYNC before\r\n");
    BOOST_TEST(client.select(" (FOO)") == "a BAD expected CONDSTORE or QRESYNC\r\n");
    client.how.qresync = true;
    BOOST_TEST(client.select(" (QRESYNC (1 1 1:*))") ==
               "a BAD the numbers that a client knows are written without \"*\" and \"$\"\r\n");
}

BOOST_AUTO_TEST_SUITE_END()
