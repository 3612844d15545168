// The ambient rules of IMAP: each is shown to fail, and a long well-behaved dialog to break none. Dialogs are
// literals: C: what the client sent, S: what the server said.
#include "harness/wire/imap_judge.hpp"
#include "harness/wire/imap_rules.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/core.h>

#include <set>

using namespace mailspec::wire;

BOOST_AUTO_TEST_SUITE(imap_judge_test)

namespace {

struct dialog {
    imap_judge judge;
    std::vector<deviation> found; // all so far
    std::string unread;

    dialog& c(std::string_view octets) {
        judge.sent(octets);
        return *this;
    }
    dialog& s(std::string_view octets) {
        unread += octets;
        while (!unread.empty()) {
            auto parsed = parse_imap_response(unread);
            BOOST_REQUIRE((parsed.state != imap_state::incomplete));
            auto more = parsed.state == imap_state::complete ? judge.judge(parsed.response)
                                                             : judge.judge_malformed(parsed.response.raw);
            found.insert(found.end(), more.begin(), more.end());
            unread.erase(0, parsed.used);
        }
        return *this;
    }
    // The names of the rules broken, in order.
    std::string rules() const {
        std::string all;
        for (auto& d : found)
            all += (all.empty() ? "" : " ") + d.rule;
        return all;
    }
    std::string last_text() const { return found.empty() ? "" : found.back().text; }
    bool judged(std::string_view rule) const { return judge.rules_judged().test(index_of_rule(rule)); }
};

// Greeted by a server of IMAP4rev1, and logged in.
dialog logged_in(std::string_view capabilities = "IMAP4rev1") {
    dialog d;
    d.s(fmt::format("* OK [CAPABILITY {}] hello\r\n", capabilities));
    d.c("a1 LOGIN u p\r\n").s("a1 OK in\r\n");
    return d;
}

// And with a mailbox of five messages selected.
dialog selected(std::string_view capabilities = "IMAP4rev1") {
    auto d = logged_in(capabilities);
    d.c("a2 SELECT x\r\n");
    d.s("* 5 EXISTS\r\na2 OK [READ-WRITE] done\r\n");
    BOOST_TEST(d.rules() == "");
    return d;
}

// What one response breaks in a session with five messages, a NOOP under way.
std::string broken(std::string_view response, std::string_view capabilities = "IMAP4rev1") {
    auto d = selected(capabilities);
    d.c("a3 NOOP\r\n").s(response);
    return d.rules();
}

} // namespace

BOOST_AUTO_TEST_CASE(every_rule_has_a_name_of_its_own) {
    std::set<std::string_view> names;
    for (auto& rule : ambient_rules())
        BOOST_TEST(names.insert(rule.name).second);
    for (auto& rule : imap_rules())
        BOOST_TEST(rule.name.starts_with("imap-"));
    BOOST_TEST(names.size() <= rule_set{}.size());
}

