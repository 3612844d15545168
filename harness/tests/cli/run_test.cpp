// mailspec run as a user has it: exit codes, reports, and the words when something is wrong.
#include "harness/tests/cli/mailspec_program.hpp"
#include "reports/json.hpp"

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

using namespace mailspec::testing;
using reports::verdict;

namespace {

// Says what it looked for, and in what.
bool has(const std::string& text, const std::string& part) {
    if (!text.contains(part)) BOOST_TEST_MESSAGE("not found: " << part << "\nin: " << text);
    return text.contains(part);
}

std::string judged(const temporary_folder& folder, const std::string& file) {
    const auto read = reports::read_json(folder.read(file));
    BOOST_REQUIRE(read);
    std::string all;
    for (const auto& c : read->cases)
        if (c.suite == "my-suite") all += c.name + "=" + reports::name_of(c.outcome) + " ";
    return all;
}

const char* const only_noop = "--exclude=my-suite/verify";

} // namespace

BOOST_FIXTURE_TEST_SUITE(run, workplace)

BOOST_AUTO_TEST_CASE(all_passes) {
    const scripted_server server("ok");
    const auto r = run(server, {only_noop, "--junit", "r.xml", "--json", "r.json"});
    BOOST_TEST(r.code == 0);
    BOOST_TEST(has(r.out, "✔ NOOP is answered with 250"));
    BOOST_TEST(has(r.out, "! HELP is answered"));
    BOOST_TEST(has(r.out, "smtp does not offer TURN"));
    BOOST_TEST(!r.out.contains("\x1b["));
    BOOST_TEST(judged(folder(), "r.json") == "noop=pass help=warn turn=skip ");
    BOOST_TEST(has(folder().read("r.xml"), "<testcase"));
    BOOST_TEST(r.err == "");
}

BOOST_AUTO_TEST_CASE(a_deviation) {
    const scripted_server server("ok");
    const auto r = run(server, {"--junit", "r.xml", "--json", "r.json"});
    BOOST_TEST(r.code == 1);
    BOOST_TEST(has(r.out, "× VRFY is known"));
    BOOST_TEST(has(r.out, "Expected: 252"));
    BOOST_TEST(has(r.out, "Actual: 500 what?\\r\\n"));
    BOOST_TEST(has(r.out, "my-suite.yaml:21"));
    BOOST_TEST(has(r.out, "an example of a sentence"));
    BOOST_TEST(judged(folder(), "r.json") == "noop=pass verify=fail help=warn turn=skip ");
    BOOST_TEST(has(folder().read("r.xml"), "<failure"));
}

BOOST_AUTO_TEST_CASE(strict) {
    const scripted_server server("ok");
    const auto r = run(server, {only_noop, "--strict"});
    BOOST_TEST(r.code == 1);
    BOOST_TEST(has(r.out, "× HELP is answered"));
}

BOOST_AUTO_TEST_CASE(colour_when_asked) {
    const scripted_server server("ok");
    BOOST_TEST(run(server, {only_noop, "--color", "always"}).out.contains("\x1b["));
}

BOOST_AUTO_TEST_CASE(the_seed_is_that_of_the_report) {
    const scripted_server server("ok");
    BOOST_TEST(has(run(server, {only_noop, "--seed", "4711"}).out, "seed 4711"));
}

BOOST_AUTO_TEST_CASE(a_baseline_makes_it_exact) {
    const scripted_server server("ok");
    const auto drafted = run(server, {"--write-baseline", "known.yaml"});
    BOOST_TEST(drafted.code == 1);
    const auto unexplained = run(server, {"--baseline", "known.yaml"});
    BOOST_TEST(unexplained.code == 2);
    BOOST_TEST(has(unexplained.out, "the baseline cannot be used:"));
    BOOST_TEST(has(unexplained.out, "reason: empty; say why this deviation is accepted"));

    auto text = folder().read("known.yaml");
    for (auto at = text.find("reason: \"\""); at != std::string::npos; at = text.find("reason: \"\""))
        text.replace(at, 10, "reason: as ever");
    folder().file("known.yaml", text);
    BOOST_TEST(run(server, {"--baseline", "known.yaml"}).code == 0);

    folder().file("wrong.yaml", "cases: { my-suite/noop: { verdict: fail, reason: it did once } }\n");
    const auto surprise = run(server, {only_noop, "--baseline", "wrong.yaml"});
    BOOST_TEST(surprise.code == 1);
    BOOST_TEST(has(surprise.out, "passes, although the baseline expects fail"));
}

