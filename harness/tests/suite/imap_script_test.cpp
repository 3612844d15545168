// Scripts of IMAP connections: what each step is read into, what is refused and in which words, and the keys
// of cases that read a mailbox.
#include "harness/suite/lint.hpp"
#include "harness/suite/script_parser.hpp"
#include "harness/tests/suite/suite_fixture.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

using namespace mailspec::suite;

BOOST_AUTO_TEST_SUITE(imap_script_test)

namespace {

std::string shape(const std::vector<imap_pattern>& elements);

std::string shape(const imap_pattern& e) {
    using kind = imap_pattern::kind;
    switch (e.what) {
    case kind::word: return e.text.source;
    case kind::string: return "'" + e.text.source + "'";
    case kind::nil: return "<nil>";
    case kind::any: return "<any>";
    case kind::number: return "<number>";
    case kind::regex: return "~" + e.text.source + "~";
    case kind::variable: return "<" + e.name + ">";
    case kind::compared: return "<" + e.relation + e.name + ">";
    case kind::rest: return "<rest>";
    case kind::list: break;
    }
    return "(" + shape(e.items) + ")";
}

std::string shape(const std::vector<imap_pattern>& elements) {
    std::string all;
    for (auto& e : elements)
        all += (all.empty() ? "" : " ") + shape(e);
    return all;
}

std::string shape(const imap_response_pattern& p) {
    static const char* kinds[] = {"tagged", "untagged", "continuation"};
    std::string all = kinds[int(p.what)];
    for (auto& c : p.conditions)
        all += " " + c;
    if (p.code) all += " [" + shape(p.code->items) + "]" + (p.code->optional ? "?" : "");
    if (p.regex) all += " ~" + p.regex->source + "~";
    if (!p.data.empty()) all += " " + shape(p.data);
    return all;
}

step one(const std::string& line) {
    auto script = parse_script({line, {"s.yaml", 10, 7}}, "imap");
    for (auto& p : script.problems)
        BOOST_FAIL(p.str());
    return script.steps.at(0);
}

std::string pattern(const std::string& text) {
    auto s = one("S: " + text);
    auto& expected = std::get<expect_server>(s.body);
    return shape(std::get<imap_response_pattern>(expected.tiers.at(0).any_of.at(0)));
}

std::string mistakes(const std::string& text, const std::string& service = "imap") {
    std::string all;
    for (auto& p : parse_script({text, {"s.yaml", 10, 7}}, service).problems)
        all += (all.empty() ? "" : "\n") + p.str();
    return all;
}

} // namespace

BOOST_AUTO_TEST_CASE(patterns) {
    BOOST_TEST(pattern("OK") == "tagged OK");
    BOOST_TEST(pattern("NO|BAD") == "tagged NO BAD");
    BOOST_TEST(pattern("OK [APPENDUID $v $uid]") == "tagged OK [APPENDUID <v> <uid>]");
    BOOST_TEST(pattern("OK [READ-ONLY]? ~done~") == "tagged OK [READ-ONLY]? ~done~");
    BOOST_TEST(pattern("* OK [PERMANENTFLAGS (\\Seen \\*)]") == "untagged OK [PERMANENTFLAGS (\\Seen \\*)]");
    BOOST_TEST(pattern("* BYE|PREAUTH") == "untagged BYE PREAUTH");
    BOOST_TEST(pattern("+ ~^$~") == "continuation ~^$~");
    BOOST_TEST(pattern("* 3 EXISTS") == "untagged 3 EXISTS");
    BOOST_TEST(
        pattern(
            "* # FETCH (UID _ FLAGS (\\Seen ...) BODY[HEADER.FIELDS (SUBJECT TO)]<0> \"a\\r\\n\" X NIL)") ==
        "untagged <number> FETCH (UID <any> FLAGS (\\Seen <rest>) BODY[HEADER.FIELDS (SUBJECT TO)]<0> "
        "'a\\r\\n' "
        "X <nil>)");
    BOOST_TEST(pattern("* LIST () \"/\" {mailbox} ...") == "untagged LIST () '/' {mailbox} <rest>");
    BOOST_TEST(pattern("* SEARCH $a $b ~^[0-9]+$~") == "untagged SEARCH <a> <b> ~^[0-9]+$~");
    BOOST_TEST(pattern("* FLAGS ($Forwarded)") == "untagged FLAGS ($Forwarded)");
    BOOST_TEST(pattern("* THREAD (2) (3 (4) (5))") == "untagged THREAD (2) (3 (4) (5))");
    BOOST_TEST(pattern("* ok") == "untagged ok"); // data of that name: conditions are in capitals
}