BOOST_AUTO_TEST_CASE(a_dialog_that_breaks_nothing) {
    dialog d;
    d.s("* OK [CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL- IDLE ENABLE CONDSTORE QRESYNC QUOTA QUOTA=RES-STORAGE "
        "STARTTLS] "
        "ready\r\n");
    d.c("a1 STARTTLS\r\n").s("a1 OK go\r\n");
    BOOST_TEST(d.judge.tls_due());
    d.judge.tls_started();
    d.c("a2 CAPABILITY\r\n")
        .s("* CAPABILITY IMAP4rev1 IMAP4rev2 IDLE ENABLE CONDSTORE QRESYNC\r\na2 OK done\r\n");
    d.c("a3 AUTHENTICATE PLAIN\r\n").s("+ \r\n").c("AGEAYg==\r\n").s("a3 OK in\r\n");
    d.c("a4 LIST \"\" *\r\n")
        .s("* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\Noselect \\HasChildren) NIL {3}\r\na b\r\n"
           "* LIST () \"/\" \"&AOQ-\"\r\na4 OK done\r\n");
    d.c("a5 SELECT INBOX\r\n");
    d.s("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Junk)\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] "
        "kept\r\n"
        "* 3 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 12] n\r\n* OK [HIGHESTMODSEQ "
        "40] h\r\n"
        "a5 OK [READ-WRITE] done\r\n");
    d.c("a6 UID FETCH 1:* (FLAGS)\r\n");
    d.s("* 1 FETCH (UID 3 FLAGS ())\r\n* 2 FETCH (UID 9 FLAGS (\\Seen \\Recent))\r\n* 3 FETCH (UID 11 FLAGS "
        "())\r\n"
        "a6 OK done\r\n");
    d.c("a7 UID EXPUNGE 9\r\n").s("* 2 EXPUNGE\r\n* 2 EXISTS\r\na7 OK done\r\n");
    d.c("a8 FETCH 2 (UID ENVELOPE INTERNALDATE BODY BODYSTRUCTURE RFC822.SIZE BODY.PEEK[HEADER]<0.2> "
        "MODSEQ)\r\n");
    d.s("* 2 FETCH (UID 11 ENVELOPE (\"Mon, 1 Jan 2024 00:00:00 +0000\" {2}\r\nhi ((NIL NIL \"a\" \"b\")(NIL "
        "NIL \"c\" "
        "\"d\")) ((NIL NIL \"a\" \"b\")) ((NIL NIL \"a\" \"b\")) NIL NIL NIL NIL \"<x@y>\") INTERNALDATE \" "
        "1-Jan-2024 "
        "00:00:00 +0000\" BODY ((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 2 "
        "1)(\"MESSAGE\" \"RFC822\" "
        "NIL NIL NIL \"7BIT\" 9 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) (\"TEXT\" \"PLAIN\" NIL NIL NIL "
        "\"7BIT\" 2 1) 3) "
        "\"MIXED\") BODYSTRUCTURE (\"IMAGE\" \"PNG\" NIL NIL NIL \"BASE64\" 4 NIL (\"INLINE\" NIL) (\"en\" "
        "\"de\") NIL) "
        "RFC822.SIZE 345 BODY[HEADER]<0> \"ab\" MODSEQ (41))\r\na8 OK done\r\n");
    d.c("a9 IDLE\r\n").s("+ idling\r\n* 3 EXISTS\r\n* 1 EXPUNGE\r\n").c("DONE\r\n").s("a9 OK done\r\n");
    d.c("b1 APPEND INBOX {5}\r\n").s("+ go\r\n").c("a\r\nb\n\r\n").s("b1 OK [APPENDUID 7 13] done\r\n");
    d.c("b2 LOGIN {3}\r\n").s("b2 NO in already\r\n").c("b3 NOOP\r\n").s("b3 OK done\r\n");
    d.c("b4 SEARCH ALL\r\n").s("* SEARCH 1 2\r\nb4 OK done\r\n");
    d.c("b5 ENABLE QRESYNC IMAP4rev2\r\n").s("* ENABLED QRESYNC IMAP4rev2\r\nb5 OK done\r\n");
    d.c("b6 UID SEARCH ALL\r\n").s("* ESEARCH (TAG \"b6\") UID ALL 11,13\r\nb6 OK done\r\n");
    d.c("b7 UID STORE 11 FLAGS (\\Deleted)\r\n");
    d.s("* 1 FETCH (UID 11 FLAGS (\\Deleted) MODSEQ (55))\r\nb7 OK done\r\n");
    d.c("b8 EXPUNGE\r\n").s("* VANISHED 11\r\nb8 OK [HIGHESTMODSEQ 56] done\r\n");
    d.c("b9 SELECT other\r\n")
        .s("* OK [CLOSED] c\r\n* 0 EXISTS\r\n* VANISHED (EARLIER) 1:9\r\nb9 OK [READ-WRITE] done\r\n");
    d.c("c1 ID NIL\r\n").s("* ID (\"name\" \"x\" \"version\" NIL)\r\nc1 OK done\r\n");
    d.c("c2 LOGOUT\r\n").s("* BYE bye\r\nc2 OK done\r\n");
    for (auto& f : d.found)
        BOOST_ERROR(f.rule << ": " << f.text);
}