BOOST_AUTO_TEST_CASE(nothing_selected) {
    const scripted_server server("ok");
    const auto r = mailspec({"run", "smtp/no-such", "--smtp", server.address(), "--junit", "r.xml"});
    BOOST_TEST(r.code == 2);
    BOOST_TEST(has(r.out, "mailspec: no case matches `smtp/no-such`."));
    BOOST_TEST(has(folder().read("r.xml"), "<testsuites")); // a report all the same
    const auto none = run(server, {"--level", "may"});
    BOOST_TEST(none.code == 2);
    BOOST_TEST(has(none.out, "nothing is selected"));
    const auto skipped = run(server, {only_noop, "--exclude=my-suite/noop", "--exclude=my-suite/help"});
    BOOST_TEST(skipped.code == 2);
    BOOST_TEST(has(skipped.out, "nothing was judged: every selected case was skipped:\n     1  smtp does not "
                                "offer TURN\n"));
}

// What a server refuses is no verdict; one that refuses all is not green.
BOOST_AUTO_TEST_CASE(a_server_that_takes_no_mailbox) {
    folder().file("imap.yaml", R"(title: IMAP
rfc: 9051
service: imap
cases:
  noop:
    title: NOOP is answered with OK
    requirement: rfc9051-6.1.2-x1
    script: |
      C: NOOP
      S: OK
  subscribe:
    title: a mailbox can be subscribed
    requirement: rfc9051-6.3.7-x1
    script: |
      C: SUBSCRIBE {mailbox}
      S: OK
)");
    const auto judge = [&](const scripted_server& server) {
        return mailspec({"run", "--imap", server.address(), "--user", "ann@test.example:ann-pw", "--json",
                         "r.json", "./imap.yaml"});
    };
    const scripted_server full("full");
    const auto none = judge(full);
    BOOST_TEST(none.code == 2);
    BOOST_TEST(has(none.out,
                   "     1  the server refused what the case needs first: CREATE: NO [OVERQUOTA] the disk is "
                   "full\n"));
    BOOST_TEST(
        has(none.out,
            "mailspec: no mailbox could be prepared: the server refused what each of 1 case needs first "
            "(\"Skipped\" has its words)\n"));
    BOOST_TEST(has(none.out, "1 skipped (1 refused by the server)"));
    BOOST_TEST(has(folder().read("r.json"), "\"refused\":true"));
    const scripted_server takes("imap");
    const auto some = judge(takes);
    BOOST_TEST(some.code == 0);
    BOOST_TEST(!some.out.contains("refused"));
}

BOOST_AUTO_TEST_CASE(unreachable) {
    const auto address = fmt::format("127.0.0.1:{}", free_port());
    const auto r = mailspec({"run", "./my-suite.yaml", "--smtp", address, "--json", "r.json"});
    BOOST_TEST(r.code == 2);
    BOOST_TEST(has(r.out, "cannot reach smtp at " + address + ": "));
    BOOST_TEST(has(r.out, "Is the server running there?"));
    const auto report = reports::read_json(folder().read("r.json"));
    BOOST_REQUIRE(report);
    BOOST_TEST(report->exit_code == 2);
    BOOST_TEST(has(report->trouble, "cannot reach smtp"));
}

BOOST_AUTO_TEST_CASE(a_server_that_turns_all_away) {
    const scripted_server server("refuses");
    const auto r = run(server);
    BOOST_TEST(r.code == 2);
    BOOST_TEST(has(r.out, "it greets with `421 test.example too busy`"));
}

BOOST_AUTO_TEST_CASE(a_server_that_is_busy_for_a_while) {
    const scripted_server server("busy");
    const auto r = run(server, {only_noop, "--json", "r.json"});
    BOOST_TEST(r.code == 0);
    BOOST_TEST(judged(folder(), "r.json") == "noop=pass help=warn turn=skip ");
}

BOOST_AUTO_TEST_CASE(an_unwritable_report_stops_it_before) {
    const scripted_server server("ok");
    const auto r = run(server, {"--junit", "no-folder/r.xml", "--json", "r.json"});
    BOOST_TEST(r.code == 2);
    BOOST_TEST(r.err == "mailspec: --junit no-folder/r.xml: the report cannot be written: No such file or "
                        "directory; make its folder first, or name another one\n");
    BOOST_TEST(!server.log().contains("got")); // nothing was sent
    BOOST_TEST(run(server, {"--json", "."}).err ==
               "mailspec: --json .: that is a folder; name a file in it\n");
    for (const auto& left : std::filesystem::directory_iterator(folder().path()))
        BOOST_TEST(left.path().filename() == "my-suite.yaml");
}

