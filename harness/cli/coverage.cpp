// mailspec coverage: which clauses the cases show, document by document, and which they do not.
#include "harness/suite/coverage.hpp"

#include "harness/cli/case_input.hpp"
#include "harness/cli/program.hpp"
#include "harness/cli/refusal.hpp"
#include "harness/runner/ambient.hpp"
#include "harness/wire/ambient_rules.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <iostream>

namespace mailspec::cli {

namespace {

struct coverage_command {
    case_options cases;
    std::vector<int> rfcs;
    bool untested = false, markdown = false;
};

std::multimap<std::string, std::string> shown_by_ambient_rules() {
    std::multimap<std::string, std::string> shown;
    for (const auto& rule : wire::ambient_rules())
        for (const auto id : rule.requirements)
            shown.emplace(id, runner::ambient_id(rule));
    return shown;
}

suite::untested_reasons reasons_of(const case_input& input) {
    auto read = suite::read_untested(input.root / "untested.yaml", input.catalogue);
    if (read) return std::move(*read);
    std::string text = "untested.yaml has mistakes:";
    for (const auto& problem : read.error())
        text += "\n  " + problem.str();
    throw refusal(text);
}

std::string percent(std::size_t part, std::size_t whole) {
    return whole == 0 ? "-" : fmt::format("{:.0f} %", 100.0 * double(part) / double(whole));
}

void print_row(const std::string& name, const suite::document_coverage& d) {
    std::cout << fmt::format("{:<10}{:>6}{:>14}{:>7}{:>12}{:>7}\n", name, d.cases,
                             fmt::format("{} of {}", d.covered, d.testable), percent(d.covered, d.testable),
                             fmt::format("{} of {}", d.musts_covered, d.musts),
                             percent(d.musts_covered, d.musts));
}

void print_untested(const suite::coverage& found) {
    for (const auto& document : found.documents)
        for (const auto& c : document.clauses) {
            if (!c.cases.empty()) continue;
            std::cout << fmt::format("{:<22} {:<10} {}\n", c.clause->id, c.clause->level, c.clause->summary);
            std::cout << fmt::format("{:<22} {:<10} {}\n", "", "",
                                     c.reason.empty() ? "no reason is given" : "reason: " + c.reason);
        }
}

int show_coverage(const coverage_command& options, const program& p) {
    const auto input = load_cases(options.cases, p.file);
    const auto reasons = reasons_of(input);
    const std::set<int> rfcs(options.rfcs.begin(), options.rfcs.end());
    const auto found =
        suite::compute_coverage(input.suites, input.catalogue, reasons, shown_by_ambient_rules(), rfcs);
    if (options.markdown) {
        std::cout << suite::coverage_markdown(found);
        return 0;
    }
    std::cout << fmt::format("{:<10}{:>6}{:>14}{:>7}{:>12}{:>7}\n", "document", "cases", "covered", "",
                             "MUSTs", "");
    for (const auto& document : found.documents)
        print_row(fmt::format("RFC {}", document.rfc), document);
    print_row("all", found.total);
    if (options.untested) {
        std::cout << "\nUntested:\n";
        print_untested(found);
    }
    for (const auto& id : found.idle_reasons)
        std::cout << fmt::format("untested.yaml gives a reason for {}, which is covered: take it out\n", id);
    return 0;
}

} // namespace

void add_coverage(CLI::App& app, program& p) {
    auto* command = app.add_subcommand("coverage", "Show which clauses the cases cover");
    auto options = std::make_shared<coverage_command>();
    command->add_flag("--untested", options->untested, "Also list the clauses that no case shows, and why");
    command->add_flag("--markdown", options->markdown, "As docs/coverage.md has it");
    command->add_option("--rfc", options->rfcs, "Only this document (repeatable)")
        ->type_name("NUMBER")
        ->allow_extra_args(false);
    add_suites_option(*command, options->cases);
    command->callback([&p, options] { p.selected = [&p, options] { return show_coverage(*options, p); }; });
}

} // namespace mailspec::cli