BOOST_AUTO_TEST_CASE(octets) {
    BOOST_TEST(broken("* 5 EXISTS\n") == "imap-bare-lf");
    BOOST_TEST(broken("a3 OK a\rb\r\n") == "imap-bare-cr");
    BOOST_TEST(broken("what is this\r\n") == "imap-malformed");
    BOOST_TEST(broken("*  5 EXISTS\r\n") == "imap-spacing");
    BOOST_TEST(broken("* SEARCH 1 (\r\n") == "imap-parentheses");
    BOOST_TEST(broken("* LIST () \"/\" \"a\r\n") == "imap-string");
    BOOST_TEST(broken("* LIST () \"/\" a%\r\n") == "imap-atom");
    BOOST_TEST(broken("* OK\r\n") == "imap-text");
    BOOST_TEST(broken("* LIST () \"/\" {1+}\r\na\r\n") == "imap-literal-plus");
    BOOST_TEST(broken(std::string_view("* LIST () \"/\" {2}\r\na\0\r\n", 23)) == "imap-nul");
    BOOST_TEST(broken(std::string_view("* OK a\0\r\n", 9)) == "imap-nul");
    BOOST_TEST(broken("* ID (\"name\" \"\xC3\xA4\")\r\n") == "imap-8bit-string");
    BOOST_TEST(broken("* OK \xC3\xA4\r\n") == "imap-8bit-text");
    BOOST_TEST(broken("* OK \xC3\xA4\r\n", "IMAP4rev2") == "");
    BOOST_TEST(broken("* OK \xC3\r\n", "IMAP4rev2") == "imap-utf8");
    BOOST_TEST(broken("* ID (\"name\" \"\xE4\")\r\n", "IMAP4rev2") == "imap-utf8");
    BOOST_TEST(broken("* ID (\"name\" {1}\r\n\xE4)\r\n") == "");
    dialog d;
    d.s("* OK [CAPABILITY IMAP4rev1] hi\r\n").c("a1 IDLE\r\n").s("+\r\n");
    BOOST_TEST(d.rules() == "imap-continuation");
}

BOOST_AUTO_TEST_CASE(greetings) {
    for (auto good : {"* OK hi\r\n", "* PREAUTH hi\r\n", "* BYE later\r\n"})
        BOOST_TEST(dialog().s(good).rules() == "");
    for (auto bad : {"* NO hi\r\n", "* BAD hi\r\n", "* CAPABILITY IMAP4rev1\r\n", "+ hi\r\n"})
        BOOST_TEST(dialog().s(bad).rules() == "imap-greeting");
    BOOST_TEST(dialog().s("a1 OK hi\r\n").rules() == "imap-greeting imap-tag");
}

BOOST_AUTO_TEST_CASE(tags) {
    BOOST_TEST(broken("a4 OK done\r\n") == "imap-tag");
    BOOST_TEST(broken("a3 OK done\r\na3 OK done\r\n") == "imap-tag");
    BOOST_TEST(broken("a3 OK done\r\n") == "");
    // Several under way, in any order; a tag that is used again.
    auto d = selected();
    d.c("a3 NOOP\r\na4 NOOP\r\n").s("a4 OK x\r\na3 OK x\r\n").c("a3 NOOP\r\n").s("a3 OK x\r\n");
    BOOST_TEST(d.rules() == "");
    // Whatever a server makes of a line that is none is its own affair.
    d.c("a5 NO\nOP\r\n").s("a5 BAD x\r\nOP BAD x\r\n");
    BOOST_TEST(d.rules() == "");
    // The literal that nobody asked for may be taken for a command.
    auto e = selected();
    e.c("a3 CREATE {7}\r\nx1 NOOP\r\n").s("a3 BAD no\r\nx1 OK done\r\n");
    BOOST_TEST(e.rules() == "");
    // The one that was asked for is not one.
    auto f = selected();
    f.c("a3 CREATE {7}\r\n").s("+ go\r\n").c("x1 NOOP\r\n").s("x1 OK done\r\n");
    BOOST_TEST(f.rules() == "imap-tag");
}

