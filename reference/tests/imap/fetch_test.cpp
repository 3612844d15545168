// FETCH and UID FETCH: items, flags, grammar, what happens meanwhile: RFC 9051 §6.4.5, §7.5.2; RFC 7162
// §3.1.4, §3.2.4, §3.2.6; RFC 2180 §4.1. What is in messages: fetch_body_test.cpp.
#include "reference/tests/imap/selected_dialog.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace imap_tests;

BOOST_AUTO_TEST_SUITE(imap_fetch)

namespace {

constexpr mailbox::flag_set seen = mailbox::flag::seen, flagged = mailbox::flag::flagged;

const std::string header = "From: Anna <anna@a.test>\r\n"
                           "To: bert@b.test\r\n"
                           "Subject: Lunch\r\n"
                           "Date: Wed, 17 Jul 1996 02:23:25 -0700\r\n"
                           "Message-ID: <1@a.test>\r\n"
                           "\r\n";

struct one_message {
    memory_account account;
    one_message() { account.at("INBOX").put(header + "At noon?\r\n", 0, 837596665, -420); }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(known_items_come_without_opening_the_message, one_message) {
    selected_dialog client(account);
    BOOST_TEST(client.run("FETCH 1 (FLAGS UID INTERNALDATE RFC822.SIZE)") ==
               "* 1 FETCH (FLAGS (\\Recent) UID 1 INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" "
               "RFC822.SIZE 134)\r\na OK FETCH completed\r\n");
    BOOST_TEST(client.run("fetch 1 fast") ==
               "* 1 FETCH (FLAGS (\\Recent) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" "
               "RFC822.SIZE 134)\r\na OK FETCH completed\r\n");
    client.how.rev2 = true;
    BOOST_TEST(client.untagged("FETCH 1 FLAGS") == "* 1 FETCH (FLAGS ())\r\n");
    BOOST_TEST(account.at("INBOX").opened == 0);
}

BOOST_FIXTURE_TEST_CASE(macros_are_what_the_rfc_says, one_message) {
    selected_dialog client(account);
    client.how.rev2 = true;
    const std::string fast =
        "* 1 FETCH (FLAGS () INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 134";
    const std::string envelope =
        " ENVELOPE (\"Wed, 17 Jul 1996 02:23:25 -0700\" \"Lunch\" ((\"Anna\" NIL \"anna\" \"a.test\")) "
        "((\"Anna\" NIL \"anna\" \"a.test\")) ((\"Anna\" NIL \"anna\" \"a.test\")) "
        "((NIL NIL \"bert\" \"b.test\")) NIL NIL NIL \"<1@a.test>\")";
    const std::string body = " BODY (\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 10 1)";
    BOOST_TEST(client.untagged("FETCH 1 FAST") == fast + ")\r\n");
    BOOST_TEST(client.untagged("FETCH 1 ALL") == fast + envelope + ")\r\n");
    BOOST_TEST(client.untagged("FETCH 1 FULL") == fast + envelope + body + ")\r\n");
    BOOST_TEST(client.tagged("FETCH 1 (FAST FLAGS)").starts_with("a BAD FETCH knows no FAST"));
}

BOOST_FIXTURE_TEST_CASE(reading_a_body_sets_seen_and_says_so, one_message) {
    selected_dialog client(account);
    client.how.rev2 = true;
    BOOST_TEST(client.untagged("FETCH 1 BODY.PEEK[1]") == "* 1 FETCH (BODY[1] {10}\r\nAt noon?\r\n)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 (BODY[1])") ==
               "* 1 FETCH (FLAGS (\\Seen) BODY[1] {10}\r\nAt noon?\r\n)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 (BODY[1])") == "* 1 FETCH (BODY[1] {10}\r\nAt noon?\r\n)\r\n");
    BOOST_TEST((account.at("INBOX").find(1)->flags == seen));
}

