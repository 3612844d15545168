// Loading and selecting; see the header.
#include "harness/cli/case_input.hpp"

#include "harness/cli/refusal.hpp"
#include "harness/runner/ambient.hpp"
#include "harness/script/case_zone.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace mailspec::cli {

namespace {

constexpr std::size_t most_problems = 50; // shown at once

std::string listed(const std::vector<suite::problem>& problems, const char* what) {
    std::string text = fmt::format("{}:", what);
    for (std::size_t i = 0; i < problems.size() && i < most_problems; ++i)
        text += "\n  " + problems[i].str();
    if (problems.size() > most_problems)
        text += fmt::format("\n  and {} more", problems.size() - most_problems);
    return text;
}

suite::level level_named(const std::string& word) {
    if (word == "must") return suite::level::must;
    return word == "should" ? suite::level::should : suite::level::may;
}

runner::selection selection_of(const case_options& options) {
    runner::selection wanted;
    for (const auto& word : options.words)
        if (runner::selector::is_path(word))
            wanted.paths_named = true;
        else
            wanted.selectors.push_back(word);
    wanted.exclude = options.exclude;
    for (const auto& word : options.levels)
        wanted.levels.insert(level_named(word));
    wanted.security_only = options.security;
    if (!options.shard.empty()) {
        const auto part = runner::parse_shard(options.shard);
        if (!part) throw refusal(part.error());
        wanted.part = *part;
    }
    return wanted;
}

// The suites of one path, added to what is there; returns the ids that it has.
std::set<std::string> add_suites(case_input& input, const std::filesystem::path& path,
                                 std::vector<suite::problem>& problems) {
    const suite::load_options options{input.root, script::check_zone};
    auto loaded = suite::load_suites({path}, options, input.catalogue);
    problems.insert(problems.end(), loaded.problems.begin(), loaded.problems.end());
    std::set<std::string> ids;
    for (auto& s : loaded.suites) {
        for (const auto& c : s.cases)
            ids.insert(c.id);
        const bool known =
            std::ranges::any_of(input.suites, [&](const auto& other) { return other.path == s.path; });
        if (!known) input.suites.push_back(std::move(s));
    }
    return ids;
}

} // namespace

void add_suites_option(CLI::App& command, case_options& options) {
    command.add_option("--suites", options.suites, "The folder of the suites, in place of the built-in ones")
        ->type_name("DIR");
}

void add_selection_options(CLI::App& command, case_options& options) {
    command
        .add_option("selectors", options.words,
                    "What to take: smtp/rfc5321, smtp/rfc5321/4.1.4 (a section), smtp/**/nested-mail, "
                    "rfc5321-4.1.4-14 (a clause), ./my-suite.yaml (a file); everything without")
        ->type_name("SELECTOR");
    command.add_option("--exclude", options.exclude, "Leave these out (repeatable)")
        ->type_name("SELECTOR")
        ->allow_extra_args(false);
    command.add_option("--level", options.levels, "Only cases of this level: must, should, may (repeatable)")
        ->type_name("LEVEL")
        ->check(CLI::IsMember({"must", "should", "may"}, CLI::ignore_case))
        ->transform([](const std::string& word) { return CLI::detail::to_lower(word); })
        ->allow_extra_args(false);
    command.add_flag("--security", options.security, "Only cases whose failure can be exploited");
    command.add_option("--shard", options.shard, "Only the i-th of n parts of the selected cases")
        ->type_name("I/N");
    add_suites_option(command, options);
}

std::filesystem::path suites_root(const case_options& options, const std::filesystem::path& program) {
    const auto root = suite::find_suites_root(program, options.suites);
    // As short as the user would type it, where that is possible.
    const auto near = root.empty() ? root : root.lexically_proximate(std::filesystem::current_path());
    if (!root.empty()) return near.empty() || *near.begin() == ".." ? root : near;
    if (!options.suites.empty())
        throw refusal(fmt::format("--suites {}: there is no such folder", options.suites));
    throw refusal("the suites are not found: name their folder with --suites DIR or MAILSPEC_SUITES");
}

suite::requirement_catalogue load_catalogue(const std::filesystem::path& root) {
    auto catalogue = suite::requirement_catalogue::load(root / "requirements");
    if (!catalogue) throw refusal(listed(catalogue.error(), "the catalogue of clauses has mistakes"));
    return std::move(*catalogue);
}

case_input load_cases(const case_options& options, const std::filesystem::path& program) {
    case_input input;
    input.wanted = selection_of(options);
    input.root = suites_root(options, program);
    input.catalogue = load_catalogue(input.root);
    std::vector<suite::problem> problems;
    if (!input.wanted.selectors.empty() || !input.wanted.paths_named) {
        add_suites(input, input.root, problems);
        input.complete = true;
    }
    for (const auto& word : options.words)
        if (runner::selector::is_path(word)) {
            if (std::error_code unreadable; !std::filesystem::exists(word, unreadable) && !unreadable)
                throw refusal(fmt::format("{}: there is no such file or folder", word));
            input.wanted.from_files.merge(add_suites(input, word, problems));
        }
    if (!problems.empty()) throw refusal(listed(problems, "the suites have mistakes, nothing was run"));
    for (const auto& s : input.suites)
        for (const auto& c : s.cases) {
            input.all.push_back(&c);
            input.existing.insert(c.id);
        }
    for (auto& id : runner::ambient_ids())
        input.existing.insert(std::move(id));
    return input;
}

runner::case_list selected_cases(const case_input& input) {
    const auto ambient = runner::ambient_ids();
    auto chosen = runner::select_cases(input.wanted, input.all, ambient);
    if (!chosen) throw refusal(chosen.error());
    return std::move(*chosen);
}

} // namespace mailspec::cli
