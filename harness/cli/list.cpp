// mailspec list: the cases there are, suite by suite, and the ambient rules.
#include "harness/cli/case_input.hpp"
#include "harness/cli/program.hpp"
#include "harness/runner/ambient.hpp"
#include "harness/wire/ambient_rules.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iostream>

namespace mailspec::cli {

namespace {

struct list_options {
    case_options cases;
    bool ids = false;
};

void print_tree(const case_input& input, const runner::case_list& chosen) {
    const suite::test_case* before = nullptr;
    for (const auto* c : chosen) {
        if (!before || before->suite != c->suite) {
            const auto s = std::ranges::find(input.suites, c->suite, &suite::loaded_suite::path);
            std::cout << fmt::format("{}{}  ({})\n", before ? "\n" : "", c->suite, s->title);
        }
        before = c;
        std::cout << fmt::format("  {:<36} {:<6} {}{}\n", c->name, suite::name_of(c->level), c->title,
                                 c->security.empty() ? "" : "  [security]");
    }
    if (!input.wanted.selectors.empty() || input.wanted.paths_named) {
        std::cout << fmt::format("\n{} case{}\n", chosen.size(), chosen.size() == 1 ? "" : "s");
        return;
    }
    for (const auto& folder : runner::ambient_suites()) {
        std::cout << fmt::format("\n{}  ({})\n", folder, runner::ambient_title);
        for (const auto& rule : wire::ambient_rules())
            if (runner::ambient_suite_of(rule) == folder)
                std::cout << fmt::format("  {:<36} {:<6} {}\n", rule.short_name(), rule.level, rule.title);
    }
    std::cout << fmt::format("\n{} cases, {} ambient rules\n", chosen.size(), wire::ambient_rules().size());
}

int list(const list_options& options, const program& p) {
    const auto input = load_cases(options.cases, p.file);
    const auto chosen = selected_cases(input);
    if (options.ids)
        for (const auto* c : chosen)
            std::cout << c->id << '\n';
    else
        print_tree(input, chosen);
    return 0;
}

} // namespace

void add_list(CLI::App& app, program& p) {
    auto* command = app.add_subcommand("list", "Show the cases there are");
    auto options = std::make_shared<list_options>();
    add_selection_options(*command, options->cases);
    command->add_flag("--ids", options->ids, "Only the ids, one a line");
    command->callback([&p, options] { p.selected = [&p, options] { return list(*options, p); }; });
}

} // namespace mailspec::cli