// A script whose variable is not set, and two reports in one file.
BOOST_AUTO_TEST_CASE(reports_that_would_be_lost) {
    const auto empty = mailspec({"run", "--junit", ""});
    BOOST_TEST(empty.code == 2);
    BOOST_TEST(has(empty.err, "mailspec: --junit: the value is empty"));
    const auto both = mailspec({"run", "--junit", "r.xml", "--json", "./r.xml"});
    BOOST_TEST(both.code == 2);
    BOOST_TEST(has(both.err, "--json ./r.xml: --junit goes there too; name two files"));
    const auto page = mailspec({"run", "--json", "r.x", "--html", "r.x"});
    BOOST_TEST(page.code == 2);
    BOOST_TEST(has(page.err, "--html r.x: --json goes there too; name two files"));
    const auto draft = mailspec({"run", "--json", "r.json", "--write-baseline", "r.json"});
    BOOST_TEST(draft.code == 2);
    BOOST_TEST(has(draft.err, "--write-baseline r.json: a report goes there too; name two files"));
}

BOOST_AUTO_TEST_CASE(targets_that_cannot_be) {
    const auto profile = mailspec({"run", "--target", "missing.yaml"});
    BOOST_TEST(profile.code == 2);
    BOOST_TEST(has(profile.out, "the profile cannot be used:\n  missing.yaml: cannot be read: No such file"));
    const auto remote = mailspec({"run", "--smtp", "mail.example.com:25"});
    BOOST_TEST(remote.code == 2);
    BOOST_TEST(has(remote.out, "smtp is at mail.example.com:25, which is not on this machine's loopback."));
    BOOST_TEST(has(remote.out, "add --allow-remote"));
    const auto both = mailspec({"run", "--target", "x.yaml", "--smtp", "localhost:25"});
    BOOST_TEST(both.code == 2);
    BOOST_TEST(has(both.out, "--target names the server already"));
}

BOOST_AUTO_TEST_CASE(mistakes_in_a_suite) {
    const scripted_server server("ok");
    folder().file("bad.yaml",
                  "title: Bad\nrfc: 5321\nservice: smtp\ncases:\n  a:\n    title: does a\n    script: "
                  "|\n      do hello\n      FROB x\n");
    const auto r = run(server, {"./bad.yaml"});
    BOOST_TEST(r.code == 2);
    BOOST_TEST(has(r.out, "the suites have mistakes, nothing was run:"));
    BOOST_TEST(has(r.out, "bad.yaml:9:7: "));
    BOOST_TEST(!server.log().contains("got"));
    BOOST_TEST(has(run(server, {"./nowhere.yaml"}).out, "./nowhere.yaml: there is no such file or folder"));
}

BOOST_AUTO_TEST_CASE(usage) {
    BOOST_TEST(mailspec({"run", "--no-such"}).code == 2);
    const auto none = mailspec({}), misspelt = mailspec({"rnu"}), option = mailspec({"--no-such"});
    BOOST_TEST(none.code == 2);
    BOOST_TEST(has(none.err, "Usage: mailspec"));
    BOOST_TEST(misspelt.code == 2);
    BOOST_TEST(has(misspelt.err, "there is no command `rnu`, expected `run`, `list`, "));
    BOOST_TEST(has(misspelt.err, ", did you mean `run`?"));
    BOOST_TEST(option.code == 2);
    BOOST_TEST(has(option.err, "there is no option `--no-such` before a command; commands are `run`, "));
    BOOST_TEST(mailspec({"run", "--shard", "9/2"}).code == 2);
    for (auto* seed : {"-1", "0", "x", "1e3"}) {
        const auto r = mailspec({"run", "--seed", seed});
        BOOST_TEST(r.code == 2);
        BOOST_TEST(has(r.err, std::string("`") + seed + "` is not a number from 1"));
    }
    BOOST_TEST(mailspec({"--help"}).code == 0);
    BOOST_TEST(mailspec({"version"}).out.starts_with("mailspec "));
}

// SIGTERM as Ctrl-C: what ran is reported, nothing is half-written.
BOOST_AUTO_TEST_CASE(interrupted) {
    folder().file(
        "slow.yaml",
        "title: Slow\nrfc: 5321\nservice: smtp\ncases:\n"
        "  quick:\n    title: is quick\n    script: |\n      do hello\n      C: NOOP\n      S: 250\n"
        "  slow:\n    title: is slow\n    script: |\n      do hello\n      C: NOOP slow\n"
        "      S: 250\n      pause 50s\n      C: NOOP\n      S: 250\n");
    // One at a time, in an order in which the quick one is first: seeds 1 to 8 have one.
    for (int seed = 1;; ++seed) {
        BOOST_REQUIRE(seed <= 8);
        const scripted_server server("ok"); // with an empty log
        const auto running =
            start_mailspec(folder(), {"run", "./slow.yaml", "--smtp", server.address(), "-j", "1", "--seed",
                                      std::to_string(seed), "--json", fmt::format("r{}.json", seed), "-q"});
        server.wait_for("NOOP slow");
        running->stop(std::chrono::seconds(30));
        const auto r = finish(*running, folder());
        BOOST_TEST(r.code == 2);
        BOOST_TEST(has(r.out, "Interrupted"));
        const auto report = reports::read_json(folder().read(fmt::format("r{}.json", seed)));
        BOOST_REQUIRE(report);
        BOOST_TEST(report->interrupted);
        const bool quick =
            std::ranges::any_of(report->cases, [](const auto& c) { return c.name == "quick"; });
        BOOST_TEST(std::ranges::none_of(report->cases, [](const auto& c) { return c.name == "slow"; }));
        if (quick) break;
    }
}

