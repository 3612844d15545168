// SEARCH and UID SEARCH: RFC 9051 §6.4.4, §7.3.4; RFC 4731; RFC 5182; RFC 5032; RFC 7162 §3.1.5, §3.2.10.2.
#include "reference/tests/imap/selected_dialog.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace imap_tests;

BOOST_AUTO_TEST_SUITE(imap_search)

namespace {

constexpr mailbox::flag_set answered = mailbox::flag::answered, flagged = mailbox::flag::flagged,
                            deleted = mailbox::flag::deleted, seen = mailbox::flag::seen,
                            draft = mailbox::flag::draft;

constexpr std::int64_t day = 86'400;
constexpr std::int64_t feb_1_1994 = 760'060'800; // 00:00 UTC

// A client of IMAP4rev1: answers are lists of numbers.
struct five_messages {
    memory_account account;
    memory_folder& inbox = account.at("INBOX");
    five_messages() {
        // 1: 31 January at 23:30 in New York, which is 1 February in London.
        inbox.put("From: Anna Smith <anna@a.test>\r\nTo: bert@b.test\r\nCc: c@c.test\r\n"
                  "Subject: Lunch\r\nDate: Tue, 1 Feb 1994 00:30:00 +0900\r\n\r\nAt noon?\r\n",
                  seen | answered, feb_1_1994 + 4 * 3600 + 1800, -300);
        // 2: encoded words and a base64 body in another charset.
        inbox.put("From: =?iso-8859-1?Q?J=FCrgen?= <j@a.test>\r\nSubject: =?utf-8?B?w4RwZmVs?=\r\n"
                  "X-Empty:\r\nContent-Type: text/plain; charset=koi8-r\r\n"
                  "Content-Transfer-Encoding: base64\r\n\r\n7cHU2A==\r\n",
                  flagged, feb_1_1994 + day, 0);
        // 3: what is sought stands in a part of a part.
        inbox.put("Subject: outer\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
                  "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n"
                  "Content-Transfer-Encoding: quoted-printable\r\n\r\nhid=\r\nden=20place\r\n"
                  "--b\r\nContent-Type: image/png\r\n\r\npicture\r\n--b--\r\n",
                  deleted, feb_1_1994 + 2 * day, 0);
        inbox.put("Bcc: secret@b.test\r\nDate: nonsense\r\n\r\n", draft, feb_1_1994 + 3 * day, 0);
        inbox.put("Subject: long\r\n\r\n" + std::string(5000, 'x'), 0, feb_1_1994 + 400 * day, 0);
    }
};

std::string found(const std::string& keys, const std::string& command = "SEARCH ") {
    five_messages in;
    selected_dialog client(in.account);
    const auto all = client.untagged(command + keys);
    return all.starts_with("* SEARCH") ? all.substr(8, all.size() - 10) : all;
}

struct expected {
    std::string keys, numbers;
};
std::ostream& operator<<(std::ostream& out, const expected& e) {
    return out << e.keys;
}

} // namespace