BOOST_AUTO_TEST_CASE(states) {
    dialog d;
    d.s("* OK [CAPABILITY IMAP4rev1] hi\r\n").s("* 3 EXISTS\r\n");
    BOOST_TEST(d.rules() == "imap-data-before-login");
    auto e = logged_in();
    e.c("a2 NOOP\r\n").s("* 3 EXISTS\r\n");
    BOOST_TEST(e.rules() == "imap-data-without-mailbox");
    auto f = selected();
    f.c("a3 CLOSE\r\n").s("a3 OK done\r\n").c("a4 NOOP\r\n").s("* 1 EXPUNGE\r\n");
    BOOST_TEST(f.rules() == "imap-data-without-mailbox");
    auto g = selected();
    g.c("a3 SELECT y\r\n").s("a3 NO none\r\n").c("a4 NOOP\r\n").s("* 1 FETCH (FLAGS ())\r\n");
    BOOST_TEST(g.rules() == "imap-data-without-mailbox");
    auto h = selected();
    h.c("a3 SELECT y z\r\n")
        .s("a3 BAD what\r\n")
        .c("a4 NOOP\r\n")
        .s("* 1 FETCH (FLAGS ())\r\n* 4 EXISTS\r\n");
    BOOST_TEST(h.rules() == "imap-exists-shrinks");
}

BOOST_AUTO_TEST_CASE(counts_of_messages) {
    BOOST_TEST(broken("* 4 EXISTS\r\n") == "imap-exists-shrinks");
    BOOST_TEST(broken("* 5 EXPUNGE\r\n* 4 EXISTS\r\n") == "");
    BOOST_TEST(broken("* 6 FETCH (FLAGS ())\r\n") == "imap-sequence-number");
    BOOST_TEST(broken("* 6 EXISTS\r\n* 6 FETCH (FLAGS ())\r\n") == "");
    BOOST_TEST(broken("* 5 EXPUNGE\r\n* 5 EXPUNGE\r\n") == "imap-sequence-number");
    // Another mailbox has another count.
    auto d = selected();
    d.c("a3 SELECT y\r\n")
        .s("* OK [CLOSED] c\r\n* 1 EXISTS\r\na3 OK done\r\n")
        .c("a4 NOOP\r\n")
        .s("* 2 FETCH (FLAGS ())\r\n");
    BOOST_TEST(d.rules() == "imap-sequence-number");
    // FETCH of the old mailbox while SELECT is on its way.
    auto e = selected();
    e.c("a3 FETCH 5 UID\r\na4 SELECT y\r\n").s("* 5 FETCH (UID 90)\r\na3 OK x\r\n* 5 EXISTS\r\na4 OK x\r\n");
    e.c("a5 FETCH 5 UID\r\n").s("* 5 FETCH (UID 5)\r\na5 OK x\r\n");
    BOOST_TEST(e.rules() == "");
}

BOOST_AUTO_TEST_CASE(when_messages_may_go) {
    auto during = [](std::string_view command, std::string_view response = "* 1 EXPUNGE\r\n") {
        auto d = selected("IMAP4rev1 QRESYNC CONDSTORE ENABLE");
        if (response.find("VANISHED") != response.npos)
            d.c("e ENABLE QRESYNC\r\n").s("* ENABLED QRESYNC\r\ne OK x\r\n");
        d.c(command).s(response);
        return d.rules();
    };
    BOOST_TEST(during("") == "imap-expunge-timing");
    BOOST_TEST(during("a3 FETCH 1 FLAGS\r\n") == "imap-expunge-timing");
    BOOST_TEST(during("a3 STORE 1 FLAGS ()\r\n") == "imap-expunge-timing");
    BOOST_TEST(during("a3 search all\r\n") == "imap-expunge-timing");
    BOOST_TEST(during("a3 UID FETCH 1 FLAGS\r\n") == "");
    BOOST_TEST(during("a3 NOOP\r\n") == "");
    BOOST_TEST(during("a3 FETCH 1 FLAGS\r\na4 NOOP\r\n") == "");
    BOOST_TEST(during("a3 FETCH 1 FLAGS\r\n", "* VANISHED 7\r\n") == "imap-expunge-timing");
    BOOST_TEST(during("a3 UID FETCH 1 FLAGS (VANISHED CHANGEDSINCE 1)\r\n", "* VANISHED (EARLIER) 7\r\n") ==
               "");
    BOOST_TEST(during("a3 NO\rOP\r\n") == ""); // who knows what that is
}