BOOST_AUTO_TEST_CASE(the_server_dies) {
    folder().file("lost.yaml",
                  fmt::format("name: Lost\ndomain: test.example\nservices: {{ smtp: \"127.0.0.1:{0}\" "
                              "}}\nstart:\n  command: [ python3, \"{1}\", \"{0}\", lost ]\n",
                              free_port(), SOURCE_DIR "/harness/tests/target/scripted_server.py"));
    folder().file("mail.yaml",
                  "title: Mail\nrfc: 5321\nservice: smtp\ncases:\n  mail:\n    title: takes mail\n"
                  "    script: |\n      do hello\n      C: MAIL FROM:<{sender}>\n      S: 250\n");
    const auto r = mailspec({"run", "./mail.yaml", "./my-suite.yaml", "-j", "1", "--seed", "2", "--target",
                             "lost.yaml", "--junit", "r.xml"});
    // It is started again, and the case that kills it is named; the others are judged.
    BOOST_TEST(r.code == 1);
    BOOST_TEST(has(r.out, "the server ended with status 3 while this case ran"));
    BOOST_TEST(has(r.out, "lost at MAIL")); // its log
    BOOST_TEST(has(r.out, "✔ NOOP is answered with 250"));
    BOOST_TEST(has(r.out, "Actual: 500 what?"));
    BOOST_TEST(!r.out.contains("inconclusive"));
    BOOST_TEST(has(folder().read("r.xml"), "mail"));
    // The same when it was not alone at first: each of those that ran at that moment is tried by itself.
    const auto many =
        mailspec({"run", "./mail.yaml", "./my-suite.yaml", "--target", "lost.yaml", "--json", "r.json"});
    BOOST_TEST(many.code == 1);
    BOOST_TEST(judged(folder(), "r.json") == "noop=pass verify=fail help=warn turn=skip ");
    BOOST_TEST(has(many.out, "the server ended with status 3 while this case ran"));
}

// A case that crashes the server on purpose: against one that mailspec starts, and against one that it did
// not.
BOOST_AUTO_TEST_CASE(a_case_that_kills_the_server) {
    folder().file("ours.yaml",
                  fmt::format("name: Ours\ndomain: test.example\nservices: {{ smtp: \"127.0.0.1:{0}\" "
                              "}}\nstart:\n  command: [ python3, \"{1}\", \"{0}\", ok ]\n",
                              free_port(), SOURCE_DIR "/harness/tests/target/scripted_server.py"));
    folder().file("crash.yaml",
                  "title: Crash\nrfc: 5321\nservice: smtp\ncases:\n  crash:\n"
                  "    title: serves again after a crash\n    script: |\n      do hello\n"
                  "      server kill\n      S: close\n      server start\n      fresh\n      do hello\n"
                  "      C: VRFY x\n      S: 252\n");
    const auto ours =
        mailspec({"run", "./crash.yaml", "./my-suite.yaml", "--target", "ours.yaml", only_noop, "-v"});
    BOOST_TEST(ours.code == 1);
    BOOST_TEST(has(ours.out, "-- the server was killed"));
    BOOST_TEST(has(ours.out, "-- the server was started again"));
    BOOST_TEST(has(ours.out, "Actual: 500 what?"));
    BOOST_TEST(has(ours.out, "✔ NOOP is answered with 250"));
    const scripted_server server("ok");
    const auto theirs = mailspec({"run", "./crash.yaml", "--smtp", server.address()});
    BOOST_TEST(theirs.code == 2);
    BOOST_TEST(has(theirs.out,
                   "1  stops the server and starts it again, which mailspec cannot do here: mailspec "
                   "did not start it"));
}

// Without a target: the refmaild that was built beside it.
BOOST_AUTO_TEST_CASE(the_default_target) {
    const auto r = mailspec({"run", "smtp/rfc5321/4.1.1.9", "--json", "r.json"});
    BOOST_TEST(r.code == 0);
    BOOST_TEST(has(r.out, "Target: refmaild"));
    const auto report = reports::read_json(folder().read("r.json"));
    BOOST_REQUIRE(report);
    BOOST_TEST(reports::count(*report).pass > 0);
}

BOOST_AUTO_TEST_SUITE_END()