BOOST_DATA_TEST_CASE(keys,
                     boost::unit_test::data::make(std::vector<expected>{
                         {"ALL", " 1 2 3 4 5"},
                         {"SEEN", " 1"},
                         {"UNSEEN", " 2 3 4 5"},
                         {"answered", " 1"},
                         {"UNANSWERED", " 2 3 4 5"},
                         {"FLAGGED", " 2"},
                         {"UNFLAGGED", " 1 3 4 5"},
                         {"DELETED", " 3"},
                         {"UNDELETED", " 1 2 4 5"},
                         {"DRAFT", " 4"},
                         {"UNDRAFT", " 1 2 3 5"},
                         {"RECENT", " 1 2 3 4 5"},
                         {"NEW", " 2 3 4 5"},
                         {"OLD", ""},
                         {"NOT SEEN", " 2 3 4 5"},
                         {"NOT NOT SEEN", " 1"},
                         {"NOT UNSEEN", " 1"},
                         {"OR SEEN FLAGGED", " 1 2"},
                         {"OR SEEN OR FLAGGED DELETED", " 1 2 3"},
                         {"NOT OR SEEN OR FLAGGED DELETED", " 4 5"},
                         {"OR (SEEN ANSWERED) (FLAGGED DELETED)", " 1"},
                         {"(SEEN) ((UNFLAGGED))", " 1"},
                         {"SEEN FLAGGED", ""},
                         {"NOT (SEEN ANSWERED)", " 2 3 4 5"},
                         {"2:3", " 2 3"},
                         {"5,1", " 1 5"},
                         {"*", " 5"},
                         {"*:4", " 4 5"},
                         {"NOT 2:4", " 1 5"},
                         {"UID 2:3,77", " 2 3"},
                         {"UID 559:*", " 5"},
                         {"1:4 UID 3:9", " 3 4"},
                         {"KEYWORD nobody", ""},
                         {"UNKEYWORD nobody", " 1 2 3 4 5"},
                         // The day is that which INTERNALDATE shows.
                         {"BEFORE 1-Feb-1994", " 1"},
                         {"ON 31-Jan-1994", " 1"},
                         {"ON \"2-Feb-1994\"", " 2"},
                         {"SINCE 2-feb-1994", " 2 3 4 5"},
                         {"SINCE 03-Feb-1994 BEFORE 5-Feb-1994", " 3 4"},
                         {"NOT SINCE 1-Feb-1994", " 1"},
                         // And that which Date shows; without one there is none.
                         {"SENTON 1-Feb-1994", " 1"},
                         {"SENTBEFORE 2-Feb-1994", " 1"},
                         {"SENTSINCE 1-Jan-1990", " 1"},
                         {"SENTSINCE 2-Feb-1994", ""},
                         {"NOT SENTSINCE 2-Feb-1994", " 1 2 3 4 5"},
                         {"LARGER 5000", " 5"},
                         {"LARGER 5017", ""},
                         {"SMALLER 5017", " 1 2 3 4"},
                         {"SMALLER 5018", " 1 2 3 4 5"},
                         {"SMALLER 9223372036854775807", " 1 2 3 4 5"},
                         {"FROM smith", " 1"},
                         {"FROM \"anna smith <anna@\"", " 1"},
                         {"FROM {7}\r\nJ\xc3\xbcRGEN", " 2"},
                         {"TO b.test", " 1"},
                         {"CC c.test", " 1"},
                         {"BCC SECRET", " 4"},
                         {"SUBJECT \"\xc3\xa4PFEL\"", " 2"},
                         {"SUBJECT l", " 1 2 5"},
                         {"HEADER X-Empty \"\"", " 2"},
                         {"HEADER x-empty a", ""},
                         {"HEADER Subject \"\"", " 1 2 3 5"},
                         {"HEADER Content-Type koi8", " 2"},
                         {"BODY noon", " 1"},
                         {"BODY lunch", ""},
                         {"TEXT lunch", " 1"},
                         {"TEXT noon", " 1"},
                         {"BODY \"hidden place\"", " 3"},
                         {"TEXT inner", " 3"},
                         {"BODY inner", ""},
                         {"TEXT picture", ""},
                         {"BODY \"\"", " 1 2 3 4 5"},
                         {"TEXT \"\"", " 1 2 3 4 5"},
                         {"BODY \"\xd0\x9c\xd0\x90\xd0\xa2\xd0\xac\"", " 2"}, // KOI8-R in base64
                         {"CHARSET KOI8-R BODY {4}\r\n\xcd\xc1\xd4\xd8", " 2"},
                         {"CHARSET UTF-8 SUBJECT {3}\r\n\xc3\x84p", " 2"},
                         {"CHARSET us-ascii SUBJECT lunch", " 1"},
                         {"NOT BODY noon UNSEEN", " 2 3 4 5"},
                         {"OLDER 1", ""},
                         {"YOUNGER 4294967295", " 1 2 3 4 5"},
                     }),
                     one) {
    BOOST_TEST(found(one.keys) == one.numbers);
}

