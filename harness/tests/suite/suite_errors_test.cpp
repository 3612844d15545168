// Every mistake in the YAML of a suite by its words and its place, several at once where they
// come together. Scripts have their own in script_errors_test. Follows docs/suite-language.md,
// "A suite".
#include "harness/tests/suite/suite_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace mailspec::suite;

namespace {

struct fixture : suite_folder {
    std::string mistakes(const std::string& yaml) {
        auto text = problems(load_yaml(yaml));
        if (!text.empty()) text.pop_back();
        return text;
    }
    // With one more key of the one case.
    std::string of_case(const std::string& key) {
        return mistakes(
            "title: T\nservice: smtp\ncases:\n  c:\n    title: t\n    requirement: rfc5321-1-1\n    " + key +
            "\n    script: |\n      S: 220\n");
    }
    std::string of_script(const std::string& script) {
        auto text = problems(load_script(script));
        if (!text.empty()) text.pop_back();
        return text;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(suite_errors_test, fixture)

BOOST_AUTO_TEST_CASE(not_yaml) {
    BOOST_TEST(mistakes("title: a: b\n").starts_with("smtp/test.yaml:1:9: not YAML: "));
    BOOST_TEST(mistakes("- a\n") ==
               "smtp/test.yaml:1:1: found a list, expected a suite as `key: value` lines");
    BOOST_TEST(mistakes("") == "smtp/test.yaml:1:1: found nothing, expected a suite as `key: value` lines");
}

BOOST_AUTO_TEST_CASE(octets_that_no_suite_has) {
    BOOST_TEST(mistakes("title: caf\xE9\n") ==
               "smtp/test.yaml:1:11: found the octet E9, which is no UTF-8, expected UTF-8; in a script the "
               "octet itself is written {xE9}");
    // Overlong, a surrogate, above U+10FFFF, cut off.
    for (auto* wrong : {"\xC0\x80", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80"})
        BOOST_TEST(mistakes("# a\n# " + std::string(wrong) + "\n")
                       .starts_with("smtp/test.yaml:2:3: found the octet "));
    BOOST_TEST(
        mistakes(std::string("title: a\0b\n", 11)) ==
        "smtp/test.yaml:1:9: found the control octet 00, expected text; in a script the octet itself is "
        "written {x00}");
    BOOST_TEST(mistakes("\xFF\xFEt\xC3") ==
               "smtp/test.yaml:1:1: found UTF-16, expected UTF-8; save the file in that encoding");
    const std::string fine = "title: caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x93\xA7\r\nservice: "
                             "smtp\r\ncases:\r\n  c:\r\n    title: t\r\n"
                             "    requirement: rfc5321-1-1\r\n    script: |\r\n      S: 220\r\n";
    BOOST_TEST(mistakes(fine) == "");
    BOOST_TEST(mistakes("\xEF\xBB\xBF" + fine) == "");
}

BOOST_AUTO_TEST_CASE(tabs) {
    BOOST_TEST(
        mistakes("title: T\nservice: smtp\ncases:\n\tc:\n\t\ttitle: t\n") ==
        "smtp/test.yaml:4:1: found a tab in the indentation, expected spaces: YAML knows no tabs there");
    BOOST_TEST(of_script("S: 220 ~a\tb~\n\t# a tab in a script\nC: a\tb\nS: 220") == "");
}

BOOST_AUTO_TEST_CASE(one_document_a_file) {
    BOOST_TEST(
        mistakes("---\ntitle: T\nservice: smtp\ncases:\n  c:\n    title: t\n    requirement: rfc5321-1-1\n"
                 "    script: |\n      S: 220\n---\ntitle: U\n") ==
        "smtp/test.yaml:11:1: found a second document (behind `---`), expected one a file");
}

BOOST_AUTO_TEST_CASE(suite_keys) {
    BOOST_TEST(
        mistakes("titel: T\n") ==
        "smtp/test.yaml:1:1: a suite has no `cases`\n"
        "smtp/test.yaml:1:1: a suite has no `title`\n"
        "smtp/test.yaml:1:1: unknown key `titel` in a suite, expected `title`, `rfc`, `service`, `needs`, "
        "`dns`, `hosts`, `fragments` or `cases`, did you mean `title`?");
    BOOST_TEST(mistakes("title: T\ntitle: U\ncases:\n") ==
               "smtp/test.yaml:2:1: `title` stands twice in a suite, expected each key once\n"
               "smtp/test.yaml:3:1: found nothing, expected `cases` as `key: value` lines");
    BOOST_TEST(mistakes("title: [a]\ncases: {}\n") ==
               "smtp/test.yaml:1:1: found a list as `title` of a suite, expected a text\n"
               "smtp/test.yaml:2:1: `cases` is empty, expected a case");
}

BOOST_AUTO_TEST_CASE(case_keys) {
    BOOST_TEST(mistakes("title: T\nservice: smtp\ncases:\n  Bad_Name:\n    requirement: rfc5321-1-1\n") ==
               "smtp/test.yaml:4:3: case `Bad_Name` has no `script`\n"
               "smtp/test.yaml:4:3: case `Bad_Name` has no `title`\n"
               "smtp/test.yaml:4:3: found the name `Bad_Name`, expected lower-case words joined by hyphens");
    BOOST_TEST(mistakes("title: T\nservice: smtp\ncases:\n  c: text\n") ==
               "smtp/test.yaml:4:3: case `c` names no `requirement`, expected the clause that it shows\n"
               "smtp/test.yaml:4:3: found a text, expected case `c` as `key: value` lines");
    BOOST_TEST(
        of_case("sekurity: x") ==
        "smtp/test.yaml:7:5: unknown key `sekurity` in case `c`, expected `title`, `requirement`, `level`, "
        "`service`, `rfc`, `needs`, `security`, `ruling`, `why`, `timeout`, `state`, `messages`, `account`, "
        "`dns`, `hosts` or `script`, did "
        "you mean "
        "`security`?");
    BOOST_TEST(of_case("why:") == "smtp/test.yaml:7:5: found nothing as `why` of case `c`, expected a text");
    BOOST_TEST(of_case("needs: {a: b}") ==
               "smtp/test.yaml:7:5: found a mapping as `needs` of case `c`, expected a text or a list");
    BOOST_TEST(of_case("needs: [[a]]") ==
               "smtp/test.yaml:7:13: found a list in the list `needs`, expected a text");
}

BOOST_AUTO_TEST_CASE(duplicate_cases) {
    std::string one = "  c:\n    title: t\n    requirement: rfc5321-1-1\n    script: |\n      S: 220\n";
    BOOST_TEST(mistakes("title: T\nservice: smtp\ncases:\n" + one + one) ==
               "smtp/test.yaml:9:3: `c` stands twice in `cases`, expected each key once");
}

BOOST_AUTO_TEST_CASE(values) {
    BOOST_TEST(of_case("level: must") ==
               "smtp/test.yaml:7:12: found the level `must`, expected `MUST`, `SHOULD` or `MAY`");
    BOOST_TEST(of_case("level: SHUOLD") == "smtp/test.yaml:7:12: found the level `SHUOLD`, expected `MUST`, "
                                           "`SHOULD` or `MAY`, did you mean `SHOULD`?");
    BOOST_TEST(of_case("rfc: RFC5321") ==
               "smtp/test.yaml:7:10: found `RFC5321` as `rfc`, expected a number as 5321");
    BOOST_TEST(of_case("timeout: 60") ==
               "smtp/test.yaml:7:14: found the timeout `60`, expected a time as 500ms, 60s or 2m");
    BOOST_TEST(of_case("service: stmp") ==
               "smtp/test.yaml:7:14: unknown service `stmp`, expected `smtp`, "
               "`submission`, `submissions`, `lmtp`, `imap`, `imaps`, `pop3` or `pop3s`, did "
               "you mean `smtp`?");
    BOOST_TEST(of_case("ruling: bare-lff") == "smtp/test.yaml:7:13: unknown ruling `bare-lff`, expected a "
                                              "heading of rulings.md, did you mean `bare-lf`?");
    BOOST_TEST(of_case("ruling: bare-lf") == "");
    BOOST_TEST(
        of_case("needs: SIZE 9..1") ==
        "smtp/test.yaml:7:12: found the need `SIZE 9..1`, expected a capability in capitals (STARTTLS, "
        "AUTH "
        "PLAIN, SIZE 1..67108864; LITERAL+ or LITERAL-; of another service, imap BINARY), a feature of the "
        "profile in small letters, or one "
        "of these after `not`");
    BOOST_TEST(
        of_case("needs: Starttls").starts_with("smtp/test.yaml:7:12: found the need `Starttls`, expected"));
}

BOOST_AUTO_TEST_CASE(requirements) {
    BOOST_TEST(mistakes("title: T\nservice: smtp\ncases:\n  c:\n    title: t\n    requirement: [rfc5321-1-1, "
                        "rfc5321-1-9]\n    script: |\n      S: 220\n") ==
               "smtp/test.yaml:6:32: unknown requirement `rfc5321-1-9`, expected an id of "
               "requirements/*.tsv, did you mean "
               "`rfc5321-1-1`?");
    BOOST_TEST(
        mistakes("title: T\nservice: smtp\ncases:\n  c:\n    title: t\n    script: |\n      S: 220\n") ==
        "smtp/test.yaml:4:3: case `c` names no `requirement`, expected the clause that it shows");
    suite_folder own; // a user's own file need not name one
    auto elsewhere =
        own.write("mine.yaml", "title: T\nservice: smtp\ncases:\n  c:\n    title: t\n    script: |\n"
                               "      S: 220\n");
    BOOST_TEST(problems(load(elsewhere)) == "");
}

BOOST_AUTO_TEST_CASE(no_service) {
    BOOST_TEST(
        mistakes(
            "title: T\ncases:\n  c:\n    title: t\n    requirement: rfc5321-1-1\n    script: |\n      S: "
            "220\n") == "smtp/test.yaml:3:3: case `c` has no `service`, nor has its suite; expected `smtp`, "
                        "`submission`, `submissions`, `lmtp`, `imap`, `imaps`, `pop3` or `pop3s`");
}

BOOST_AUTO_TEST_CASE(scripts) {
    auto with = [&](const std::string& script) {
        return mistakes("title: T\nservice: smtp\ncases:\n  c:\n    title: t\n    requirement: rfc5321-1-1\n "
                        "   script: " +
                        script + "\n");
    };
    BOOST_TEST(
        with("") ==
        "smtp/test.yaml:7:5: found nothing as `script`, expected a block string: write `script: |` and "
        "the steps below it, indented");
    BOOST_TEST(with("\"S: 220\"") == "smtp/test.yaml:7:5: found a text as `script`, expected a block "
                                     "string: write `script: |` and the steps "
                                     "below it, indented");
    BOOST_TEST(with(">\n      S: 220") == "smtp/test.yaml:7:5: found a text as `script`, expected a block "
                                          "string: write `script: |` and the steps "
                                          "below it, indented");
    BOOST_TEST(with("|\n    why: x") == "smtp/test.yaml:7:5: `script` is empty, expected steps");
    BOOST_TEST(with("|\n      # nothing") ==
               "smtp/test.yaml:7:5: `script` holds comments only, expected steps");
    BOOST_TEST(with("|\n\n        S: 220\n        S 250") ==
               "smtp/test.yaml:10:9: found `S`, did you mean `S:`?");
}

BOOST_AUTO_TEST_CASE(claims) {
    BOOST_TEST(of_script("do hello") ==
               "smtp/test.yaml:5:3: case `c` claims nothing: its own script has no `S:` and no "
               "`expect`; mark what shows the clause with `check`");
}

BOOST_AUTO_TEST_CASE(placeholders) {
    BOOST_TEST(
        of_script("S: 220\nC: MAIL FROM:<{sendr}>\nS: 250") ==
        "smtp/test.yaml:10:21: unknown placeholder {sendr}, did you mean `sender`?; known are token, "
        "domain, client, "
        "sender, recipient, user, password, local-part, unknown, foreign, n, zone, server-name, egress-port, "
        "mailbox, mailbox2, delimiter, tag, apop");
    BOOST_TEST(
        of_script("S: 220 ~{domain3}~").starts_with("smtp/test.yaml:9:15: unknown placeholder {domain3}"));
    BOOST_TEST(of_script("S: 220 ~{recipient1}~")
                   .starts_with("smtp/test.yaml:9:15: unknown placeholder {recipient1}"));
    BOOST_TEST(of_script("C: NOOP {n}\nS: 220") ==
               "smtp/test.yaml:9:15: found {n} outside `repeat`, expected it inside one");
    BOOST_TEST(of_script("repeat 2\nC: NOOP {n}\nS: 220\nend") == "");
}

BOOST_AUTO_TEST_CASE(tls_options_without_tls) {
    BOOST_TEST(of_script("check open version 1.1 refused") ==
               "smtp/test.yaml:9:7: `open` has options of TLS, but `smtp` begins without it; use STARTTLS "
               "and `tls`");
}

BOOST_AUTO_TEST_CASE(the_order_of_stop_and_start) {
    BOOST_TEST(of_script("server start\nS: 220") ==
               "smtp/test.yaml:9:7: found `server start`, expected `server stop` or `server kill` before it: "
               "the server runs already");
    BOOST_TEST(of_script("server kill\nserver stop\nserver start\nS: 220") ==
               "smtp/test.yaml:10:7: found `server stop`, expected `server start` before it: the server was "
               "stopped already");
    BOOST_TEST(of_script("server stop\nserver kill\nserver start\nS: 220") == "");
    BOOST_TEST(of_script("repeat 2\nserver kill\nserver start\nend\nS: 220") == "");
    BOOST_TEST(of_script("server kill\neither\nS: close\nserver start\nor\nS: 421\nserver start\nend") == "");
}

BOOST_AUTO_TEST_CASE(files) {
    BOOST_TEST(problems(load(root / "nowhere.yaml")) == "nowhere.yaml: no such file or folder\n");
    BOOST_TEST(problems(load(root / "requirements")) ==
               "requirements: this folder has no suite (*.yaml) in it\n");
    auto one = write("a/mine.yaml",
                     "title: T\nservice: smtp\ncases:\n  c:\n    title: t\n    requirement: rfc5321-1-1\n"
                     "    script: |\n      S: 220\n");
    suite_folder elsewhere;
    auto first = elsewhere.write("mine.yaml",
                                 "title: T\nservice: smtp\ncases:\n  c:\n    title: t\n    script: |\n      "
                                 "S: 220\n");
    auto second = elsewhere.write("b/mine.yaml", "title: T\n");
    auto loaded = load_suites({first, second}, {root}, catalogue());
    BOOST_REQUIRE(loaded.problems.size() == 1u);
    BOOST_TEST(loaded.problems[0].text.starts_with("its cases would be named `mine/...`, as those of "));
    BOOST_TEST(loaded.problems[0].text.ends_with("mine.yaml; rename one of the files"));
    BOOST_TEST(load_suites({first, first}, {root}, catalogue()).problems.empty());
}

BOOST_AUTO_TEST_SUITE_END()