BOOST_AUTO_TEST_CASE(unique_identifiers) {
    BOOST_TEST(broken("* 1 FETCH (UID 7)\r\n* 2 FETCH (UID 7)\r\n") == "imap-uid-order");
    BOOST_TEST(broken("* 4 FETCH (UID 7)\r\n* 2 FETCH (UID 8)\r\n") == "imap-uid-order");
    BOOST_TEST(broken("* 4 FETCH (UID 7)\r\n* 4 FETCH (UID 8)\r\n") == "imap-uid-changes");
    BOOST_TEST(broken("* 2 FETCH (UID 7)\r\n* 1 EXPUNGE\r\n* 2 FETCH (UID 9)\r\n* 1 FETCH (UID 7)\r\n") ==
               "");
    BOOST_TEST(broken("* 2 FETCH (UID 7)\r\n* 1 EXPUNGE\r\n* 2 FETCH (UID 7)\r\n") == "imap-uid-order");

    auto d = selected();
    d.c("a3 UID FETCH 1 BODY[]\r\n").s("* 1 FETCH (BODY[] NIL)\r\n");
    BOOST_TEST(d.rules() == "imap-uid-missing");
    d.s("* 2 FETCH (FLAGS ())\r\na3 OK x\r\n"); // of another session, perhaps
    BOOST_TEST(d.rules() == "imap-uid-missing");
    BOOST_TEST(broken("* 1 FETCH (FLAGS ())\r\n") == "");
    BOOST_TEST(broken("* 1 FETCH (FLAGS ())\r\n", "IMAP4rev2") == "imap-uid-missing");
}

BOOST_AUTO_TEST_CASE(revisions_and_extensions) {
    BOOST_TEST(broken("* 0 RECENT\r\n") == "");
    BOOST_TEST(broken("* 0 RECENT\r\n", "IMAP4rev2") == "imap-rev2-forms");
    BOOST_TEST(broken("* SEARCH 1\r\n", "IMAP4rev2") == "imap-rev2-forms");
    BOOST_TEST(broken("* 1 FETCH (UID 1 FLAGS (\\Recent))\r\n", "IMAP4rev2") == "imap-rev2-forms");
    BOOST_TEST(broken("* 0 RECENT\r\n", "IMAP4rev1 IMAP4rev2") == "");
    BOOST_TEST(broken("* VANISHED 7\r\n") == "imap-not-asked-for");
    BOOST_TEST(broken("* ENABLED QRESYNC\r\n") == "imap-not-asked-for");

    auto d = selected("IMAP4rev1 QRESYNC CONDSTORE ENABLE");
    d.c("a3 ENABLE QRESYNC\r\n").s("* ENABLED QRESYNC\r\na3 OK x\r\n").c("a4 NOOP\r\n").s("* 1 EXPUNGE\r\n");
    BOOST_TEST(d.rules() == "imap-expunge-in-qresync");
    d.s("* 1 FETCH (UID 1 FLAGS ())\r\n");
    BOOST_TEST(d.rules() == "imap-expunge-in-qresync imap-modseq-missing");
    auto e = logged_in();
    e.c("a2 SELECT x (CONDSTORE)\r\n").s("* 2 EXISTS\r\n* OK [NOMODSEQ] none\r\na2 OK x\r\n");
    e.c("a3 NOOP\r\n").s("* 1 FETCH (FLAGS ())\r\na3 OK x\r\n");
    BOOST_TEST(e.rules() == "");
    BOOST_TEST(broken("* 1 FETCH (MODSEQ (9))\r\n* 1 FETCH (MODSEQ (8))\r\n") == "imap-modseq-goes-back");
    BOOST_TEST(broken("* 1 FETCH (MODSEQ (9))\r\n* 1 EXPUNGE\r\n* 1 FETCH (MODSEQ (8))\r\n") == "");
    BOOST_TEST(broken("* 1 FETCH (MODSEQ (0))\r\n") == "imap-modseq-value");
    BOOST_TEST(broken("* 1 FETCH (MODSEQ (9223372036854775808))\r\n") == "imap-modseq-value");
}

// RFC 9051 §6.2.1: half a literal in front of the handshake is not filled from inside.
BOOST_AUTO_TEST_CASE(what_a_tab_separates_is_anybodys_guess) {
    const auto selecting = [](std::string_view command) {
        return logged_in().c(command).s("* 5 EXISTS\r\na2 OK [READ-WRITE] done\r\n").rules();
    };
    BOOST_TEST(selecting("a2 SELECT x\r\n") == "");
    BOOST_TEST(selecting("a2 STATUS x (MESSAGES)\r\n") == "imap-data-without-mailbox");
    BOOST_TEST(selecting("a2 SELECT\tx\r\n") == "");
}