BOOST_AUTO_TEST_CASE(uid_search_gives_uids) {
    BOOST_TEST(found("UNSEEN", "UID SEARCH ") == " 2 3 4 5");
    five_messages in;
    in.inbox.expunge(std::vector<mailbox::uid>{1, 2}, true);
    selected_dialog client(in.account);
    BOOST_TEST(client.run("UID SEARCH 1:2") == "* SEARCH 3 4\r\na OK SEARCH completed\r\n");
    BOOST_TEST(client.run("SEARCH UID 3:4") == "* SEARCH 1 2\r\na OK SEARCH completed\r\n");
    BOOST_TEST(client.run("SEARCH UID 77") == "* SEARCH\r\na OK SEARCH completed\r\n");
}

BOOST_FIXTURE_TEST_CASE(no_message_is_opened_unless_a_key_needs_it, five_messages) {
    selected_dialog client(account);
    client.run("SEARCH OR SEEN (SMALLER 10 SINCE 1-Jan-1990 UID 1:* NOT KEYWORD x)");
    BOOST_TEST(inbox.opened == 0);
    // The costly key is asked last, wherever it stands.
    client.run("SEARCH BODY x SUBJECT y FLAGGED");
    BOOST_TEST(inbox.opened == 1);
    client.run("SEARCH OR BODY x ALL");
    BOOST_TEST(inbox.opened == 1);
}

BOOST_FIXTURE_TEST_CASE(within_counts_seconds_from_now, five_messages) {
    selected_dialog client(account);
    client.how.now.at = std::chrono::sys_seconds(std::chrono::seconds(feb_1_1994 + 3 * day));
    BOOST_TEST(client.untagged("SEARCH YOUNGER 172800") == "* SEARCH 2 3 4 5\r\n");
    BOOST_TEST(client.untagged("SEARCH YOUNGER 172799") == "* SEARCH 3 4 5\r\n");
    BOOST_TEST(client.untagged("SEARCH OLDER 172800") == "* SEARCH 1 2\r\n");
    BOOST_TEST(client.untagged("SEARCH OLDER 172801") == "* SEARCH 1\r\n");
}

BOOST_FIXTURE_TEST_CASE(extended_results, five_messages) {
    selected_dialog client(account);
    const auto get = [&](const std::string& c) { return client.untagged(c); };
    BOOST_TEST(get("SEARCH RETURN (MIN COUNT) UNSEEN") == "* ESEARCH (TAG \"a\") MIN 2 COUNT 4\r\n");
    BOOST_TEST(get("SEARCH return (max min) UNSEEN") == "* ESEARCH (TAG \"a\") MIN 2 MAX 5\r\n");
    BOOST_TEST(get("SEARCH RETURN () OR SEEN 3:5") == "* ESEARCH (TAG \"a\") ALL 1,3:5\r\n");
    BOOST_TEST(get("UID SEARCH RETURN (ALL) 2:3") == "* ESEARCH (TAG \"a\") UID ALL 2:3\r\n");
    BOOST_TEST(get("SEARCH RETURN (MIN MAX ALL COUNT) KEYWORD x") == "* ESEARCH (TAG \"a\") COUNT 0\r\n");
    BOOST_TEST(get("SEARCH RETURN (MIN MAX) KEYWORD x") == "* ESEARCH (TAG \"a\")\r\n");
    BOOST_TEST(client.run("SEARCH RETURN (FOO) ALL") == "a BAD expected MIN, MAX, ALL, COUNT or SAVE\r\n");
    // RFC 9051 §6.4.4: IMAP4rev2 knows no SEARCH response.
    client.how.rev2 = true;
    BOOST_TEST(get("SEARCH 2:3") == "* ESEARCH (TAG \"a\") ALL 2:3\r\n");
    BOOST_TEST(get("UID SEARCH KEYWORD x") == "* ESEARCH (TAG \"a\") UID\r\n");
}

