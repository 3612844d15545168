// FETCH and UID FETCH: RFC 9051 §6.4.5, §7.5.2; RFC 3516; RFC 7162 §3.1.4, §3.2.4, §3.2.6; RFC 2180 §4.1.
#include "reference/tests/imap/selected_dialog.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace imap_tests;
using namespace std::string_literals;

namespace {

constexpr mailbox::flag_set seen = mailbox::flag::seen, flagged = mailbox::flag::flagged;

const std::string header = "From: Anna <anna@a.test>\r\n"
                           "To: bert@b.test\r\n"
                           "Subject: Lunch\r\n"
                           "Date: Wed, 17 Jul 1996 02:23:25 -0700\r\n"
                           "Message-ID: <1@a.test>\r\n"
                           "\r\n";

const std::string nested = "MIME-Version: 1.0\r\n"
                           "Content-Type: multipart/mixed; boundary=b\r\n"
                           "\r\n"
                           "--b\r\n"
                           "\r\n"
                           "one\r\n"
                           "--b\r\n"
                           "Content-Type: message/rfc822\r\n"
                           "\r\n"
                           "Subject: inner\r\n"
                           "Content-Transfer-Encoding: base64\r\n"
                           "\r\n"
                           "aGkKeW91Cg==\r\n"
                           "--b\r\n"
                           "Content-Type: application/x-x\r\n"
                           "Content-Transfer-Encoding: base64\r\n"
                           "\r\n"
                           "AAEC\r\n"
                           "--b\r\n"
                           "Content-Transfer-Encoding: uuencode\r\n"
                           "\r\n"
                           "xyz\r\n"
                           "--b--\r\n";

struct one_message {
    memory_account account;
    one_message() { account.at("INBOX").put(header + "At noon?\r\n", 0, 837596665, -420); }
};

std::string body_of(const std::string& octets) {
    memory_account account;
    account.at("INBOX").put(octets, seen);
    selected_dialog client(account);
    client.how.rev2 = true;
    return client.untagged("FETCH 1 BODY.PEEK[]");
}

} // namespace

BOOST_AUTO_TEST_SUITE(imap_fetch)

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

BOOST_FIXTURE_TEST_CASE(what_was_computed_once_is_remembered, one_message) {
    selected_dialog client(account);
    const auto first = client.run("FETCH 1 (ENVELOPE BODYSTRUCTURE)");
    BOOST_TEST(account.at("INBOX").opened == 1);
    BOOST_TEST(client.run("FETCH 1 (ENVELOPE BODYSTRUCTURE)") == first);
    BOOST_TEST(account.at("INBOX").opened == 1);
}

BOOST_FIXTURE_TEST_CASE(sections_of_a_message_without_parts, one_message) {
    account.at("INBOX").store_flags(std::vector<mailbox::uid>{1}, {.flags = seen});
    selected_dialog client(account);
    client.how.rev2 = true;
    BOOST_TEST(client.untagged("FETCH 1 BODY[]") ==
               "* 1 FETCH (BODY[] {134}\r\n" + header + "At noon?\r\n)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 BODY[HEADER]") ==
               "* 1 FETCH (BODY[HEADER] {124}\r\n" + header + ")\r\n");
    BOOST_TEST(client.untagged("FETCH 1 BODY[TEXT]") == "* 1 FETCH (BODY[TEXT] {10}\r\nAt noon?\r\n)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 BODY[1]") == "* 1 FETCH (BODY[1] {10}\r\nAt noon?\r\n)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 BODY[2]") == "* 1 FETCH (BODY[2] NIL)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 body.peek[header.fields (subject \"To\" x]y)]") ==
               "* 1 FETCH (BODY[HEADER.FIELDS (subject To \"x]y\")] {35}\r\n"
               "To: bert@b.test\r\nSubject: Lunch\r\n\r\n)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 BODY[HEADER.FIELDS.NOT (From Date Message-ID)]") ==
               "* 1 FETCH (BODY[HEADER.FIELDS.NOT (From Date Message-ID)] {35}\r\n"
               "To: bert@b.test\r\nSubject: Lunch\r\n\r\n)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 (RFC822 RFC822.HEADER RFC822.TEXT)") ==
               "* 1 FETCH (RFC822 {134}\r\n" + header + "At noon?\r\n RFC822.HEADER {124}\r\n" + header +
                   " RFC822.TEXT {10}\r\nAt noon?\r\n)\r\n");
}