BOOST_AUTO_TEST_CASE(tiers_and_counts) {
    auto s = one("check S: NO [NONEXISTENT]? or close else warn BAD else info * BYE");
    auto& e = std::get<expect_server>(s.body);
    BOOST_TEST(s.claim);
    BOOST_TEST(e.tiers.size() == 3u);
    BOOST_TEST(e.tiers[0].any_of.size() == 2u);
    BOOST_TEST((e.tiers[1].instead == level::should));
    BOOST_TEST(std::get<imap_response_pattern>(e.tiers[0].any_of[0]).source == "NO [NONEXISTENT]?");
    auto counted = one("S: count 3 * _ FETCH ...");
    BOOST_TEST(std::get<expect_server>(counted.body).count.value() == 3u);
    auto after = one("S: then * 2 EXISTS");
    BOOST_TEST(std::get<expect_server>(after.body).then);
    auto none = one("not * # EXPUNGE");
    BOOST_TEST(shape(std::get<expect_no_response>(none.body).pattern) == "untagged <number> EXPUNGE");
    auto capabilities = one("expect capabilities has AUTH=PLAIN, lacks STARTTLS");
    auto& checks = std::get<expect_capabilities>(capabilities.body).checks;
    BOOST_TEST(fmt::format("{}{} {}{}", checks[0].lacks, checks[0].name, checks[1].lacks, checks[1].name) ==
               "falseAUTH=PLAIN trueSTARTTLS");
    BOOST_TEST(std::holds_alternative<start_compression>(one("compress").body));
    BOOST_TEST(std::get<send_command>(one("C: STORE 1 +FLAGS (\\Seen)").body).text.source ==
               "STORE 1 +FLAGS (\\Seen)");
    BOOST_TEST(std::get<send_line>(one("C+: DONE").body).text.source == "DONE");
    BOOST_TEST(std::get<send_line>(one("C+:").body).text.source == "");
}

BOOST_AUTO_TEST_CASE(the_language_is_that_of_the_connection) {
    auto script = parse_script(
        {"C: NOOP\nS: OK\n2 open submission\n2 S: 220\n2 C: NOOP\n2 S: 250\nS: * 1 EXISTS\n3 open imaps\n"
         "3 S: * OK",
         {"s.yaml", 10, 7}},
        "imap");
    BOOST_TEST(script.problems.empty());
    BOOST_TEST(std::holds_alternative<send_command>(script.steps[0].body));
    BOOST_TEST(std::holds_alternative<send_line>(script.steps[4].body));
    BOOST_TEST(mistakes("2 open imap\n2 S: 220\nS: * OK", "smtp") ==
               "s.yaml:11:12: found `220`, expected OK, NO, BAD, `* ...`, `+`, `close` or `silence 300ms`\n"
               "s.yaml:12:10: found `*`, expected a reply code as 250, 25z or 5yz, several joined by |, or "
               "`close` or "
               "`silence 300ms`");
    BOOST_TEST(mistakes("not * 1 EXISTS", "smtp") ==
               "s.yaml:10:7: found `not`, which only IMAP connections have; this one speaks SMTP");
    BOOST_TEST(mistakes("compress", "pop3") ==
               "s.yaml:10:7: found `compress`, which only IMAP connections have; this one speaks POP3");
}