BOOST_FIXTURE_TEST_CASE(saved_results, five_messages) {
    selected_dialog client(account);
    client.how.rev2 = true;
    const auto get = [&](const std::string& c) { return client.run(c); };
    const std::string done = "a OK SEARCH completed\r\n";
    BOOST_TEST(get("FETCH $ UID") == "a OK FETCH completed\r\n");
    BOOST_TEST(get("SEARCH RETURN (SAVE) UNSEEN") == done);
    BOOST_TEST(get("SEARCH $") == "* ESEARCH (TAG \"a\") ALL 2:5\r\n" + done);
    BOOST_TEST(get("UID SEARCH UID $ SMALLER 4096") == "* ESEARCH (TAG \"a\") UID ALL 2:4\r\n" + done);
    BOOST_TEST(get("SEARCH OR $ 1") == "* ESEARCH (TAG \"a\") ALL 1:5\r\n" + done);
    BOOST_TEST(get("UID FETCH $ UID").starts_with("* 2 FETCH (UID 2)\r\n* 3 FETCH (UID 3)\r\n"));
    // RFC 9051 §6.4.4.1: a message that is expunged leaves it, others keep their place in it.
    inbox.expunge(std::vector<mailbox::uid>{1, 3}, true);
    BOOST_TEST(get("NOOP") == "* 3 EXPUNGE\r\n* 1 EXPUNGE\r\na OK NOOP completed\r\n");
    BOOST_TEST(get("SEARCH $") == "* ESEARCH (TAG \"a\") ALL 1:3\r\n" + done);
    // Neither BAD nor a search without SAVE changes it; NO to SAVE empties it.
    BOOST_TEST(get("SEARCH RETURN (SAVE) FOO").starts_with("a BAD "));
    BOOST_TEST(get("SEARCH RETURN (SAVE) 9").starts_with("a BAD "));
    BOOST_TEST(get("SEARCH CHARSET x-nothing ALL").starts_with("a NO [BADCHARSET ("));
    BOOST_TEST(get("SEARCH RETURN (COUNT) $") == "* ESEARCH (TAG \"a\") COUNT 3\r\n" + done);
    BOOST_TEST(get("SEARCH RETURN (SAVE) CHARSET x-nothing ALL").starts_with("a NO [BADCHARSET ("));
    BOOST_TEST(get("SEARCH RETURN (COUNT) $") == "* ESEARCH (TAG \"a\") COUNT 0\r\n" + done);
}

BOOST_FIXTURE_TEST_CASE(what_is_saved_beside_other_results, five_messages) {
    selected_dialog client(account);
    client.how.rev2 = true;
    const auto saved = [&](const std::string& options) {
        client.run("SEARCH RETURN (" + options + ") UNSEEN");
        const auto all = client.untagged("SEARCH $");
        return all.substr(std::string("* ESEARCH (TAG \"a\")").size());
    };
    // RFC 9051 §6.4.4.1, table 4
    BOOST_TEST(saved("SAVE") == " ALL 2:5\r\n");
    BOOST_TEST(saved("SAVE MIN") == " ALL 2\r\n");
    BOOST_TEST(saved("MAX SAVE") == " ALL 5\r\n");
    BOOST_TEST(saved("MIN MAX SAVE") == " ALL 2,5\r\n");
    BOOST_TEST(saved("MIN SAVE COUNT") == " ALL 2:5\r\n");
    BOOST_TEST(saved("SAVE MAX ALL") == " ALL 2:5\r\n");
}