BOOST_FIXTURE_TEST_CASE(partial_fetches, one_message) {
    selected_dialog client(account, true);
    client.how.rev2 = true;
    BOOST_TEST(client.untagged("FETCH 1 BODY[TEXT]<3.4>") == "* 1 FETCH (BODY[TEXT]<3> {4}\r\nnoon)\r\n");
    // RFC 9051 §6.4.5: past the end is truncated, beyond the end is empty, and the origin is always named.
    BOOST_TEST(client.untagged("FETCH 1 BODY[TEXT]<0.2048>") ==
               "* 1 FETCH (BODY[TEXT]<0> {10}\r\nAt noon?\r\n)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 BODY[TEXT]<10.1>") == "* 1 FETCH (BODY[TEXT]<10> {0}\r\n)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 BODY[TEXT]<9223372036854775807.9223372036854775807>") ==
               "* 1 FETCH (BODY[TEXT]<9223372036854775807> {0}\r\n)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 BODY[HEADER.FIELDS (Subject)]<9.5>") ==
               "* 1 FETCH (BODY[HEADER.FIELDS (Subject)]<9> {5}\r\nLunch)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 (BODY[TEXT]<0.2> BODY[TEXT]<0.4> BODY[TEXT]<0.2>)") ==
               "* 1 FETCH (BODY[TEXT]<0> {2}\r\nAt BODY[TEXT]<0> {4}\r\nAt n)\r\n");
}

BOOST_AUTO_TEST_CASE(parts_of_parts) {
    memory_account account;
    account.at("INBOX").put(nested, seen);
    selected_dialog client(account, true);
    client.how.rev2 = true;
    const auto get = [&](const std::string& section) {
        const auto all = client.untagged("FETCH 1 BODY[" + section + "]");
        const auto begin = ("* 1 FETCH (BODY[" + section + "] ").size();
        return all.substr(begin, all.size() - begin - 3);
    };
    BOOST_TEST(get("1") == "{3}\r\none");
    BOOST_TEST(get("1.MIME") == "{2}\r\n\r\n");
    BOOST_TEST(get("2.MIME") == "{32}\r\nContent-Type: message/rfc822\r\n\r\n");
    BOOST_TEST(get("2.HEADER") == "{53}\r\nSubject: inner\r\nContent-Transfer-Encoding: base64\r\n\r\n");
    BOOST_TEST(get("2.HEADER.FIELDS (SUBJECT)") == "{18}\r\nSubject: inner\r\n\r\n");
    BOOST_TEST(get("2.TEXT") == "{12}\r\naGkKeW91Cg==");
    BOOST_TEST(get("2.1") == "{12}\r\naGkKeW91Cg==");
    BOOST_TEST(get("1.HEADER") == "NIL"); // RFC 9051 §6.4.5.1: of messages only
    BOOST_TEST(get("4294967295") == "NIL");
}

BOOST_AUTO_TEST_CASE(binary_is_decoded) {
    memory_account account;
    account.at("INBOX").put(nested, seen);
    selected_dialog client(account, true);
    client.how.rev2 = true;
    // Text has CRLF whatever was encoded, and its size says so (RFC 9051 §7.5.2).
    BOOST_TEST(client.untagged("FETCH 1 (BINARY[2.1] BINARY.SIZE[2.1])") ==
               "* 1 FETCH (BINARY[2.1] {9}\r\nhi\r\nyou\r\n BINARY.SIZE[2.1] 9)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 (BINARY[3] BINARY.SIZE[3])") ==
               "* 1 FETCH (BINARY[3] ~{3}\r\n\0\1\2 BINARY.SIZE[3] 3)\r\n"s);
    // RFC 3516 §4.2: the window counts decoded octets. Without NUL it is an ordinary string.
    BOOST_TEST(client.untagged("FETCH 1 BINARY.PEEK[3]<1.9>") == "* 1 FETCH (BINARY[3]<1> {2}\r\n\1\2)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 BINARY[1]") == "* 1 FETCH (BINARY[1] {3}\r\none)\r\n");
    BOOST_TEST(client.untagged("FETCH 1 (BINARY[9] BINARY.SIZE[9])") ==
               "* 1 FETCH (BINARY[9] NIL BINARY.SIZE[9] 0)\r\n");
}

