// What the project ships, held against its own language: every example of the manual, every suite, and
// where a program finds them. Loads and lints only; that the examples hold against a server is shown by
// running them.
#include "harness/suite/lint.hpp"
#include "harness/suite/step_grammar.hpp"
#include "harness/tests/suite/suite_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <sstream>

using namespace mailspec::suite;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(manual_test)

namespace {

const fs::path suites = SOURCE_DIR "/suites";

// The ```yaml blocks of a page, in order.
std::vector<std::string> examples(const fs::path& page) {
    std::vector<std::string> found;
    std::ifstream in(page);
    bool inside = false;
    for (std::string line; std::getline(in, line);) {
        if (line == "```yaml") {
            inside = true;
            found.emplace_back();
        } else if (line == "```") {
            inside = false;
        } else if (inside) {
            found.back() += line + "\n";
        }
    }
    return found;
}

requirement_catalogue ledger() {
    auto loaded = requirement_catalogue::load(suites / "requirements");
    BOOST_REQUIRE(loaded);
    return *loaded;
}

} // namespace

BOOST_AUTO_TEST_CASE(every_example_of_the_manual_loads) {
    auto found = examples(SOURCE_DIR "/docs/suite-language.md");
    for (auto& example : examples(SOURCE_DIR "/docs/suite-world.md"))
        found.push_back(std::move(example));
    BOOST_TEST(found.size() >= 8u);
    auto catalogue = ledger();
    for (std::size_t i = 0; i < found.size(); ++i) {
        auto loaded =
            load_suite_text(found[i], "manual", "example " + std::to_string(i + 1), {suites}, catalogue);
        for (auto& p : loaded.problems)
            BOOST_ERROR(p.str());
        BOOST_TEST(!loaded.suites[0].cases.empty());
    }
}

BOOST_AUTO_TEST_CASE(every_suite_loads) {
    auto loaded = load_suites({suites}, {suites}, ledger());
    for (auto& p : loaded.problems)
        BOOST_ERROR(p.str());
    for (auto& f : lint(loaded, {.all_suites = true}))
        if (f.severity == severity::error) BOOST_ERROR(f.str());
    BOOST_TEST(loaded.suites.size() > 20u);
}

BOOST_AUTO_TEST_CASE(the_fragments_of_the_manual_exist) {
    std::string script;
    for (auto* name : {"greeting", "hello", "starttls", "auth", "login", "mail", "rcpt", "envelope",
                       "message", "quit", "submit", "still-alive"})
        script += std::string("      do ") + name + "\n";
    for (auto& service : known_services()) {
        if (protocol_of(service) != protocol::smtp) continue;
        auto loaded =
            load_suite_text("title: T\nservice: " + service +
                                "\ncases:\n  c:\n    title: t\n    script: |\n" + script + "      S: 250\n",
                            "t", "t", {suites}, ledger());
        for (auto& p : loaded.problems)
            BOOST_ERROR(p.str());
    }
}

BOOST_AUTO_TEST_CASE(where_suites_are_found) {
    ::unsetenv("MAILSPEC_SUITES");
    suite_folder folder;
    auto program = folder.root / "bin" / "mailspec";
    BOOST_TEST(fs::equivalent(find_suites_root(program), suites)); // of the source tree
    auto installed = folder.write("share/mailspec/suites/x.yaml", "").parent_path();
    BOOST_TEST(fs::equivalent(find_suites_root(program), installed));
    ::setenv("MAILSPEC_SUITES", (folder.root / "smtp").c_str(), 1);
    BOOST_TEST(find_suites_root(program) == folder.root / "smtp");
    ::setenv("MAILSPEC_SUITES", (folder.root / "none").c_str(), 1);
    BOOST_TEST(find_suites_root(program).empty());
    BOOST_TEST(find_suites_root(program, folder.root) == folder.root);
    BOOST_TEST(find_suites_root(program, folder.root / "none").empty());
    ::unsetenv("MAILSPEC_SUITES");
}

BOOST_AUTO_TEST_SUITE_END()