BOOST_FIXTURE_TEST_CASE(mod_sequences, five_messages) {
    selected_dialog client(account);
    inbox.store_flags(std::vector<mailbox::uid>{2}, {.flags = seen}); // 7
    BOOST_TEST(client.run("SEARCH MODSEQ 5") == "* OK [HIGHESTMODSEQ 6] Changes are counted from here\r\n"
                                                "* SEARCH 2 4 5 (MODSEQ 7)\r\n"
                                                "* 2 FETCH (UID 2 FLAGS (\\Seen \\Recent) MODSEQ (7))\r\n"
                                                "a OK SEARCH completed\r\n");
    const auto get = [&](const std::string& c) { return client.untagged(c); };
    BOOST_TEST(get("SEARCH MODSEQ \"/flags/\\\\draft\" all 6") == "* SEARCH 2 5 (MODSEQ 7)\r\n");
    BOOST_TEST(get("SEARCH OR NOT MODSEQ 1 MODSEQ 99") == "* SEARCH\r\n");
    BOOST_TEST(get("SEARCH RETURN (MIN) MODSEQ 5") == "* ESEARCH (TAG \"a\") MIN 2 MODSEQ 7\r\n");
    BOOST_TEST(get("SEARCH RETURN (MAX) MODSEQ 5") == "* ESEARCH (TAG \"a\") MAX 5 MODSEQ 6\r\n");
    BOOST_TEST(get("SEARCH RETURN (MIN MAX) MODSEQ 3") == "* ESEARCH (TAG \"a\") MIN 2 MAX 5 MODSEQ 7\r\n");
    BOOST_TEST(get("SEARCH RETURN (MAX COUNT) MODSEQ 5") ==
               "* ESEARCH (TAG \"a\") MAX 5 COUNT 3 MODSEQ 7\r\n");
    BOOST_TEST(get("SEARCH RETURN (ALL) MODSEQ 99") == "* ESEARCH (TAG \"a\")\r\n");
}

BOOST_FIXTURE_TEST_CASE(what_another_session_expunged, five_messages) {
    selected_dialog client(account);
    inbox.expunge(std::vector<mailbox::uid>{2}, true);
    BOOST_TEST(client.untagged("SEARCH ALL") == "* SEARCH 1 3 4 5\r\n"); // RFC 2180 §4.3
    BOOST_TEST(client.untagged("SEARCH BODY x") == "* SEARCH 5\r\n");
    // RFC 7162 §3.2.10.2: not while numbers are among the keys.
    BOOST_TEST(client.untagged("UID SEARCH NOT 1") == "* SEARCH 3 4 5\r\n");
    BOOST_TEST(client.untagged("UID SEARCH ALL") == "* SEARCH 1 3 4 5\r\n* 2 EXPUNGE\r\n* 4 RECENT\r\n");
}

BOOST_FIXTURE_TEST_CASE(keywords, five_messages) {
    selected_dialog client(account);
    client.run("STORE 2,4 +FLAGS.SILENT ($Junk)");
    BOOST_TEST(client.untagged("SEARCH KEYWORD $junk") == "* SEARCH 2 4\r\n");
    BOOST_TEST(client.untagged("SEARCH UNKEYWORD $Junk") == "* SEARCH 1 3 5\r\n");
}

BOOST_FIXTURE_TEST_CASE(charsets, five_messages) {
    selected_dialog client(account);
    const auto answer = client.run("SEARCH CHARSET x-nothing ALL");
    BOOST_TEST(answer.starts_with("a NO [BADCHARSET ("));
    BOOST_TEST(answer.find("UTF-8") != std::string::npos);
    BOOST_TEST(answer.ends_with(")] That charset is not known\r\n"));
    // RFC 9755 §3
    client.how.utf8 = true;
    BOOST_TEST(client.run("SEARCH CHARSET UTF-8 ALL") ==
               "a BAD no CHARSET after ENABLE UTF8=ACCEPT: it is UTF-8\r\n");
    BOOST_TEST(client.run("SORT (DATE) US-ASCII ALL") ==
               "a BAD no charset but UTF-8 after ENABLE UTF8=ACCEPT\r\n");
    BOOST_TEST(client.untagged("SORT (SIZE) UTF-8 1") == "* SORT 1\r\n");
}