BOOST_AUTO_TEST_CASE(a_literal_before_the_handshake_is_forgotten) {
    dialog d;
    d.s("* OK [CAPABILITY IMAP4rev1 LITERAL+ STARTTLS] hi\r\n");
    d.c("a1 STARTTLS\r\nx1 LOGIN {64+}\r\n").s("a1 OK go\r\n");
    d.judge.tls_started();
    BOOST_TEST(d.c("a2 NOOP\r\n").s("a2 OK done\r\n").rules() == "");
}

BOOST_AUTO_TEST_CASE(capabilities) {
    auto announced = [](std::string_view words, bool tls = false) {
        dialog d;
        if (tls) d.judge.tls_started();
        return d.s(fmt::format("* OK [CAPABILITY {}] hi\r\n", words)).rules();
    };
    BOOST_TEST(announced("IMAP4rev2") == "");
    BOOST_TEST(announced("IMAP4 IDLE") == "imap-capability");
    BOOST_TEST(announced("IMAP4rev1 STARTTLS") == "");
    BOOST_TEST(announced("IMAP4rev1 STARTTLS", true) == "imap-capability-starttls");
    BOOST_TEST(announced("IMAP4rev1 ENABLE QRESYNC") == "imap-qresync-condstore");
    BOOST_TEST(announced("IMAP4rev1 CONDSTORE QRESYNC") == "imap-qresync-enable");
    BOOST_TEST(announced("IMAP4rev1 QUOTA") == "");
    BOOST_TEST(announced("IMAP4rev1 QUOTA QUOTASET") == "imap-quota-resource");
    BOOST_TEST(announced("IMAP4rev1 QUOTA QUOTASET QUOTA=RES-STORAGE") == "");
    BOOST_TEST(broken("* CAPABILITY IDLE\r\n") == "imap-capability");
}

BOOST_AUTO_TEST_CASE(forms_of_data) {
    for (auto bad :
         {"* 5 EXISTS now\r\n", "* FLAGS \\Seen\r\n", "* LIST () a b\r\n", "* LIST () \"//\" b\r\n",
          "* LIST (Marked) \"/\" b\r\n", "* LIST \"/\" b\r\n", "* STATUS x (MESSAGES)\r\n", "* STATUS x\r\n",
          "* SEARCH 1 0\r\n", "* SEARCH 1:3\r\n", "* SORT a\r\n", "* ESEARCH (TAG \"a3\") ALL\r\n",
          "* ESEARCH (TAG \"a3\") MIN 0\r\n", "* ESEARCH (TAG \"a3\") ALL 1:x\r\n", "* NAMESPACE NIL NIL\r\n",
          "* NAMESPACE ((\"\")) NIL NIL\r\n", "* ID (\"a\")\r\n", "* ID x\r\n", "* QUOTA x (STORAGE 1)\r\n"})
        BOOST_TEST_CONTEXT(bad) BOOST_TEST(broken(bad) == "imap-data");
    BOOST_TEST(broken("* 5000000000 EXISTS\r\n") == "imap-number");
    BOOST_TEST(broken("* 0 EXPUNGE\r\n") == "imap-number");
    BOOST_TEST(broken("* 01 FETCH (FLAGS ())\r\n") == "imap-number");
    BOOST_TEST(broken("* STATUS x (UIDNEXT 0)\r\n") == "imap-number");
    BOOST_TEST(broken("* STATUS x (MESSAGES \"1\")\r\n") == "imap-number");
    BOOST_TEST(broken("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen)\r\n") == "imap-flags-response");
    BOOST_TEST(broken("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)\r\n") == "imap-flag");
    BOOST_TEST(broken("* 1 FETCH (FLAGS (\\Mine))\r\n") == "imap-flag");
    BOOST_TEST(broken("* 1 FETCH (FLAGS (\"a\"))\r\n") == "imap-flag");
    BOOST_TEST(broken("* LIST (\\HasChildren \\HasNoChildren) \"/\" a\r\n") == "imap-list-attributes");
    BOOST_TEST(broken("* LIST (\\Marked \\Noselect) \"/\" a\r\n") == "imap-list-attributes");
    BOOST_TEST(broken("* LIST () \"/\" \"&AGE-\"\r\n") == "imap-mailbox-utf7"); // an `a` in base64
    BOOST_TEST(broken("* LIST () \"/\" \"&AOQ\"\r\n") == "imap-mailbox-utf7");
    BOOST_TEST(broken("* LIST () \"/\" \"&AOQ-&AOQ-\"\r\n") == "imap-mailbox-utf7");
    BOOST_TEST(broken("* LIST () \"/\" \"a&b\"\r\n", "IMAP4rev2") == "");
    BOOST_TEST(broken("* ESEARCH (TAG \"a3\") COUNT 1 COUNT 1\r\n") == "imap-esearch-twice");
    BOOST_TEST(broken("* ID (\"name\" \"x\" \"NAME\" \"y\")\r\n") == "imap-id");
    BOOST_TEST(broken(fmt::format("* ID (\"{}\" NIL)\r\n", std::string(31, 'n'))) == "imap-id");
}

