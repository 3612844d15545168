// The rules about a case's keys, and those that compare cases and fragments with each other. Errors are
// what would make a report wrong, warnings what a reader should look at. Changes nothing, and repeats
// nothing that loading has told already.
#include "harness/suite/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

namespace mailspec::suite {

namespace {

constexpr std::size_t longest_title = 100; // one line of a terminal and of a JUnit viewer

std::optional<level> strongest(const test_case& c) {
    std::optional<level> found;
    for (auto& r : c.requirements) {
        auto its = r.is_must() ? level::must : r.is_should() ? level::should : level::may;
        if (!found || its < *found) found = its;
    }
    return found;
}

// The script without comments, indentation and empty lines.
std::string bare_script(const std::string& text) {
    std::istringstream in(text);
    std::string bare;
    for (std::string line; std::getline(in, line);) {
        auto first = line.find_first_not_of(" \t");
        if (first == std::string::npos || line[first] == '#') continue;
        bare += line.substr(first) + "\n";
    }
    return bare;
}

bool is_sentence(const std::string& text) {
    std::istringstream in(text);
    std::string word;
    int words = 0;
    while (in >> word)
        ++words;
    return words >= 4;
}

// Of UTF-8: all octets but those that continue one.
std::size_t characters(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

class linter {
  public:
    explicit linter(const lint_options& options)
        : options_(options) {}

    void suite(const loaded_suite& s) {
        title(s.at, "the suite", s.title);
        for (auto& c : s.cases)
            test(c);
    }

    // `hello@lmtp` is in use where `hello` is: the next case on lmtp would meet the wrong one without it.
    void fragments(const std::vector<fragment_use>& all) {
        auto bare = [](const std::string& name) { return name.substr(0, name.find('@')); };
        std::set<std::string> used;
        for (auto& f : all)
            if (f.used) used.insert(bare(f.name));
        for (auto& f : all)
            if (!used.contains(bare(f.name)) && (!f.shared || options_.all_suites))
                add(severity::warning, f.at, fmt::format("no case uses the fragment `{}`", f.name));
    }

    std::vector<finding> take() {
        std::ranges::stable_sort(found_, {}, [](const finding& f) {
            return std::tie(f.what.at.file, f.what.at.line, f.what.at.column);
        });
        return std::move(found_);
    }

  private:
    void test(const test_case& c) {
        title(c.at, fmt::format("case `{}`", c.name), c.title);
        level_of(c);
        requirements(c);
        if (!c.security.empty() && !is_sentence(c.security))
            add(severity::error, c.at,
                fmt::format(
                    "`security` of case `{}` is `{}`, expected a sentence: how can a server that fails be "
                    "exploited?",
                    c.name, c.security));
        twin(c);
        for (auto& f : lint_script(c))
            found_.push_back(f);
    }

    void title(const source_pos& at, const std::string& whose, const std::string& title) {
        auto length = characters(title);
        if (length > longest_title)
            add(severity::warning, at,
                fmt::format("the title of {} has {} characters, expected at most {}", whose, length,
                            longest_title));
        if (title.ends_with('.'))
            add(severity::warning, at, fmt::format("the title of {} ends in a dot, expected none", whose));
    }

    void level_of(const test_case& c) {
        auto ledger = strongest(c);
        if (!ledger || c.level == *ledger) return;
        bool stronger = c.level < *ledger;
        if (!stronger && !c.ruling.empty()) return; // the ruling says why
        add(stronger ? severity::error : severity::warning, c.at,
            fmt::format("case `{}` has the level {}, but its strongest clause is a {}; {}", c.name,
                        name_of(c.level), name_of(*ledger),
                        stronger ? "no case demands more than its clause"
                                 : "name the `ruling` that weakens it"));
    }

    void requirements(const test_case& c) {
        for (auto& r : c.requirements) {
            // What is due later shows by a retry, a moved clock, or by what a host did not see at once.
            const bool by_time = r.observe == "time" && (c.moves_clock || c.retries || !c.world.empty());
            if (r.is_served() || r.is_sent() || by_time) continue;
            if (!r.binds_server())
                add(severity::warning, c.at,
                    fmt::format("case `{}` cites {}, which binds a {}, not a server", c.name, r.id, r.party));
            else
                add(severity::warning, c.at,
                    fmt::format("case `{}` cites {}, which is observed by {}, not in a dialog, a delivery or "
                                "what is sent",
                                c.name, r.id, r.observe));
        }
    }

    void twin(const test_case& c) {
        if (!c.world.empty()) return; // the same steps, but another world around them
        std::string key = c.service + "\n" + bare_script(c.script_text);
        for (auto& n : c.needs)
            key += n.word + "\n";
        key += c.world.hosts_source + "\n" + (c.world.dns ? c.world.dns->source : "");
        auto [other, fresh] = scripts_.emplace(key, c.id);
        if (!fresh)
            add(severity::warning, c.at,
                fmt::format("case `{}` has the script of {}", c.name, other->second));
    }

    void add(severity s, const source_pos& at, std::string text) {
        found_.push_back({s, {at, std::move(text)}});
    }

    lint_options options_;
    std::map<std::string, std::string> scripts_;
    std::vector<finding> found_;
};

} // namespace

std::string finding::str() const {
    auto text = severity == severity::error ? "error: " : "warning: ";
    return problem{what.at, text + what.text}.str();
}

std::vector<finding> lint(const load_result& loaded, const lint_options& options) {
    linter rules(options);
    for (auto& s : loaded.suites)
        rules.suite(s);
    rules.fragments(loaded.fragments);
    return rules.take();
}

} // namespace mailspec::suite