BOOST_AUTO_TEST_CASE(mistakes_in_patterns) {
    BOOST_TEST(mistakes("S: ok") ==
               "s.yaml:10:10: found `ok`, expected OK, NO, BAD, `* ...`, `+`, `close` or `silence 300ms`");
    BOOST_TEST(mistakes("S: OK READ-ONLY") == "s.yaml:10:13: found `READ-ONLY`, expected a response code as "
                                              "[TRYCREATE], ~regex~, `or`, `else warn`, "
                                              "`else info` or the end of the line");
    BOOST_TEST(mistakes("S: OK [READ-ONLY") == "s.yaml:10:13: found `[` without its `]`");
    BOOST_TEST(mistakes("S: OK []") ==
               "s.yaml:10:13: expected the name of a response code, as [APPENDUID $v $uid]");
    BOOST_TEST(mistakes("S: * 1 FETCH (UID (1)") == "s.yaml:10:20: found `(` without its `)`");
    BOOST_TEST(mistakes("S: * 1 FETCH UID)") == "s.yaml:10:23: found `)` without its `(`");
    BOOST_TEST(mistakes("S: *") ==
               "s.yaml:10:11: the line ends too early, expected a response as `* 3 EXISTS` or `* OK`");
    BOOST_TEST(
        mistakes("S: * ... EXISTS") ==
        "s.yaml:10:12: expected the name of a response or a number first, as `* SEARCH ...` or `* # EXISTS`");
    BOOST_TEST(mistakes("S: * LIST a\"b\"") == "s.yaml:10:17: found `a\"b\"`, expected an atom, \"TEXT\", a "
                                               "list in parentheses, NIL, _, #, ~regex~, "
                                               "$name or ...");
    BOOST_TEST(mistakes("S: * OK ~(~").starts_with("s.yaml:10:15: found a regex that does not compile: "));
    BOOST_TEST(
        mistakes("S: then OK") ==
        "s.yaml:10:10: found `then` before something else than an untagged response, expected `then * ...`");
    BOOST_TEST(mistakes("S: count 2 OK") == "s.yaml:10:10: found `count` before something else than an "
                                            "untagged response, expected `count 2 * ...`");
    BOOST_TEST(mistakes("not OK") ==
               "s.yaml:10:11: found `OK`, expected an untagged response after `not`, as `not * # EXPUNGE`");
    BOOST_TEST(mistakes("C:") ==
               "s.yaml:10:9: found an empty command, expected one without its tag, as `C: NOOP`; an "
               "empty line is sent by `C+:`");
    BOOST_TEST(mistakes("expect capabilities IDLE") ==
               "s.yaml:10:27: found `IDLE`, expected `has NAME` or `lacks NAME`, as `expect capabilities has "
               "IDLE, lacks "
               "STARTTLS`");
    BOOST_TEST(mistakes("S: * X " + std::string(33, '(') + std::string(33, ')')) ==
               "s.yaml:10:46: found lists nested more than 32 deep");
}

BOOST_AUTO_TEST_CASE(what_a_case_finds) {
    suite_folder folder;
    folder.write("fixtures/plain.eml", "Subject: x\n\nHello.\n");
    auto load = [&](const std::string& keys, const std::string& script = "C: NOOP\n      S: OK",
                    const std::string& service = "imap") {
        return folder.load_yaml("title: T\nservice: " + service +
                                "\ncases:\n  c:\n    title: t\n    requirement: " + "rfc5321-1-1\n" + keys +
                                "    script: |\n      " + script + "\n");
    };
    auto the_case = [&](const load_result& loaded) {
        BOOST_TEST(folder.problems(loaded) == "");
        return loaded.suites.at(0).cases.at(0);
    };
    auto plain = the_case(load(""));
    BOOST_TEST(plain.state == "auth");
    BOOST_TEST(plain.accounts == 1);
    BOOST_TEST(plain.mailboxes == 0);
    BOOST_TEST(the_case(load("    state: nonauth\n")).accounts == 0);
    auto full =
        the_case(load("    state: selected\n    account: alone\n    messages: [plain \\Seen $A, plain x2 "
                      "\"01-Feb-2024 10:00:00 +0100\"]\n"));
    BOOST_TEST(full.mailboxes == 1);
    BOOST_TEST(full.account_alone);
    BOOST_TEST(full.messages.size() == 3u);
    BOOST_TEST(full.messages[0].flags.at(1) == "$A");
    BOOST_TEST(full.messages[2].date == "01-Feb-2024 10:00:00 +0100");
    BOOST_TEST(*full.fixtures.at("plain") == "Subject: x\r\n\r\nHello.\r\n");
    BOOST_TEST(the_case(load("", "C: STATUS {mailbox2} (MESSAGES)\n      S: OK")).mailboxes == 2);
    BOOST_TEST(the_case(load("", "C: NOOP\n      S: +OK", "pop3")).account_alone);

    auto problem = [&](const std::string& keys, const std::string& service = "imap") {
        return folder.problems(load(keys, service == "smtp" ? "S: 220" : "C: NOOP\n      S: OK", service));
    };
    BOOST_TEST(problem("    state: logged-in\n") ==
               "smtp/test.yaml:7:12: unknown state `logged-in`, expected `nonauth`, `auth` or `selected`\n");
    BOOST_TEST(problem("    state: auth\n", "smtp") == "smtp/test.yaml:7:12: found `state` on the service "
                                                       "smtp, expected it on imap, imaps, pop3 or pop3s\n");
    BOOST_TEST(problem("    messages: plain\n", "smtp") ==
               "smtp/test.yaml:7:15: found `messages` in a case that reads no mailbox, expected a connection "
               "to imap, "
               "imaps, pop3 or pop3s\n");
    BOOST_TEST(problem("    account: mine\n") ==
               "smtp/test.yaml:7:14: found the account `mine`, expected `alone`\n");
    BOOST_TEST(problem("    messages: plain {x}\n") == "smtp/test.yaml:7:15: found `{x}`, expected a flag as "
                                                       "\\Seen, a date in quotes or how often, as x3\n");
    BOOST_TEST(problem("    messages: plain x0\n") == "smtp/test.yaml:7:15: found `plain x0`, expected the "
                                                      "name of a fixture and what it carries, as `plain`, "
                                                      "`plain \\Seen` or `plain x3`\n");
    BOOST_TEST(
        problem("    messages: plain \"1 Feb\"\n") ==
        "smtp/test.yaml:7:15: found the date \"1 Feb\", expected one as \"01-Feb-2024 10:00:00 +0100\"\n");
}