BOOST_AUTO_TEST_CASE(forms_of_codes) {
    for (auto bad : {"* OK [UIDNEXT 0] x\r\n", "* OK [UIDNEXT] x\r\n", "* OK [UIDVALIDITY a] x\r\n",
                     "* OK [PERMANENTFLAGS \\Seen] x\r\n", "* OK [HIGHESTMODSEQ 0] x\r\n",
                     "a3 OK [APPENDUID 1] x\r\n", "a3 OK [COPYUID 1 2:3] x\r\n", "a3 OK [MODIFIED x] x\r\n",
                     "a3 OK [READ-ONLY x] x\r\n", "a3 NO [BADCHARSET ()] x\r\n"})
        BOOST_TEST_CONTEXT(bad) BOOST_TEST(broken(bad) == "imap-code");
    BOOST_TEST(broken("a3 OK [APPENDUID 1 7:7] x\r\n") == "imap-appenduid");
    BOOST_TEST(broken("a3 OK [APPENDUID 1 7:8] x\r\n") == "");
    BOOST_TEST(broken("a3 OK [COPYUID 1 2:3 7] x\r\n") == "imap-copyuid");
    BOOST_TEST(broken("* OK [PERMANENTFLAGS (\\Mine)] x\r\n") == "imap-flag");
    BOOST_TEST(broken("* OK [X-MINE a (b] x\r\n") == "");
}

BOOST_AUTO_TEST_CASE(forms_of_fetch) {
    auto item = [](std::string_view text) { return broken(fmt::format("* 1 FETCH ({})\r\n", text)); };
    BOOST_TEST(broken("* 1 FETCH\r\n") == "imap-fetch");
    for (auto bad :
         {"", "UID", "UID \"1\"", "UID 0", "RFC822.SIZE NIL", "FLAGS NIL", "BODY[] x", "BODY[] ~{1}\r\nx",
          "BODY[TEXT]<0> 5", "BINARY[1] x", "BINARY.SIZE[1] NIL", "MODSEQ 5", "\"UID\" 1", "RFC822 5"})
        BOOST_TEST_CONTEXT(bad) BOOST_TEST(item(bad) == "imap-fetch");
    for (auto good : {"BODY[] NIL", "BODY[1.2.MIME] {1}\r\nx", "BINARY[1] ~{1}\r\nx", "BINARY.SIZE[1] 7",
                      "X-THING (a)", "INTERNALDATE \"01-Feb-2024 10:00:00 -0130\""})
        BOOST_TEST_CONTEXT(good) BOOST_TEST(item(good) == "");
    for (auto bad :
         {"\"1-Feb-2024 10:00:00 +0100\"", "\"01-Fob-2024 10:00:00 +0100\"", "\"01-Feb-2024 10:00:00 GMT\"",
          "\"01-Feb-2024 10:00:00 0100\"", "NIL", "{26}\r\n01-Feb-2024 10:00:00 +0100"})
        BOOST_TEST_CONTEXT(bad) BOOST_TEST(item(fmt::format("INTERNALDATE {}", bad)) == "imap-internaldate");

    BOOST_TEST(item("ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL)") == "imap-envelope");
    BOOST_TEST(item("ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)") == "imap-envelope");
    BOOST_TEST(item("ENVELOPE (x NIL NIL NIL NIL NIL NIL NIL NIL NIL)") == "imap-envelope");
    BOOST_TEST(item("ENVELOPE (NIL NIL () NIL NIL NIL NIL NIL NIL NIL)") == "imap-address");
    BOOST_TEST(item("ENVELOPE (NIL NIL \"a@b\" NIL NIL NIL NIL NIL NIL NIL)") == "imap-address");
    BOOST_TEST(item("ENVELOPE (NIL NIL ((NIL NIL \"a\")) NIL NIL NIL NIL NIL NIL NIL)") == "imap-address");
    BOOST_TEST(
        item(
            "ENVELOPE (NIL NIL ((NIL NIL \"a\" \"b\") (NIL NIL \"c\" \"d\")) NIL NIL NIL NIL NIL NIL NIL)") ==
        "imap-spacing");
}

