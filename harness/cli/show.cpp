// mailspec show CASE: what a case asks of a server and why: clauses, level, needs, accepted outcomes, script.
#include "harness/cli/case_input.hpp"
#include "harness/cli/program.hpp"
#include "harness/cli/refusal.hpp"
#include "harness/runner/ambient.hpp"
#include "harness/runner/verdict.hpp"
#include "harness/wire/ambient_rules.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <sstream>

namespace mailspec::cli {

namespace {

constexpr std::size_t most_candidates = 10;

void line(const char* label, const std::string& text) {
    if (!text.empty()) std::cout << fmt::format("{:<10} {}\n", label, text);
}

void clause(const reports::clause& c) {
    line("Clause", fmt::format("{} {}: {}{}", c.section, c.level, c.summary,
                               c.id.empty() ? "" : fmt::format(" ({})", c.id)));
}

// Steps that are claims, also inside blocks; as written.
void collect_claims(const std::vector<suite::step>& steps, std::vector<std::string>& claims) {
    for (const auto& s : steps) {
        if (const auto* fragment = std::get_if<suite::fragment_block>(&s.body))
            collect_claims(fragment->steps, claims);
        else if (const auto* repeat = std::get_if<suite::repeat_block>(&s.body))
            collect_claims(repeat->steps, claims);
        else if (const auto* either = std::get_if<suite::either_block>(&s.body))
            for (const auto& branch : either->branches)
                collect_claims(branch, claims);
        else if (s.claim)
            claims.push_back(s.source);
    }
}

// "check S: 500 else warn 502" -> pass: S: 500, warn: 502.
void accepted(const suite::test_case& c) {
    std::vector<std::string> claims;
    collect_claims(c.script, claims);
    const char* label = "Accepted";
    for (std::string text : claims) {
        if (text.starts_with("check ")) text.erase(0, 6);
        std::string verdict = "pass";
        for (;;) {
            const auto other = text.find(" else ");
            line(label, fmt::format("{}: {}", verdict, text.substr(0, other)));
            label = "";
            if (other == std::string::npos) break;
            text.erase(0, other + 6);
            const auto space = text.find(' ');
            verdict = text.substr(0, space);
            text.erase(0, space == std::string::npos ? space : space + 1);
        }
    }
    line(label, fmt::format("{}: anything else", reports::name_of(runner::verdict_of(c.level, false))));
}

// "plain \Seen, plain x3"
std::string messages_of(const suite::test_case& c) {
    std::string text;
    for (const auto& m : c.messages) {
        text += (text.empty() ? "" : ", ") + m.fixture;
        for (const auto& flag : m.flags)
            text += " " + flag;
        if (!m.date.empty()) text += " \"" + m.date + "\"";
    }
    return text;
}

std::string needs_of(const suite::test_case& c) {
    std::string text;
    const auto add = [&](const std::string& word) { text += (text.empty() ? "" : ", ") + word; };
    for (const auto& n : c.needs)
        add(n.service.empty() ? n.word : n.word + " of " + n.service);
    if (c.accounts > 0) add(fmt::format("{} account{}", c.accounts, c.accounts == 1 ? "" : "s"));
    if (c.reads_mail) add("reading delivered mail");
    if (c.restarts) add("a server that mailspec starts itself");
    return text;
}

void block(const char* title, const std::string& text) {
    if (text.empty()) return;
    std::cout << '\n' << title << '\n';
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        std::cout << "  " << line << '\n';
}

void show_case(const suite::test_case& c) {
    std::cout << c.id << '\n' << c.title << "\n\n";
    for (const auto& r : c.requirements)
        clause(runner::clause_of(r));
    line("Level", suite::name_of(c.level));
    line("Why", c.why);
    line("Security", c.security);
    line("Ruling", c.ruling.empty() ? "" : c.ruling + " (suites/rulings.md)");
    line("Service", c.service);
    line("State", c.state);
    line("Messages", messages_of(c));
    line("Account", c.account_alone ? "to itself" : "");
    line("Needs", needs_of(c));
    accepted(c);
    line("Stands in", fmt::format("{}:{}", c.at.file, c.at.line));
    block("DNS", c.world.dns ? c.world.dns->source : "");
    block("Hosts", c.world.hosts_source);
    block("Script", c.script_text);
}

bool show_rule(const std::string& id, const suite::requirement_catalogue& catalogue) {
    const auto rules = wire::ambient_rules();
    const auto rule = std::ranges::find(rules, id, runner::ambient_id);
    if (rule == rules.end()) return false;
    std::cout << id << '\n' << rule->title << "\n\n";
    for (const auto cited : rule->requirements)
        if (const auto* found = catalogue.find(cited)) clause(runner::clause_of(*found));
    line("Stands in", std::string(rule->section));
    line("Level", std::string(rule->level));
    std::cout << "\nAn ambient rule: every reply of every case is held against it.\n";
    return true;
}

int show(const case_options& options, const program& p) {
    const auto input = load_cases(options, p.file);
    if (options.words.size() == 1 && show_rule(options.words[0], input.catalogue)) return 0;
    const auto chosen = selected_cases(input);
    if (chosen.size() > most_candidates) {
        std::string text =
            fmt::format("{} cases match; name one, or fewer than {}:", chosen.size(), most_candidates + 1);
        for (std::size_t i = 0; i < most_candidates; ++i)
            text += "\n  " + chosen[i]->id;
        throw refusal(text + "\n  ...");
    }
    for (const auto* c : chosen) {
        if (c != chosen.front()) std::cout << '\n';
        show_case(*c);
    }
    return 0;
}

} // namespace

void add_show(CLI::App& app, program& p) {
    auto* command = app.add_subcommand("show", "Show what a case asks of a server, and why");
    auto options = std::make_shared<case_options>();
    command->add_option("case", options->words, "The case's id, or a selector of a few")
        ->type_name("CASE")
        ->required();
    add_suites_option(*command, *options);
    command->callback([&p, options] { p.selected = [&p, options] { return show(*options, p); }; });
}

} // namespace mailspec::cli
