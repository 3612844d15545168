// mailspec lint PATH...: every mistake in suite files, and what loads but cannot fail or claims too much.
// Exit 1 with errors, 0 with warnings only (1 with --strict).
#include "harness/suite/lint.hpp"

#include "harness/cli/case_input.hpp"
#include "harness/cli/program.hpp"
#include "harness/cli/refusal.hpp"
#include "harness/script/case_zone.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <iostream>

namespace mailspec::cli {

namespace {

struct lint_command {
    case_options cases;
    bool strict = false;
};

std::string plural(std::size_t n, const char* thing) {
    return fmt::format("{} {}{}", n, thing, n == 1 ? "" : "s");
}

int lint(const lint_command& options, const program& p) {
    const auto root = suites_root(options.cases, p.file);
    const auto catalogue = load_catalogue(root);
    std::vector<std::filesystem::path> paths(options.cases.words.begin(), options.cases.words.end());
    for (const auto& path : paths)
        if (std::error_code unreadable; !std::filesystem::exists(path, unreadable) && !unreadable)
            throw refusal(fmt::format("{}: there is no such file or folder", path.string()));
    if (paths.empty()) paths.push_back(root);

    const suite::load_options load{root, script::check_zone};
    const auto loaded = suite::load_suites(paths, load, catalogue);
    std::error_code unknown;
    const bool all = paths.size() == 1 && std::filesystem::equivalent(paths.front(), root, unknown);
    const suite::lint_options how{all};
    const auto findings = suite::lint(loaded, how);

    std::size_t errors = loaded.problems.size(), warnings = 0, cases = 0;
    for (const auto& problem : loaded.problems)
        std::cout << problem.str() << '\n';
    for (const auto& finding : findings) {
        ++(finding.severity == suite::severity::error ? errors : warnings);
        std::cout << finding.str() << '\n';
    }
    for (const auto& s : loaded.suites)
        cases += s.cases.size();
    std::cout << fmt::format("{} in {}: {}, {}\n", plural(cases, "case"),
                             plural(loaded.suites.size(), "suite"), plural(errors, "error"),
                             plural(warnings, "warning"));
    if (loaded.suites.empty() && errors == 0)
        throw refusal("no suite was found there: a suite is a file that ends in .yaml");
    return errors > 0 || (options.strict && warnings > 0) ? 1 : 0;
}

} // namespace

void add_lint(CLI::App& app, program& p) {
    auto* command = app.add_subcommand("lint", "Look for mistakes in suites");
    auto options = std::make_shared<lint_command>();
    command->add_option("paths", options->cases.words, "Files or folders; without any, all suites")
        ->type_name("PATH");
    command->add_flag("--strict", options->strict, "Warnings are errors");
    add_suites_option(*command, options->cases);
    command->callback([&p, options] { p.selected = [&p, options] { return lint(*options, p); }; });
}

} // namespace mailspec::cli