BOOST_DATA_TEST_CASE(mistakes_are_bad,
                     boost::unit_test::data::make({
                         "SEARCH",
                         "SEARCH ",
                         "SEARCH FOO",
                         "SEARCH ()",
                         "SEARCH (SEEN",
                         "SEARCH SEEN)",
                         "SEARCH SEEN ",
                         "SEARCH  SEEN",
                         "SEARCH NOT",
                         "SEARCH OR SEEN",
                         "SEARCH OR (SEEN) ",
                         "SEARCH UID",
                         "SEARCH UID x",
                         "SEARCH 0",
                         "SEARCH 6",
                         "SEARCH 1:6",
                         "SEARCH KEYWORD",
                         "SEARCH KEYWORD \\Seen",
                         "SEARCH BEFORE 31-Feb-1994",
                         "SEARCH BEFORE 1-1-1994",
                         "SEARCH BEFORE 1-Feb-94",
                         "SEARCH LARGER",
                         "SEARCH LARGER -1",
                         "SEARCH LARGER 9223372036854775808",
                         "SEARCH OLDER 0",
                         "SEARCH YOUNGER 0",
                         "SEARCH YOUNGER x",
                         "SEARCH FROM",
                         "SEARCH HEADER Subject",
                         "SEARCH MODSEQ",
                         "SEARCH MODSEQ x",
                         "SEARCH MODSEQ \"/flags/x\" 5",
                         "SEARCH RETURN ALL",
                         "SEARCH RETURN (MIN",
                         "SEARCH RETURN (MIN)",
                         "SEARCH CHARSET",
                         "SEARCH CHARSET UTF-8",
                         "SEARCH CHARSET UTF-8 CHARSET UTF-8 ALL",
                     }),
                     command) {
    five_messages in;
    selected_dialog client(in.account);
    BOOST_TEST(client.run(command).starts_with("a BAD "));
}

BOOST_FIXTURE_TEST_CASE(errors_say_what_would_be_right, five_messages) {
    selected_dialog client(account);
    BOOST_TEST(client.run("SEARCH FOO") == "a BAD SEARCH knows no FOO\r\n");
    BOOST_TEST(client.run("SEARCH 9") == "a BAD there is no message 9: the last one is 5\r\n");
    BOOST_TEST(client.run("SEARCH MODSEQ \"/flags/x\" foo 5") == "a BAD expected all, priv or shared\r\n");
}

BOOST_AUTO_TEST_CASE(an_empty_mailbox_has_nothing) {
    memory_account account;
    selected_dialog client(account);
    for (const std::string keys : {"ALL", "1:*", "*", "UID 1:*", "NOT ALL"})
        BOOST_TEST(client.run("SEARCH " + keys) == "* SEARCH\r\na OK SEARCH completed\r\n");
}

BOOST_FIXTURE_TEST_CASE(bombs, five_messages) {
    selected_dialog client(account);
    std::string nots, ors, open, close, chain;
    for (int i = 0; i < 10'000; ++i)
        nots += "NOT ", ors += "OR ", open += "(", close += ")";
    BOOST_TEST(client.untagged("SEARCH " + nots + "SEEN") == "* SEARCH 1\r\n");
    BOOST_TEST(client.run("SEARCH " + ors + "SEEN") == "a BAD too many keys within each other\r\n");
    BOOST_TEST(client.run("SEARCH " + open + "SEEN" + close) ==
               "a BAD too many parentheses within each other\r\n");
    // What a client with many addresses writes.
    for (int i = 0; i < 400; ++i)
        chain += "OR FROM nobody ";
    BOOST_TEST(client.untagged("SEARCH " + chain + "FROM smith") == "* SEARCH 1\r\n");
}

BOOST_AUTO_TEST_CASE(a_long_search_is_cut_into_slices) {
    memory_account account;
    for (int i = 0; i < 20; ++i)
        account.at("INBOX").put("A: b\r\n\r\n" + std::string(1'000'000, 'x') + (i == 7 ? "needle" : ""));
    selected_dialog client(account);
    BOOST_TEST(client.untagged("SEARCH BODY needle") == "* SEARCH 8\r\n");
    BOOST_TEST(client.slices > 5u);
}

BOOST_FIXTURE_TEST_CASE(a_message_that_cannot_be_read, five_messages) {
    selected_dialog client(account);
    inbox.refuse_with(mailbox::trouble{mailbox::trouble::kind::failed, ""});
    BOOST_TEST(client.run("SEARCH BODY x") == "a NO [SERVERBUG] An internal error, it has been logged\r\n");
    BOOST_TEST(client.untagged("SEARCH SEEN") == "* SEARCH 1\r\n");
}

BOOST_AUTO_TEST_SUITE_END()