BOOST_AUTO_TEST_CASE(forms_of_bodies) {
    auto body = [](std::string_view text) {
        return broken(fmt::format("* 1 FETCH (BODYSTRUCTURE {})\r\n", text));
    };
    BOOST_TEST(body("(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 2 1)") == "");
    BOOST_TEST(body("(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 2 1 NIL NIL \"en\" \"x\")") == "");
    for (auto bad :
         {"NIL", "()", "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\")",
          "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 2)", "(TEXT \"PLAIN\" NIL NIL NIL \"7BIT\" 2 1)",
          "(\"TEXT\" \"PLAIN\" () NIL NIL \"7BIT\" 2 1)",
          "(\"TEXT\" \"PLAIN\" (\"CHARSET\") NIL NIL \"7BIT\" 2 1)",
          "(\"TEXT\" \"PLAIN\" NIL NIL NIL NIL 2 1)", "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" -1 1)",
          "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 2)",
          "(\"IMAGE\" \"PNG\" NIL NIL NIL \"7BIT\" 2 NIL \"INLINE\")",
          "(\"IMAGE\" \"PNG\" NIL NIL NIL \"7BIT\" 2 NIL (\"INLINE\" NIL) ())",
          "((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 2 1))",
          "((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 2 1) NIL)"})
        BOOST_TEST_CONTEXT(bad) BOOST_TEST(body(bad) == "imap-bodystructure");
    BOOST_TEST(
        body("((\"A\" \"B\" NIL NIL NIL \"7BIT\" 2) (\"A\" \"B\" NIL NIL NIL \"7BIT\" 2) \"MIXED\")") ==
        "imap-spacing");
    BOOST_TEST(body("(\"A\" \"B\" NIL NIL NIL \"7BIT\" 2 NIL NIL NIL NIL NIL)") == "imap-bodystructure-end");
    BOOST_TEST(body("((\"A\" \"B\" NIL NIL NIL \"7BIT\" 2) \"MIXED\" NIL NIL NIL NIL 1)") ==
               "imap-bodystructure-end");
    BOOST_TEST(broken("* 1 FETCH (BODY (\"A\" \"B\" NIL NIL NIL \"7BIT\" 2 NIL))\r\n") ==
               "imap-body-extension");
    BOOST_TEST(broken("* 1 FETCH (BODY ((\"A\" \"B\" NIL NIL NIL \"7BIT\" 2) \"MIXED\" NIL))\r\n") ==
               "imap-body-extension");
}

BOOST_AUTO_TEST_CASE(what_is_told) {
    auto d = selected();
    d.c("a3 NOOP\r\n").s("* 3 EXISTS\r\n");
    BOOST_TEST(d.last_text() == "3 messages, and 5 before");
    d.s("* 2 FETCH (UID 7)\r\n* 3 FETCH (UID 6)\r\n");
    BOOST_TEST(d.last_text() == "message 2 has UID 7, message 3 has 6");
    d.s("* 1 FETCH (UID x)\r\n");
    BOOST_TEST(d.last_text() == "UID is \"x\", not a number from 1 to 4294967295");
    BOOST_TEST(d.judged("imap-exists-shrinks"));
    BOOST_TEST(!d.judged("imap-envelope"));
}

BOOST_AUTO_TEST_SUITE_END()