BOOST_AUTO_TEST_CASE(an_unknown_transfer_encoding_is_told) {
    memory_account account;
    account.at("INBOX").put(nested, seen);
    account.at("INBOX").put(header + "x", seen);
    selected_dialog client(account, true);
    client.how.rev2 = true;
    for (const std::string item : {"BINARY[4]", "BINARY.PEEK[4]", "BINARY.SIZE[4]"})
        BOOST_TEST(client.run("FETCH 1 " + item) ==
                   "a NO [UNKNOWN-CTE] The transfer encoding of a part is not known\r\n");
    // What can be had is given.
    BOOST_TEST(client.run("FETCH 1:2 (UID BINARY.SIZE[4])") ==
               "* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 2 BINARY.SIZE[4] 0)\r\n"
               "a NO [UNKNOWN-CTE] The transfer encoding of a part is not known\r\n");
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

BOOST_AUTO_TEST_CASE(a_nul_never_stands_in_a_literal) {
    // Sizes stay true: one octet for one.
    BOOST_TEST(body_of("A: b\0c\r\n\r\nx\0y"s) ==
               "* 1 FETCH (BODY[] {13}\r\nA: b\x80"s + "c\r\n\r\nx\x80y)\r\n");
}

BOOST_AUTO_TEST_CASE(octets_past_ascii_and_bare_line_ends_stay) {
    BOOST_TEST(body_of("A: \xc3\xa4\r\n\r\n\xff\r\n\rx\n)") ==
               "* 1 FETCH (BODY[] {16}\r\nA: \xc3\xa4\r\n\r\n\xff\r\n\rx\n))\r\n");
    BOOST_TEST(body_of("") == "* 1 FETCH (BODY[] {0}\r\n)\r\n");
}

BOOST_AUTO_TEST_CASE(envelopes_keep_the_grammar_whatever_is_in_them) {
    memory_account account;
    account.at("INBOX").put("Subject: a \"quoted\" \\ one\r\nFrom: \"x\0y\" <a@b.test>\r\n\r\n"s);
    account.at("INBOX").put("Subject: \xe4\r\n\r\n");
    account.at("INBOX").put("Subject: a\rb\r\nTo: group: a@b.test;\r\n\r\n");
    selected_dialog client(account);
    const auto get = [&](const std::string& n) { return client.untagged("FETCH " + n + " ENVELOPE"); };
    BOOST_TEST(get("1") == "* 1 FETCH (ENVELOPE (NIL \"a \\\"quoted\\\" \\\\ one\" "
                           "(({3}\r\nx\x80y NIL \"a\" \"b.test\")) (({3}\r\nx\x80y NIL \"a\" \"b.test\")) "
                           "(({3}\r\nx\x80y NIL \"a\" \"b.test\")) NIL NIL NIL NIL NIL))\r\n");
    BOOST_TEST(get("2") == "* 2 FETCH (ENVELOPE (NIL {1}\r\n\xe4 NIL NIL NIL NIL NIL NIL NIL NIL))\r\n");
    BOOST_TEST(get("3") == "* 3 FETCH (ENVELOPE (NIL {3}\r\na\rb NIL NIL NIL ((NIL NIL \"group\" NIL)"
                           "(NIL NIL \"a\" \"b.test\")(NIL NIL NIL NIL)) NIL NIL NIL NIL))\r\n");
}

BOOST_AUTO_TEST_CASE(the_structure_of_nested_messages) {
    memory_account account;
    account.at("INBOX").put(nested, seen);
    selected_dialog client(account);
    const std::string text = "(\"charset\" \"us-ascii\") NIL NIL ";
    const std::string inner = "(NIL \"inner\" NIL NIL NIL NIL NIL NIL NIL NIL)";
    BOOST_TEST(client.untagged("FETCH 1 BODY") == "* 1 FETCH (BODY ((\"text\" \"plain\" " + text +
                                                      "\"7bit\" 3 0)"
                                                      "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 65 " +
                                                      inner + " (\"text\" \"plain\" " + text +
                                                      "\"base64\" 12 0) 3)"
                                                      "(\"application\" \"x-x\" NIL NIL NIL \"base64\" 4)"
                                                      "(\"text\" \"plain\" " +
                                                      text + "\"uuencode\" 3 0) \"mixed\"))\r\n");
    BOOST_TEST(client.untagged("FETCH 1 BODYSTRUCTURE") ==
               "* 1 FETCH (BODYSTRUCTURE ((\"text\" \"plain\" " + text +
                   "\"7bit\" 3 0 NIL NIL NIL NIL)"
                   "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 65 " +
                   inner + " (\"text\" \"plain\" " + text +
                   "\"base64\" 12 0 NIL NIL NIL NIL) 3 NIL NIL NIL NIL)"
                   "(\"application\" \"x-x\" NIL NIL NIL \"base64\" 4 NIL NIL NIL NIL)"
                   "(\"text\" \"plain\" " +
                   text +
                   "\"uuencode\" 3 0 NIL NIL NIL NIL) \"mixed\" "
                   "(\"boundary\" \"b\") NIL NIL NIL))\r\n");
}

BOOST_AUTO_TEST_CASE(parameters_of_rfc_2231_as_the_client_can_read_them) {
    memory_account account;
    account.at("INBOX").put("Content-Type: application/x-x; name*0*=utf-8''%e2%82; name*1*=%ac\r\n"
                            "Content-Disposition: attachment; filename=\"a b\"; size=5\r\n"
                            "Content-Language: de, en\r\nContent-Location: http://a.test/\r\n"
                            "Content-ID: <i>\r\nContent-Description: d\r\nContent-MD5: m\r\n\r\nhello");
    selected_dialog client(account);
    const std::string rest =
        "\"<i>\" \"d\" \"7bit\" 5 \"m\" (\"attachment\" (\"filename\" \"a b\" \"size\" \"5\")) "
        "(\"de\" \"en\") \"http://a.test/\"))\r\n";
    const std::string begin = "* 1 FETCH (BODYSTRUCTURE (\"application\" \"x-x\" ";
    BOOST_TEST(client.untagged("FETCH 1 BODYSTRUCTURE") ==
               begin + "(\"name*\" \"utf-8''%e2%82%ac\") " + rest);
    client.how.rev2 = true; // RFC 9051 §7.5.2
    BOOST_TEST(client.untagged("FETCH 1 BODYSTRUCTURE") == begin + "(\"name*\" {3}\r\n\xe2\x82\xac) " + rest);
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

BOOST_AUTO_TEST_CASE(a_big_body_is_sent_in_slices) {
    memory_account account;
    const std::string big = header + std::string(1'000'000, 'x');
    account.at("INBOX").put(big, seen);
    account.at("INBOX").put(header, seen);
    selected_dialog client(account);
    client.how.rev2 = true;
    BOOST_TEST((client.run("FETCH 1:2 (BODY[] UID)") == "* 1 FETCH (BODY[] {1000124}\r\n" + big +
                                                            " UID 1)\r\n* 2 FETCH (BODY[] {124}\r\n" +
                                                            header + " UID 2)\r\na OK FETCH completed\r\n"));
    BOOST_TEST(client.slices > 10u);
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

BOOST_AUTO_TEST_CASE(trouble_with_the_disk_is_told) {
    memory_account account;
    account.at("INBOX").put(header + "x", seen);
    selected_dialog client(account);
    account.at("INBOX").refuse_with(mailbox::trouble{mailbox::trouble::kind::corrupt, "/secret/path"});
    BOOST_TEST(client.run("FETCH 1 BODY[]") == "a NO [CORRUPTION] The mailbox is damaged\r\n");
}

BOOST_AUTO_TEST_SUITE_END()