BOOST_AUTO_TEST_CASE(names_and_states_that_nobody_made) {
    suite_folder folder;
    auto problems = [&](const std::string& script) {
        return folder.problems(
            folder.load_yaml("title: T\nservice: imap\ncases:\n  c:\n    title: t\n    requirement: "
                             "rfc5321-1-1\n    script: |\n      " +
                             script + "\n"));
    };
    BOOST_TEST(problems("C: UID FETCH {$uid} FLAGS\n      S: OK [X $uid]") ==
               "smtp/test.yaml:8:20: found {$uid}, but no step before binds $uid\n");
    BOOST_TEST(problems("S: OK [X $uid]\n      C: UID FETCH {$uid} FLAGS\n      S: OK") == "");
    BOOST_TEST(
        problems("2 open smtp selected\n      S: OK") ==
        "smtp/test.yaml:8:7: found `open selected` on the service smtp, expected it on imap or imaps\n");
    BOOST_TEST(
        problems("2 open pop3 nonauth\n      S: OK") ==
        "smtp/test.yaml:8:7: found `open nonauth` on the service pop3, expected it on imap or imaps\n");
}

BOOST_AUTO_TEST_CASE(a_claim_that_takes_every_response) {
    suite_folder folder;
    auto said = [&](const std::string& pattern) {
        auto loaded = folder.load_yaml(
            "title: T\nservice: imap\ncases:\n  c:\n    title: t\n    requirement: rfc5321-1-1\n"
            "    script: |\n      C: NOOP\n      S: " +
            pattern + "\n");
        BOOST_TEST(folder.problems(loaded) == "");
        std::string all;
        for (auto& f : lint_script(loaded.suites.at(0).cases.at(0)))
            all += f.what.text + "\n";
        return all;
    };
    BOOST_TEST(said("OK|NO|BAD or close") ==
               "the claim `S: OK|NO|BAD or close` cannot fail: it takes every reply and the "
               "end of the connection\n");
    BOOST_TEST(said("OK|NO|BAD") == "");
    BOOST_TEST(said("NO|BAD or close") == "");
}

// `do hello` is what the fragment of that name in the language of the connection says.
BOOST_AUTO_TEST_CASE(fragments_of_a_language) {
    suite_folder folder;
    folder.write("imap/fragments.yaml",
                 "fragments:\n  hello: |\n    S: * OK\n  of-imap: |\n    C: NOOP\n    S: OK\n");
    auto load = [&](const std::string& script) {
        return folder.problems(folder.load(folder.write(
            "imap/test.yaml",
            "title: T\nservice: imap\ncases:\n  c:\n    title: t\n    requirement: rfc5321-1-1\n    script: "
            "|\n      " +
                script + "\n")));
    };
    BOOST_TEST(load("do hello\n      2 open smtp\n      2 do hello\n      2 do mail\n      do of-imap\n      "
                    "S: OK") == "");
    BOOST_TEST(load("do mail\n      S: OK") ==
               "imap/test.yaml:8:7: unknown fragment `mail`; known are hello, of-imap\n");
    folder.write("mine/fragments.yaml", "service: imap\nfragments:\n  mine: |\n    S: * OK\n");
    BOOST_TEST(folder.problems(folder.load(folder.write("mine/test.yaml",
                                                        "title: T\nservice: imap\ncases:\n  c:\n    title: "
                                                        "t\n    requirement: rfc5321-1-1\n    script: |\n"
                                                        "      do mine\n      S: OK\n"))) == "");
}

BOOST_AUTO_TEST_SUITE_END()
