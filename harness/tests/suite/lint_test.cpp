// Each rule of lint: what it says, and what it lets pass. Every rule has both
// sides, so that one that cries at everything fails here too. Messages are
// compared whole.
#include "harness/suite/lint.hpp"
#include "harness/tests/suite/suite_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace mailspec::suite;

namespace {

struct fixture : suite_folder {
    std::string findings(const load_result& loaded, lint_options options = {}) {
        BOOST_TEST(problems(loaded) == "");
        std::string text;
        for (auto& f : lint(loaded, options)) {
            auto line = f.str();
            line.erase(0, root.string().size() + 1);
            text += (text.empty() ? "" : "\n") + line;
        }
        return text;
    }
    std::string of_script(const std::string& script, const std::string& keys = "") {
        return findings(load_script(script, keys));
    }
    std::string of_requirement(const std::string& id) {
        return findings(load_yaml("title: T\nservice: smtp\ncases:\n  c:\n    title: t\n    requirement: " +
                                  id + "\n    script: |\n      S: 220\n"));
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(lint_test, fixture)

BOOST_AUTO_TEST_CASE(a_sound_suite) {
    BOOST_TEST(of_script("do hello\nC: MAIL FROM:<{sender}>\nC: NOOP\nS: 250\nS: 250") == "");
}

BOOST_AUTO_TEST_CASE(claims_that_cannot_fail) {
    BOOST_TEST(of_script("S: 220\nC: x\ncheck S: 2yz|3yz|4yz|5yz or close") ==
               "smtp/test.yaml:11:7: error: the claim `check S: 2yz|3yz|4yz|5yz or close` cannot fail: it "
               "takes every reply "
               "and the end of the connection");
    BOOST_TEST(of_script("S: 220\nC: x\ncheck S: 2yz|4yz|5yz or close") == "");
    BOOST_TEST(of_script("S: 220\nC: x\ncheck S: 2yz|3yz|4yz|5yz") == "");
}

BOOST_AUTO_TEST_CASE(levels) {
    auto with = [&](const std::string& id, const std::string& keys) {
        return findings(load_yaml("title: T\nservice: smtp\ncases:\n  c:\n    title: t\n    requirement: " +
                                  id + "\n" + keys + "    script: |\n      S: 220\n"));
    };
    BOOST_TEST(with("rfc5321-1-2", "    level: MUST\n") ==
               "smtp/test.yaml:4:3: error: case `c` has the level MUST, but its strongest clause is a "
               "SHOULD; no case "
               "demands more than its clause");
    BOOST_TEST(with("rfc5321-1-1", "    level: MAY\n") ==
               "smtp/test.yaml:4:3: warning: case `c` has the level MAY, but its strongest clause is a MUST; "
               "name the "
               "`ruling` that weakens it");
    BOOST_TEST(with("rfc5321-1-1", "    level: MAY\n    ruling: bare-lf\n") == "");
    BOOST_TEST(with("rfc5321-1-3", "    level: MAY\n") == "");
}

BOOST_AUTO_TEST_CASE(titles) {
    BOOST_TEST(
        findings(load_yaml("title: T.\nservice: smtp\ncases:\n  c:\n    title: " + std::string(101, 'x') +
                           "\n    requirement: rfc5321-1-1\n    script: |\n      S: 220\n")) ==
        "smtp/test.yaml:1:1: warning: the title of the suite ends in a dot, expected none\n"
        "smtp/test.yaml:4:3: warning: the title of case `c` has 101 characters, expected at most 100");
}

BOOST_AUTO_TEST_CASE(security) {
    BOOST_TEST(of_script("S: 220", "    security: yes\n") ==
               "smtp/test.yaml:5:3: error: `security` of case `c` is `yes`, expected a sentence: how can a "
               "server that "
               "fails be exploited?");
    BOOST_TEST(of_script("S: 220", "    security: a second message comes along\n") == "");
}

BOOST_AUTO_TEST_CASE(replies_that_do_not_add_up) {
    BOOST_TEST(of_script("do hello\nC: NOOP\nC: NOOP\nC: RSET\nS: 250\nS: 250") ==
               "smtp/test.yaml:10:7: warning: 3 commands go out together here, but 2 `S:` follow");
    BOOST_TEST(of_script("do hello\nC: NOOP\nC: NOOP\nS: 250") ==
               "smtp/test.yaml:10:7: warning: 2 commands go out together here, but 1 `S:` follows");
    BOOST_TEST(of_script("do hello\nC: NOOP\nS: 250\nC: NOOP\nC: NOOP\nS: 250\nS: 250\nS: 250\ndo hello") ==
               "smtp/test.yaml:12:7: warning: 2 commands go out together here, but 3 `S:` follow");
    // Not straight: message text, an answer that may end the session, AUTH.
    BOOST_TEST(of_script("do hello\nC: DATA\nS: 354\nC: Subject: x\nC:\nC: .\nS: 250") == "");
    BOOST_TEST(of_script("do hello\nC: NOOP\nC: AUTH LOGIN\nC: x\nS: 250") == "");
    BOOST_TEST(of_script("do hello\nC: NOOP\nC: NOOP\nS: 250\neither\nS: 250\nor\nS: close\nend") == "");
    BOOST_TEST(of_script("do hello\nC: NOOP\n2 C: NOOP\nS: 250") == "");
}

BOOST_AUTO_TEST_CASE(refusals) {
    const std::string asks =
        "smtp/test.yaml:5:3: warning: case `c` wants a refusal but never looks whether the server "
        "serves on; end it with `do still-alive`";
    BOOST_TEST(of_script("do hello\nC: x\nS: 500") == asks);
    BOOST_TEST(of_script("do hello\nC: x\nS: 5yz or close else warn 250") == asks);
    BOOST_TEST(of_script("do hello\nC: x\nS: 500\ndo still-alive") == "");
    BOOST_TEST(of_script("do hello\nC: x\nS: 500|250") == "");
    BOOST_TEST(of_script("do hello\nC: x\neither\nS: 500\nor\nS: 250\nend") == "");
    BOOST_TEST(of_script("do hello\nC: x\neither\nS: 500\nor\nS: 250\ncheck expect delivered\nend") == "");
    BOOST_TEST(of_script("do hello\nC: x\nS: 500\nfresh\nS: 554") != asks);
    BOOST_TEST(of_script("do hello\nC: QUIT\nS: close") == "");
}

BOOST_AUTO_TEST_CASE(clauses_that_no_server_shows) {
    BOOST_TEST(
        of_requirement("rfc5321-2-2") ==
        "smtp/test.yaml:4:3: warning: case `c` cites rfc5321-2-2, which binds a smtp-client, not a server");
    BOOST_TEST(of_requirement("rfc5321-2-3") ==
               "smtp/test.yaml:4:3: warning: case `c` cites rfc5321-2-3, which is observed "
               "by time, not in a dialog, a delivery or what is sent");
    BOOST_TEST(of_requirement("rfc5321-2-1") == "");
}

BOOST_AUTO_TEST_CASE(twins) {
    auto twice = [&](const std::string& second, const std::string& keys) {
        return findings(
            load_yaml("title: T\nservice: smtp\ncases:\n"
                      "  a:\n    title: t\n    requirement: rfc5321-1-1\n    script: |\n      S: 220\n"
                      "  b:\n    title: t\n    requirement: rfc5321-1-1\n" +
                      keys + "    script: |\n" + second));
    };
    BOOST_TEST(twice("      # again\n        S: 220\n", "") ==
               "smtp/test.yaml:9:3: warning: case `b` has the script of smtp/test/a");
    BOOST_TEST(twice("      S: 220\n", "    service: lmtp\n") == "");
    BOOST_TEST(twice("      S: 220\n", "    needs: SIZE\n") == "");
    BOOST_TEST(twice("      S: 22z\n", "") == "");
}

BOOST_AUTO_TEST_CASE(unused_fragments) {
    auto loaded =
        load_yaml("title: T\nservice: smtp\nfragments:\n  idle: |\n    S: 220\ncases:\n  c:\n    title: t\n"
                  "    requirement: rfc5321-1-1\n    script: |\n      do hello\n      S: 220\n");
    BOOST_TEST(findings(loaded) == "smtp/test.yaml:4:3: warning: no case uses the fragment `idle`");
    BOOST_TEST(findings(loaded, {.all_suites = true}) ==
               "smtp/fragments.yaml:10:3: warning: no case uses the fragment `mail`\n"
               "smtp/fragments.yaml:13:3: warning: no case uses the fragment `auth`\n"
               "smtp/fragments.yaml:18:3: warning: no case uses the fragment `still-alive`\n"
               "smtp/test.yaml:4:3: warning: no case uses the fragment `idle`");
}

BOOST_AUTO_TEST_SUITE_END()
