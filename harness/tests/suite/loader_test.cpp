// What a sound suite becomes: ids, levels, needs, accounts, claims, places. Mistakes are in
// suite_errors_test and script_errors_test, fragments in fragments_test. Follows docs/suite-language.md,
// "A suite" and "Needs".
#include "harness/suite/claims.hpp"
#include "harness/tests/suite/suite_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <sys/stat.h>

using namespace mailspec::suite;
using namespace std::chrono_literals;

namespace {

struct fixture : suite_folder {
    test_case scripted(const std::string& script, const std::string& keys = "") {
        auto loaded = load_script(script, keys);
        BOOST_TEST(problems(loaded) == "");
        BOOST_REQUIRE(loaded.suites[0].cases.size() == 1u);
        return loaded.suites[0].cases[0];
    }
};

std::string words(const std::vector<need>& needs) {
    std::string text;
    for (auto& n : needs)
        text += n.word + ";";
    return text;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(loader_test, fixture)

BOOST_AUTO_TEST_CASE(a_case_has_what_is_written) {
    auto loaded =
        load_yaml("title: Mail\nrfc: 5321\nservice: smtp\nneeds: PIPELINING\ncases:\n"
                  "  second-mail:\n    title: refused\n    requirement: [rfc5321-1-3, rfc5321-1-2]\n"
                  "    why: it mixes\n    security: a sentence about it\n    ruling: bare-lf\n"
                  "    timeout: 2m\n    needs: [not STARTTLS, SIZE 1..5]\n    script: |\n      S: 220\n");
    BOOST_TEST(problems(loaded) == "");
    BOOST_TEST(loaded.suites[0].path == "smtp/test");
    BOOST_TEST(loaded.suites[0].title == "Mail");
    auto& c = loaded.suites[0].cases[0];
    BOOST_TEST(c.id == "smtp/test/second-mail");
    BOOST_TEST(c.suite == "smtp/test");
    BOOST_TEST(c.name == "second-mail");
    BOOST_TEST(c.title == "refused");
    BOOST_TEST(c.why == "it mixes");
    BOOST_TEST(c.security == "a sentence about it");
    BOOST_TEST(c.ruling == "bare-lf");
    BOOST_TEST(c.rfc == 5321);
    BOOST_TEST(c.service == "smtp");
    BOOST_TEST((c.timeout == 2min));
    BOOST_TEST((c.level == level::should)); // the strongest of its clauses
    BOOST_TEST(c.requirements.size() == 2u);
    BOOST_TEST(words(c.needs) == "PIPELINING;not STARTTLS;SIZE 1..5;");
    BOOST_TEST(c.needs[1].negative);
    BOOST_TEST(c.needs[1].name == "STARTTLS");
    BOOST_TEST(c.needs[2].range->second == 5u);
    BOOST_TEST(c.at.line == 6);
    BOOST_TEST(c.at.column == 3);
    BOOST_TEST(c.script_text == "S: 220\n");
    BOOST_TEST(c.script[0].at.line == 15);
    BOOST_TEST(c.script[0].at.column == 7);
}

BOOST_AUTO_TEST_CASE(levels) {
    BOOST_TEST((scripted("S: 220").level == level::must));
    BOOST_TEST((scripted("S: 220", "    level: MAY\n").level == level::may));
    BOOST_TEST((scripted("S: 220").timeout == 60s));
    BOOST_TEST(std::string(name_of(level::must)) + name_of(level::should) + name_of(level::may) ==
               "MUSTSHOULDMAY");
}

BOOST_AUTO_TEST_CASE(the_claim) {
    auto last = scripted("S: 220\nC: NOOP\nS: 250\nC: QUIT");
    BOOST_TEST(!last.script[0].claim);
    BOOST_TEST(last.script[2].claim);
    auto marked = scripted("check S: 220\nC: NOOP\nS: 250");
    BOOST_TEST(marked.script[0].claim);
    BOOST_TEST(!marked.script[2].claim);
    auto branches = scripted("S: 220\neither\nS: 220\nC: x\nS: 250\nor\ntls refused\nend");
    auto& either = std::get<either_block>(branches.script[1].body);
    BOOST_TEST(!either.branches[0][0].claim);
    BOOST_TEST(either.branches[0][2].claim);
    BOOST_TEST(either.branches[1][0].claim);
    auto repeated = scripted("S: 220\nrepeat 2\nC: x\nS: 250\nend");
    BOOST_TEST(std::get<repeat_block>(repeated.script[1].body).steps[1].claim);
}

BOOST_AUTO_TEST_CASE(accounts_and_mail) {
    BOOST_TEST(scripted("S: 220 ~{token}{domain}{client}{sender}{unknown}{foreign}~").accounts == 0);
    BOOST_TEST(scripted("S: 220 ~{local-part}~").accounts == 1);
    BOOST_TEST(scripted("C: {base64:{password3}}\nS: 220").accounts == 3);
    BOOST_TEST(scripted("C: {sender}\nS: 220", "    service: submission\n").accounts == 1);
    auto mail = scripted("C: x\nexpect delivered");
    BOOST_TEST(mail.reads_mail);
    BOOST_TEST(mail.accounts == 1);
    BOOST_TEST(scripted("C: x\nexpect delivered to {recipient2}").accounts == 2);
    BOOST_TEST(!scripted("S: 220").reads_mail);
}

BOOST_AUTO_TEST_CASE(stopping_the_server) {
    BOOST_TEST(scripted("server kill\nserver start\nS: 220").restarts);
    BOOST_TEST(scripted("either\nS: 221\nserver stop\nor\nS: 220\nend").restarts);
    BOOST_TEST(!scripted("S: 220").restarts);
    auto c = scripted("S: 220\nserver kill\nserver start"); // what is done to it is no claim
    BOOST_TEST(c.script[0].claim);
}

BOOST_AUTO_TEST_CASE(needs_of_steps) {
    BOOST_TEST(words(scripted("tls\nS: 220").needs) == "STARTTLS;");
    BOOST_TEST(words(scripted("tls\nS: 220", "    needs: STARTTLS\n").needs) == "STARTTLS;");
    BOOST_TEST(words(scripted("tls refused\nS: 220", "    needs: not STARTTLS\n").needs) == "not STARTTLS;");
    BOOST_TEST(words(scripted("tls\nS: 220", "    service: submissions\n").needs) == "");
    BOOST_TEST(words(scripted("S: 220", "    needs: SIZE 0..99999999999999999999\n").needs) ==
               "SIZE 0..99999999999999999999;");
}

BOOST_AUTO_TEST_CASE(folders) {
    std::string suite =
        "title: T\nservice: smtp\ncases:\n  c:\n    title: t\n    requirement: rfc5321-1-1\n    script: |\n"
        "      S: 220\n";
    write("smtp/rfc5321/b.yaml", suite);
    write("smtp/rfc5321/a.yaml", suite);
    write("untested.yaml", "rfc5321-1-1: never\n");
    auto all = load(root);
    BOOST_TEST(problems(all) == "");
    BOOST_REQUIRE(all.suites.size() == 2u);
    BOOST_TEST(all.suites[0].path == "smtp/rfc5321/a");
    BOOST_TEST(all.suites[1].path == "smtp/rfc5321/b");
    BOOST_TEST(load(root / "smtp" / "rfc5321" / "b.yaml").suites[0].path == "smtp/rfc5321/b");
    suite_folder elsewhere;
    elsewhere.write("mine/deep/x.yaml", suite);
    BOOST_TEST(load(elsewhere.root / "mine").suites[0].path == "deep/x");
    BOOST_TEST(load(elsewhere.root / "mine" / "deep" / "x.yaml").suites[0].path == "x");
}

// Nothing that looks like a suite is passed over in silence; links in a circle end somewhere.
BOOST_AUTO_TEST_CASE(links_and_what_is_no_file) {
    namespace fs = std::filesystem;
    std::string suite =
        "title: T\nservice: smtp\ncases:\n  c:\n    title: t\n    requirement: rfc5321-1-1\n    script: |\n"
        "      S: 220\n";
    suite_folder other;
    other.write("linked/far.yaml", suite);
    fs::create_directory_symlink(other.root / "linked", other.root / "linked" / "again");
    auto folder = write("mine/a.yaml", suite).parent_path();
    fs::create_symlink("a.yaml", folder / "b.yaml");
    fs::create_directory_symlink("../mine", folder / "circle");
    fs::create_directory_symlink(other.root / "linked", folder / "linked");
    auto fine = load(folder);
    BOOST_TEST(problems(fine) == "");
    BOOST_REQUIRE(fine.suites.size() == 2u); // a.yaml and b.yaml are one file
    BOOST_TEST(fine.suites[0].path == "linked/far");
    BOOST_TEST(fine.suites[1].path == "mine/a");

    fs::create_symlink("nowhere", folder / "dangling.yaml");
    fs::create_symlink("loop.yaml", folder / "loop.yaml");
    BOOST_REQUIRE(::mkfifo((folder / "pipe.yaml").c_str(), 0600) == 0);
    BOOST_TEST(problems(load(folder)) == "mine/dangling.yaml: cannot be read: No such file or directory\n"
                                         "mine/loop.yaml: cannot be read: Too many levels of symbolic links\n"
                                         "mine/pipe.yaml: is no file, expected a suite\n");
    BOOST_TEST(problems(load(folder / "loop.yaml")) ==
               "mine/loop.yaml: cannot be read: Too many levels of symbolic links\n");
    BOOST_TEST(problems(load("/dev/zero")) == "/dev/zero: is larger than 64 MiB, expected a suite\n");
}

BOOST_AUTO_TEST_CASE(a_broken_case_does_not_take_others_with_it) {
    auto loaded =
        load_yaml("title: T\nservice: smtp\ncases:\n"
                  "  bad:\n    title: t\n    requirement: rfc5321-1-1\n    script: |\n      S 220\n"
                  "  good:\n    title: t\n    requirement: rfc5321-1-1\n    script: |\n      S: 220\n");
    BOOST_TEST(loaded.problems.size() == 1u);
    BOOST_REQUIRE(loaded.suites[0].cases.size() == 1u);
    BOOST_TEST(loaded.suites[0].cases[0].name == "good");
}

BOOST_AUTO_TEST_CASE(a_suite_from_its_text) {
    auto loaded =
        load_suite_text("title: T\nservice: smtp\ncases:\n  c:\n    title: t\n    script: |\n      do hello\n"
                        "      S: 220\n",
                        "mine/one", "<text>", {root}, catalogue());
    BOOST_TEST(problems(loaded) == "");
    BOOST_TEST(loaded.suites[0].cases[0].id == "mine/one/c");
}

BOOST_AUTO_TEST_SUITE_END()
