// Which fragment a call finds, what it hands down, and each mistake by its words.
// Compares whole messages, place included. Follows docs/suite-language.md, "Blocks";
// runs no script.
#include "harness/suite/claims.hpp"
#include "harness/suite/needs.hpp"
#include "harness/tests/suite/suite_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace mailspec::suite;

namespace {

struct fixture : suite_folder {
    std::string mistakes(const std::string& script) {
        auto text = problems(load_script(script));
        if (!text.empty()) text.pop_back();
        return text;
    }
    test_case only(const load_result& loaded) {
        BOOST_TEST(problems(loaded) == "");
        BOOST_REQUIRE(loaded.suites.size() == 1u);
        BOOST_REQUIRE(loaded.suites[0].cases.size() == 1u);
        return loaded.suites[0].cases[0];
    }
    test_case scripted(const std::string& script) { return only(load_script(script)); }
};

const fragment_block& call(const step& s) {
    return std::get<fragment_block>(s.body);
}

// The text of the step's `C:` line.
std::string sent(const step& s) {
    return std::get<send_line>(s.body).text.source;
}

const char* with_fragments = "title: T\nservice: %s\nfragments:\n  %s\ncases:\n  c:\n    title: t\n"
                             "    requirement: rfc5321-1-1\n    script: |\n      %s\n";

std::string suite_of(const std::string& service, const std::string& fragments, const std::string& script) {
    std::string text = with_fragments;
    for (auto* part : {&service, &fragments, &script})
        text.replace(text.find("%s"), 2, *part);
    return text;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(fragments_test, fixture)

BOOST_AUTO_TEST_CASE(a_call_holds_the_steps) {
    auto c = scripted("do hello\nC: NOOP\nS: 250");
    auto& hello = call(c.script[0]);
    BOOST_TEST(hello.name == "hello");
    BOOST_REQUIRE(hello.steps.size() == 3u);
    BOOST_TEST(sent(hello.steps[1]) == "EHLO {client}");
    BOOST_TEST(hello.steps[1].connection == 1);
    BOOST_TEST(hello.steps[1].at.file.ends_with("smtp/fragments.yaml"));
    BOOST_TEST(hello.steps[1].at.line == 4);
    BOOST_TEST(hello.steps[1].at.column == 5);
}

BOOST_AUTO_TEST_CASE(connections_are_handed_down) {
    auto c = scripted("do hello\n2 do hello\nrepeat 2\n3 C: NOOP\nC: NOOP\nend\n2 S: 250");
    BOOST_TEST(call(c.script[1]).steps[1].connection == 2);
    auto& repeat = std::get<repeat_block>(c.script[2].body);
    BOOST_TEST(repeat.steps[0].connection == 3);
    BOOST_TEST(repeat.steps[1].connection == 1);
}

BOOST_AUTO_TEST_CASE(the_service_of_the_connection_chooses) {
    auto c = scripted("2 open lmtp\n2 do hello\ndo hello\nS: 250");
    BOOST_TEST(sent(call(c.script[1]).steps[1]) == "LHLO {client}");
    BOOST_TEST(sent(call(c.script[2]).steps[1]) == "EHLO {client}");
    BOOST_TEST((c.services == std::vector<std::string>{"smtp", "lmtp"}));
}

BOOST_AUTO_TEST_CASE(nearest_first) {
    write("smtp/deep/fragments.yaml", "fragments:\n  hello: |\n    C: deep\n");
    auto deep =
        write("smtp/deep/er/one.yaml", suite_of("smtp", "other: |\n    C: own", "do hello\n      S: 250"));
    BOOST_TEST(sent(call(only(load(deep)).script[0]).steps[0]) == "deep");
    auto own =
        write("smtp/deep/er/one.yaml", suite_of("smtp", "hello: |\n    C: own", "do hello\n      S: 250"));
    BOOST_TEST(sent(call(only(load(own)).script[0]).steps[0]) == "own");
    auto protocol =
        write("lmtp/one.yaml", suite_of("lmtp", "other: |\n    C: own", "do hello\n      S: 250"));
    BOOST_TEST(sent(call(only(load(protocol)).script[0]).steps[1]) == "LHLO {client}");
}

BOOST_AUTO_TEST_CASE(a_file_of_the_user_has_those_beside_it_and_the_protocols) {
    suite_folder elsewhere;
    elsewhere.write("fragments.yaml", "fragments:\n  knock: |\n    C: knock\n");
    auto file =
        elsewhere.write("mine.yaml", suite_of("smtp", "own: |\n    C: own",
                                              "do knock\n      do own\n      do hello\n      S: 250"));
    auto c = only(load(file));
    BOOST_TEST(sent(call(c.script[0]).steps[0]) == "knock");
    BOOST_TEST(sent(call(c.script[2]).steps[1]) == "EHLO {client}");
    BOOST_TEST(c.id == "mine/c");
}

BOOST_AUTO_TEST_CASE(claims_of_fragments) {
    auto plain = scripted("do hello\nC: NOOP\nS: 250\ndo still-alive");
    BOOST_TEST(!has_claim(call(plain.script[0]).steps));
    BOOST_TEST(plain.script[2].claim);
    BOOST_TEST(!has_claim(call(plain.script[3]).steps));
    auto checked = scripted("check do hello\nC: NOOP\nS: 250");
    BOOST_TEST(!checked.script[0].claim);
    BOOST_TEST(call(checked.script[0]).steps[2].claim);
    BOOST_TEST(!checked.script[2].claim);
    auto marked = suite_of("smtp", "own: |\n    check S: 220\n    C: NOOP\n    S: 250", "check do own");
    BOOST_TEST(call(only(load_yaml(marked)).script[0]).steps[0].claim);
    BOOST_TEST(problems(load_yaml(suite_of("smtp", "own: |\n    C: NOOP", "check do own"))) ==
               "smtp/test.yaml:11:7: fragment `own` expects nothing, so it cannot be the claim\n");
}

BOOST_AUTO_TEST_CASE(needs_of_another_service) {
    const auto one = *parse_need("imap BINARY"), other = *parse_need("not imap LITERAL+ or LITERAL-");
    BOOST_TEST(one.service == "imap");
    BOOST_TEST(one.name == "BINARY");
    BOOST_TEST(one.word == "BINARY");
    BOOST_TEST(one.capability);
    BOOST_TEST(other.service == "imap");
    BOOST_TEST(other.negative);
    BOOST_TEST(other.name == "LITERAL+");
    BOOST_TEST(other.word == "not LITERAL+ or LITERAL-");
    BOOST_TEST(!parse_need("imap").value().capability);
    BOOST_TEST(!parse_need("imap binary").has_value());
}

BOOST_AUTO_TEST_CASE(needs_are_implied) {
    auto c = scripted("do hello\ndo auth\nC: NOOP\nS: 250");
    BOOST_REQUIRE(c.needs.size() == 1u);
    BOOST_TEST(c.needs[0].name == "AUTH");
    BOOST_TEST(c.needs[0].parameter == "PLAIN");
    BOOST_TEST(c.needs[0].service == "");
    BOOST_TEST(c.accounts == 1);
    auto other = scripted("2 open submission\n2 do auth\nS: 250");
    BOOST_TEST(other.needs[0].service == "submission");
}

BOOST_AUTO_TEST_CASE(values) {
    auto c = scripted("do mail sender=<>\nS: 250");
    BOOST_REQUIRE(call(c.script[0]).values.size() == 1u);
    BOOST_TEST(call(c.script[0]).values[0].second.source == "");
    BOOST_TEST(mistakes("do mail recipient=<x@y>\nS: 250") ==
               "smtp/test.yaml:9:7: fragment `mail` has no {recipient} to replace");
    BOOST_TEST(mistakes("do mail sender={sendr}\nS: 250")
                   .starts_with("smtp/test.yaml:9:22: unknown placeholder {sendr}"));
    auto nested =
        suite_of("smtp", "own: |\n    do mail\n    C: {word}", "do own sender=<x> word=NOOP\n      S: 250");
    BOOST_TEST(problems(load_yaml(nested)) == "");
    auto absent = suite_of("smtp", "own: |\n    C: {word}", "do own\n      S: 250");
    BOOST_TEST(problems(load_yaml(absent)).starts_with("smtp/test.yaml:5:8: unknown placeholder {word}"));
}

BOOST_AUTO_TEST_CASE(unknown_fragments) {
    BOOST_TEST(
        mistakes("do helo\nS: 250") ==
        "smtp/test.yaml:9:7: unknown fragment `helo`, did you mean `hello`?; known are auth, hello, mail, "
        "still-alive");
}

BOOST_AUTO_TEST_CASE(recursion) {
    auto circle = suite_of("smtp", "a: |\n    do b\n  b: |\n    do a", "do a\n      S: 250");
    BOOST_TEST(problems(load_yaml(circle)) == "smtp/test.yaml:7:5: fragment `a` runs itself: a -> b -> a\n");
}

BOOST_AUTO_TEST_CASE(mistakes_in_fragment_files) {
    write("smtp/fragments.yaml",
          "fragments:\n  Hello: |\n    S: 220\n  hello@ltmp: |\n    S: 220\n  mail:\n    needs: x\n"
          "  rcpt:\n    needs: Size\n    script: |\n      S 250\n");
    BOOST_TEST(
        mistakes("S: 220") ==
        "smtp/fragments.yaml:2:3: found the name `Hello`, expected lower-case words joined by hyphens, with "
        "@SERVICE "
        "behind them where one is meant\n"
        "smtp/fragments.yaml:4:3: unknown service `ltmp`, expected `smtp`, `submission`, `submissions`, "
        "`lmtp`, `imap`, `imaps`, `pop3` or "
        "`pop3s`, "
        "did you mean `lmtp`?\n"
        "smtp/fragments.yaml:6:3: fragment `mail` has no `script`\n"
        "smtp/fragments.yaml:9:12: found the need `Size`, expected a capability in capitals (STARTTLS, "
        "AUTH "
        "PLAIN, SIZE 1..67108864; LITERAL+ or LITERAL-; of another service, imap BINARY), a feature of the "
        "profile in small letters, or one "
        "of these after `not`\n"
        "smtp/fragments.yaml:11:7: found `S`, did you mean `S:`?");
    write("smtp/fragments.yaml", "hello: |\n  S: 220\n");
    BOOST_TEST(mistakes("S: 220") == "smtp/fragments.yaml:1:1: a file of fragments has no `fragments`\n"
                                     "smtp/fragments.yaml:1:1: unknown key `hello` in a file of fragments, "
                                     "expected `service` or `fragments`");
}

BOOST_AUTO_TEST_SUITE_END()