BOOST_AUTO_TEST_CASE(seen_is_set_by_these_and_no_others) {
    const std::pair<std::string, bool> items[] = {
        {"BODY[]", true},          {"BODY[HEADER]", true},
        {"BODY[TEXT]<0.1>", true}, {"BINARY[1]", true},
        {"RFC822", true},          {"RFC822.TEXT", true},
        {"RFC822.HEADER", false},  {"BODY.PEEK[]", false},
        {"BINARY.PEEK[1]", false}, {"BINARY.SIZE[1]", false},
        {"ENVELOPE", false},       {"BODYSTRUCTURE", false},
        {"BODY", false},           {"(BODY.PEEK[] BODY[])", true},
        {"FULL", false},
    };
    for (const auto& [item, sets] : items) {
        memory_account account;
        account.at("INBOX").put(header + "x");
        selected_dialog client(account);
        BOOST_TEST_CONTEXT(item) {
            BOOST_TEST(client.tagged("FETCH 1 " + item) == "a OK FETCH completed\r\n");
            BOOST_TEST((account.at("INBOX").find(1)->flags == (sets ? seen : 0)));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(an_examined_mailbox_stays_unseen, one_message) {
    selected_dialog client(account, true);
    client.how.rev2 = true;
    BOOST_TEST(client.run("FETCH 1 BODY[1]") ==
               "* 1 FETCH (BODY[1] {10}\r\nAt noon?\r\n)\r\na OK FETCH completed\r\n");
    BOOST_TEST((account.at("INBOX").find(1)->flags == 0u));
}

BOOST_FIXTURE_TEST_CASE(uid_fetch_always_tells_the_uid, one_message) {
    account.at("INBOX").put(header + "x", flagged);
    selected_dialog client(account);
    client.how.rev2 = true;
    BOOST_TEST(client.untagged("UID FETCH 2 FLAGS") == "* 2 FETCH (UID 2 FLAGS (\\Flagged))\r\n");
    BOOST_TEST(client.untagged("UID FETCH 2 (FLAGS UID)") == "* 2 FETCH (FLAGS (\\Flagged) UID 2)\r\n");
    BOOST_TEST(client.run("UID FETCH 77 FLAGS") == "a OK FETCH completed\r\n");
    BOOST_TEST(client.untagged("UID FETCH 559:* UID") == "* 2 FETCH (UID 2)\r\n");
    BOOST_TEST(client.untagged("UID FETCH *:1 UID") == "* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 2)\r\n");
}

BOOST_FIXTURE_TEST_CASE(numbers_that_are_not_there_are_bad, one_message) {
    selected_dialog client(account);
    BOOST_TEST(client.run("FETCH 2 FLAGS") == "a BAD there is no message 2: the last one is 1\r\n");
    BOOST_TEST(client.run("FETCH 1:9 FLAGS") == "a BAD there is no message 9: the last one is 1\r\n");
    BOOST_TEST(client.run("FETCH 1:* UID") == "* 1 FETCH (UID 1)\r\na OK FETCH completed\r\n");
    memory_account empty;
    selected_dialog nobody(empty);
    BOOST_TEST(nobody.run("FETCH * FLAGS") == "a BAD there is no message in this mailbox\r\n");
    BOOST_TEST(nobody.run("UID FETCH 1:* FLAGS") == "a OK FETCH completed\r\n");
}

BOOST_DATA_TEST_CASE(mistakes_are_bad,
                     boost::unit_test::data::make({
                         "FETCH",
                         "FETCH 1",
                         "FETCH 1 ",
                         "FETCH 0 FLAGS",
                         "FETCH 1 ()",
                         "FETCH 1 (FLAGS",
                         "FETCH 1 FLAGS UID",
                         "FETCH 1 (FLAGS  UID)",
                         "FETCH 1 BODY[",
                         "FETCH 1 BODY[]]",
                         "FETCH 1 BODY[MIME]",
                         "FETCH 1 BODY[0]",
                         "FETCH 1 BODY[01]",
                         "FETCH 1 BODY[1.]",
                         "FETCH 1 BODY[.1]",
                         "FETCH 1 BODY[4294967296]",
                         "FETCH 1 BODY[1.FOO]",
                         "FETCH 1 BODY[HEADER.FIELDS]",
                         "FETCH 1 BODY[HEADER.FIELDS ()]",
                         "FETCH 1 BODY[HEADER.FIELDS (A]",
                         "FETCH 1 BODY[HEADER.1]",
                         "FETCH 1 BODY[]<0>",
                         "FETCH 1 BODY[]<0.0>",
                         "FETCH 1 BODY[]<-1.5>",
                         "FETCH 1 BODY[]<9223372036854775808.1>",
                         "FETCH 1 BODY.PEEK",
                         "FETCH 1 BINARY[HEADER]",
                         "FETCH 1 BINARY",
                         "FETCH 1 BINARY.SIZE[1]<0.1>",
                         "FETCH 1 ENVELOPE[1]",
                         "FETCH 1 FLAGS (CHANGEDSINCE)",
                         "FETCH 1 FLAGS (CHANGEDSINCE 9223372036854775808)",
                         "FETCH 1 FLAGS (FOO)",
                         "FETCH 1 FLAGS ()",
                         "UID FETCH 1 FLAGS (VANISHED CHANGEDSINCE 1)", // RFC 7162 §3.2.6: no ENABLE QRESYNC
                     }),
                     command) {
    memory_account account;
    account.at("INBOX").put(header + "x");
    selected_dialog client(account);
    BOOST_TEST(client.run(command).starts_with("a BAD "));
    BOOST_TEST((account.at("INBOX").find(1)->flags == 0u));
}

BOOST_AUTO_TEST_CASE(errors_say_what_would_be_right) {
    memory_account account;
    selected_dialog client(account);
    BOOST_TEST(client.run("FETCH 1 FOO") == "a BAD FETCH knows no FOO\r\n");
    BOOST_TEST(client.run("FETCH 1 FOO[1]") == "a BAD FETCH knows no FOO[]\r\n");
    BOOST_TEST(client.run("FETCH 1 BODY[1.0]") == "a BAD a part of a message is a number like 1.2.3\r\n");
    BOOST_TEST(client.run("FETCH 1 BODY[X]") ==
               "a BAD no such section: expected HEADER, HEADER.FIELDS, HEADER.FIELDS.NOT or TEXT, a part "
               "number, or a part number with one of them or MIME\r\n");
    BOOST_TEST(client.run("FETCH 1 BODY[]<0.0>") == "a BAD the number of octets must not be 0\r\n");
    BOOST_TEST(client.run("FETCH 1 FLAGS (X)") ==
               "a BAD expected CHANGEDSINCE or VANISHED, the modifiers of FETCH\r\n");
    client.how.qresync = true;
    BOOST_TEST(client.run("FETCH 1 FLAGS (CHANGEDSINCE 1 VANISHED)") ==
               "a BAD VANISHED goes with UID FETCH only\r\n");
    BOOST_TEST(client.run("UID FETCH 1 FLAGS (VANISHED)") ==
               "a BAD VANISHED needs CHANGEDSINCE beside it\r\n");
    client.how.qresync = false;
    BOOST_TEST(client.run("UID FETCH 1 FLAGS (CHANGEDSINCE 1 VANISHED)") ==
               "a BAD VANISHED needs ENABLE QRESYNC before\r\n");
}

BOOST_AUTO_TEST_CASE(what_another_session_expunged) {
    memory_account account;
    auto& inbox = account.at("INBOX");
    for (int i = 0; i < 3; ++i)
        inbox.put(header + "x", seen);
    selected_dialog client(account);
    client.how.rev2 = true;
    BOOST_REQUIRE(inbox.expunge(std::vector<mailbox::uid>{2}, true));
    // RFC 2180 §4.1.2; RFC 9051 §7.5.1: and no EXPUNGE yet.
    BOOST_TEST(client.run("FETCH 1:3 (UID BODY[TEXT])") ==
               "* 1 FETCH (UID 1 BODY[TEXT] {1}\r\nx)\r\n* 3 FETCH (UID 3 BODY[TEXT] {1}\r\nx)\r\n"
               "a NO [EXPUNGEISSUED] Some of these messages no longer exist\r\n");
    BOOST_TEST(client.run("FETCH 2 (UID FLAGS)") ==
               "* 2 FETCH (UID 2 FLAGS (\\Seen))\r\na OK FETCH completed\r\n");
    // A UID that is not there is no error, and UID FETCH may tell.
    BOOST_TEST(client.run("UID FETCH 1:3 UID") == "* 1 FETCH (UID 1)\r\n* 3 FETCH (UID 3)\r\n"
                                                  "* 2 EXPUNGE\r\na OK FETCH completed\r\n");
    BOOST_TEST(client.run("FETCH 2 UID") == "* 2 FETCH (UID 3)\r\na OK FETCH completed\r\n");
}

BOOST_FIXTURE_TEST_CASE(mod_sequences, one_message) {
    auto& inbox = account.at("INBOX");
    inbox.put(header + "x");                                             // 3
    inbox.store_flags(std::vector<mailbox::uid>{1}, {.flags = flagged}); // 4
    selected_dialog client(account);
    client.how.rev2 = true;
    // RFC 7162 §3.1: the first command that enables CONDSTORE says from where changes are counted.
    BOOST_TEST(client.run("FETCH 1:2 (MODSEQ)") == "* OK [HIGHESTMODSEQ 4] Changes are counted from here\r\n"
                                                   "* 1 FETCH (MODSEQ (4))\r\n* 2 FETCH (MODSEQ (3))\r\n"
                                                   "a OK FETCH completed\r\n");
    BOOST_TEST(client.how.condstore);
    BOOST_TEST(client.untagged("FETCH 1:2 FLAGS (CHANGEDSINCE 3)") ==
               "* 1 FETCH (MODSEQ (4) FLAGS (\\Flagged))\r\n");
    BOOST_TEST(client.untagged("UID FETCH 1:* (FLAGS MODSEQ) (changedsince 4)") == "");
    // RFC 7162 §3.2.4: \Seen was set by the way.
    BOOST_TEST(client.untagged("FETCH 2 BODY[TEXT]") ==
               "* 2 FETCH (UID 2 FLAGS (\\Seen) MODSEQ (5) BODY[TEXT] {1}\r\nx)\r\n");
    BOOST_TEST(client.untagged("NOOP") == "");
}

BOOST_AUTO_TEST_CASE(vanished_messages_of_uid_fetch) {
    memory_account account;
    auto& inbox = account.at("INBOX");
    for (int i = 0; i < 6; ++i)
        inbox.put(header + "x");                                            // 2 .. 7
    BOOST_REQUIRE(inbox.expunge(std::vector<mailbox::uid>{2, 3, 5}, true)); // 8
    selected_dialog client(account);
    client.how.qresync = client.how.condstore = client.how.rev2 = true;
    BOOST_TEST(client.untagged("UID FETCH 1:* (FLAGS) (CHANGEDSINCE 6 VANISHED)") ==
               "* VANISHED (EARLIER) 2:3,5\r\n* 3 FETCH (UID 6 MODSEQ (7) FLAGS ())\r\n");
    BOOST_TEST(client.untagged("UID FETCH 3:4 (FLAGS) (VANISHED CHANGEDSINCE 7)") ==
               "* VANISHED (EARLIER) 3\r\n");
    BOOST_TEST(client.untagged("UID FETCH 1:* (FLAGS) (VANISHED CHANGEDSINCE 8)") == "");
}

BOOST_AUTO_TEST_CASE(flags_of_many_messages_come_in_slices) {
    memory_account account;
    for (int i = 0; i < 20'000; ++i)
        account.at("INBOX").put("", i % 2 ? seen : 0);
    selected_dialog client(account);
    client.how.rev2 = true;
    const auto all = client.run("FETCH 1:* (FLAGS)");
    BOOST_TEST(all.starts_with("* 1 FETCH (FLAGS ())\r\n* 2 FETCH (FLAGS (\\Seen))\r\n"));
    BOOST_TEST(all.ends_with("* 20000 FETCH (FLAGS (\\Seen))\r\na OK FETCH completed\r\n"));
    BOOST_TEST(std::count(all.begin(), all.end(), '\n') == 20'001);
    BOOST_TEST(client.slices > 5u);
    BOOST_TEST(account.at("INBOX").opened == 0);
}

BOOST_AUTO_TEST_SUITE_END()
