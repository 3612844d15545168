// The other commands: list, show, lint, coverage, mutate, merge, compare.
#include "harness/tests/cli/mailspec_program.hpp"
#include "reports/json.hpp"

#include <boost/test/unit_test.hpp>

using namespace mailspec::testing;

namespace {

bool has(const std::string& text, const std::string& part) {
    if (!text.contains(part)) BOOST_TEST_MESSAGE("not found: " << part << "\nin: " << text);
    return text.contains(part);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(commands, workplace)

BOOST_AUTO_TEST_CASE(list) {
    const auto r = mailspec({"list", "./my-suite.yaml"});
    BOOST_TEST(r.code == 0);
    BOOST_TEST(r.out == "my-suite  (My suite)\n"
                        "  noop                                 SHOULD NOOP is answered with 250\n"
                        "  verify                               MUST   VRFY is known  [security]\n"
                        "  help                                 SHOULD HELP is answered\n"
                        "  turn                                 MUST   TURN is not offered\n"
                        "\n4 cases\n");
    BOOST_TEST(mailspec({"list", "./my-suite.yaml", "--ids", "--level", "should"}).out ==
               "my-suite/noop\nmy-suite/help\n");
    const auto all = mailspec({"list"});
    BOOST_TEST(all.code == 0);
    BOOST_TEST(has(all.out, "smtp/ambient  (What is judged without being asked)"));
    BOOST_TEST(has(all.out, "reply-bare-lf"));
}

BOOST_AUTO_TEST_CASE(show) {
    folder().file("one.yaml",
                  "title: One\nrfc: 5321\nservice: smtp\ncases:\n  noop:\n    title: NOOP is answered "
                  "with 250\n    requirement: rfc5321-4.1.1.9-1\n    why: to stay alive\n    needs: SIZE "
                  "1..99\n    script: |\n      do hello\n      C: NOOP\n      check S: 250 else warn "
                  "252 else info 2yz\n");
    const auto r = mailspec({"show", "./one.yaml"});
    BOOST_TEST(r.code == 0);
    const auto clause = r.out.find("Clause "), level = r.out.find("Level ");
    BOOST_REQUIRE((clause != std::string::npos && level != std::string::npos));
    BOOST_TEST(r.out.substr(0, clause) == "one/noop\nNOOP is answered with 250\n\n");
    BOOST_TEST(r.out.substr(clause, level - clause).starts_with("Clause     RFC 5321 §4.1.1.9 SHOULD: "));
    BOOST_TEST(r.out.substr(level) == "Level      SHOULD\n"
                                      "Why        to stay alive\n"
                                      "Service    smtp\n"
                                      "Needs      SIZE 1..99\n"
                                      "Accepted   pass: S: 250\n"
                                      "           warn: 252\n"
                                      "           info: 2yz\n"
                                      "           warn: anything else\n"
                                      "Stands in  ./one.yaml:5\n"
                                      "\nScript\n"
                                      "  do hello\n"
                                      "  C: NOOP\n"
                                      "  check S: 250 else warn 252 else info 2yz\n");
    BOOST_TEST(has(mailspec({"show", "smtp/ambient/reply-bare-lf"}).out, "every reply line ends with CRLF"));
    BOOST_TEST(mailspec({"show", "smtp/rfc5321/no-such"}).code == 2);
    const auto many = mailspec({"show", "smtp"});
    BOOST_TEST(many.code == 2);
    BOOST_TEST(has(many.err, "cases match; name one"));
}

BOOST_AUTO_TEST_CASE(lint) {
    const auto good = mailspec({"lint", "./my-suite.yaml"});
    BOOST_TEST(good.code == 0);
    BOOST_TEST(has(good.out, "4 cases in 1 suite: 0 errors"));
    folder().file("bad.yaml",
                  "title: Bad\nrfc: 5321\nservice: smtp\ncases:\n  a:\n    title: does a\n    scrip: x\n");
    const auto bad = mailspec({"lint", "./bad.yaml"});
    BOOST_TEST(bad.code == 1);
    BOOST_TEST(has(bad.out, "bad.yaml:7:5: "));
    BOOST_TEST(has(bad.out, "`script`"));
    BOOST_TEST(mailspec({"lint", "./nowhere"}).err ==
               "mailspec: ./nowhere: there is no such file or folder\n");
}

BOOST_AUTO_TEST_CASE(coverage) {
    const auto r = mailspec({"coverage", "--rfc", "5321"});
    BOOST_TEST(r.code == 0);
    BOOST_TEST(has(r.out, "RFC 5321"));
    BOOST_TEST(has(r.out, "MUSTs"));
    BOOST_TEST(has(mailspec({"coverage", "--markdown"}).out, "| "));
}

BOOST_AUTO_TEST_CASE(mutate) {
    const scripted_server server("ok");
    const auto good = mailspec({"mutate", "./my-suite.yaml", "--smtp", server.address()});
    BOOST_TEST(good.code == 0);
    BOOST_TEST(has(good.out, "3 of 3 cases are shown able to fail (2 by failing here), 1 skipped"));
    folder().file("idle.yaml",
                  "title: Idle\nrfc: 5321\nservice: smtp\ncases:\n  any:\n    title: says anything\n"
                  "    script: |\n      do hello\n      C: NOOP\n      check S: 2yz|3yz|4yz|5yz\n");
    const auto idle = mailspec({"mutate", "./idle.yaml", "--smtp", server.address()});
    BOOST_TEST(idle.code == 1);
    BOOST_TEST(has(idle.out, "Not proved"));
    BOOST_TEST(has(idle.out, "idle/any: "));
}

BOOST_AUTO_TEST_CASE(shards_merge_to_the_whole) {
    const scripted_server server("ok");
    BOOST_TEST(run(server, {"--shard", "1/2", "--json", "1.json"}).code == 0);
    BOOST_TEST(run(server, {"--shard", "2/2", "--json", "2.json"}).code == 1);
    const auto merged = mailspec({"merge", "1.json", "2.json", "--json", "all.json"});
    BOOST_TEST(merged.code == 1);
    const auto all = reports::read_json(folder().read("all.json"));
    BOOST_REQUIRE(all);
    std::string names;
    for (const auto& c : all->cases)
        if (c.suite == "my-suite") names += c.name + " ";
    BOOST_TEST(names == "noop verify help turn ");

    // A machine that was lost: its part is missed.
    run(server, {"--shard", "2/3", "--json", "2of3.json"});
    const auto part = mailspec({"merge", "2of3.json", "--json", "part.json"});
    BOOST_TEST(part.code == 2);
    BOOST_TEST(has(part.out, "this is not the whole run: the reports of these shards are missing: 1/3, 3/3"));
    BOOST_TEST(mailspec({"merge", "part.json"}).code == 2);
    const auto mixed = mailspec({"merge", "1.json", "2of3.json"});
    BOOST_TEST(mixed.code == 2);
    BOOST_TEST(has(mixed.err, "these reports are not of one run: they are the shards 1/2, 2/3"));

    folder().file("junk.json", "{\"cases\": 3}");
    const auto junk = mailspec({"merge", "junk.json"});
    BOOST_TEST(junk.code == 2);
    BOOST_TEST(has(junk.err, "junk.json: not a report of `mailspec run --json`: "));
    const scripted_server other("ok");
    run(other, {"--json", "other.json"});
    BOOST_TEST(
        has(mailspec({"merge", "1.json", "other.json"}).err, "these reports are of different servers"));
}

BOOST_AUTO_TEST_CASE(compare) {
    const scripted_server server("ok");
    run(server, {"--json", "all.json"});
    run(server, {"--exclude", "my-suite/verify", "--json", "less.json"});
    const auto same = mailspec({"compare", "all.json", "all.json"});
    BOOST_TEST(same.code == 0);
    BOOST_TEST(has(same.out, " 0 different, 0 worse in B"));
    const auto worse = mailspec({"compare", "less.json", "all.json"});
    BOOST_TEST(worse.code == 1);
    BOOST_TEST(has(worse.out, "my-suite/verify: absent -> fail\n  B: expected 252, got 500 what?\\r\\n"));
    BOOST_TEST(mailspec({"compare", "all.json", "less.json"}).code == 0);
    BOOST_TEST(mailspec({"compare", "all.json"}).code == 2);
}

BOOST_AUTO_TEST_CASE(stress) {
    const auto played =
        mailspec({"stress", "--clients", "3", "--seconds", "0.3", "--seed", "7", "--json", "figures.json"});
    BOOST_TEST(played.code == 0);
    BOOST_TEST(has(played.out, "seed 7\n"));
    BOOST_TEST(has(played.out, "every session saw what it must see\n"));
    BOOST_TEST(mailspec({"stress", "--only", "store", "--seconds", "0.1", "--messages", "3"}).code == 0);
    const auto unknown = mailspec({"stress", "--only", "fetch"});
    BOOST_TEST(unknown.code == 2);
    BOOST_TEST(has(unknown.err, "--only fetch: expected `append`, `fetch-flags`, "));
    const auto nobody = mailspec({"stress", "--imap", "127.0.0.1:1", "--domain", "a.test", "--user", "a:b"});
    BOOST_TEST(nobody.code == 2);
    BOOST_TEST(has(nobody.err, "it cannot be connected to: 127.0.0.1:1: connection refused"));
}

BOOST_AUTO_TEST_SUITE_END()
