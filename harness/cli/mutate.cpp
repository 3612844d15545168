// mailspec mutate: can each case fail? Runs the cases against the target, then plays each passing run back
// to its case with the server's octets altered where the claim looked. A case that no altered content fails
// is not proved. One that fails against the target itself needs no further proof.
#include "harness/cli/case_input.hpp"
#include "harness/cli/program.hpp"
#include "harness/cli/refusal.hpp"
#include "harness/cli/target_choice.hpp"
#include "harness/runner/case_order.hpp"
#include "harness/runner/exit_code.hpp"
#include "harness/runner/session.hpp"
#include "harness/script/mutation.hpp"
#include "net/run.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <iostream>
#include <map>
#include <thread>

namespace mailspec::cli {

namespace {

struct mutate_options {
    case_options cases;
    target_options target;
    int jobs = 16;
    bool verbose = false, markdown = false;
};

struct score {
    std::size_t proved = 0, failed_here = 0; // cases; the latter failed against the target
    std::size_t mutants = 0, killed = 0;
    std::vector<std::string> unproved, untried; // "id: why"
    std::vector<std::string> survivors;         // "id: which"
    std::size_t skipped = 0;

    std::size_t tried() const { return proved + failed_here + unproved.size(); }
};

using outcomes = std::map<std::string, std::pair<const suite::test_case*, script::case_outcome>>;

// What became of one case that passed.
score try_mutants(const suite::test_case& c, const script::case_outcome& recorded,
                  const target::target_info& target) {
    score one;
    const auto report =
        net::run_for<script::mutation_report>([&] { return script::mutate_case(c, target, recorded); });
    if (!report.self_check.empty()) {
        one.unproved.push_back(
            fmt::format("{}: the unaltered replay does not pass: {}", c.id, report.self_check));
        return one;
    }
    one.mutants = report.mutants.size();
    one.killed = report.killed();
    for (const auto& name : report.survivors())
        one.survivors.push_back(fmt::format("{}: {}", c.id, name));
    if (report.proved())
        one.proved = 1;
    else
        one.unproved.push_back(fmt::format("{}: {} of {} alterations killed, none of content", c.id,
                                           report.killed(), report.mutants.size()));
    return one;
}

score score_of_one(const std::string& id, const suite::test_case& c, const script::case_outcome& outcome,
                   const target::target_info& target) {
    using kind = script::case_outcome::kind;
    score one;
    if (outcome.what == kind::refused || outcome.what == kind::unseen)
        one.skipped = 1;
    else if (outcome.what == kind::trouble)
        one.untried.push_back(fmt::format("{}: {}", id, outcome.trouble));
    else if (outcome.what == kind::mismatch || outcome.instead)
        one.failed_here = 1;
    else
        one = try_mutants(c, outcome, target);
    return one;
}

void add(std::vector<std::string>& to, const std::vector<std::string>& lines) {
    to.insert(to.end(), lines.begin(), lines.end());
}

// A replay touches nothing but its own case: one core a case, on all of them.
score score_of(const outcomes& recorded, const target::target_info& target) {
    std::vector<outcomes::const_iterator> cases;
    for (auto at = recorded.begin(); at != recorded.end(); ++at)
        cases.push_back(at);
    std::vector<score> each(cases.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (auto i = next++; i < cases.size(); i = next++) {
            const auto& [id, one] = *cases[i];
            each[i] = score_of_one(id, *one.first, one.second, target);
        }
    };
    {
        std::vector<std::jthread> others;
        for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i)
            others.emplace_back(work);
        work();
    }
    score all;
    for (const auto& one : each) {
        all.proved += one.proved;
        all.failed_here += one.failed_here;
        all.mutants += one.mutants;
        all.killed += one.killed;
        all.skipped += one.skipped;
        add(all.unproved, one.unproved);
        add(all.untried, one.untried);
        add(all.survivors, one.survivors);
    }
    return all;
}

void print_list(const char* title, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    std::cout << title << '\n';
    for (const auto& line : lines)
        std::cout << "  " << line << '\n';
}

std::string tenths_of_percent(std::size_t part, std::size_t whole) {
    return whole == 0 ? "-" : fmt::format("{:.1f} %", 100.0 * double(part) / double(whole));
}

void print_markdown(const score& s, const std::string& target) {
    std::cout << fmt::format(
        "## Able to fail\n\n`mailspec mutate` against {}:\n\n| what | number |\n| --- | --- |\n"
        "| cases shown able to fail | {} of {} |\n"
        "| of these, by failing against the server itself | {} |\n"
        "| cases that could not run against it | {} |\n"
        "| altered replies and messages | {} |\n| noticed | {} ({}) |\n",
        target, s.proved + s.failed_here, s.tried(), s.failed_here, s.skipped, s.mutants, s.killed,
        tenths_of_percent(s.killed, s.mutants));
}

void print_text(const score& s, bool verbose) {
    if (verbose) print_list("Alterations that nobody noticed:", s.survivors);
    print_list("Not proved, no altered content makes them fail:", s.unproved);
    print_list("Could not be tried:", s.untried);
    std::cout << fmt::format("{} of {} cases are shown able to fail ({} by failing here), {} skipped\n"
                             "{} alterations, {} noticed ({}){}\n",
                             s.proved + s.failed_here, s.tried(), s.failed_here, s.skipped, s.mutants,
                             s.killed, tenths_of_percent(s.killed, s.mutants),
                             verbose || s.survivors.empty() ? "" : "; -v lists the others");
}

int mutate(const mutate_options& options, const program& p) {
    const auto chosen = choose_target(options.target, p.file);
    const auto input = load_cases(options.cases, p.file);
    outcomes recorded;
    std::size_t skipped = 0;
    runner::session_plan plan;
    plan.cases = selected_cases(input);
    plan.jobs = options.jobs;
    plan.sends = chosen.sends;
    plan.bring_up = chosen.bring_up;
    plan.bring_up_another = chosen.bring_up_another;
    plan.told = [&](const suite::test_case& c, script::case_outcome outcome, const std::string&) {
        recorded.insert_or_assign(c.id, std::pair(&c, std::move(outcome)));
    };
    plan.skipped = [&](const suite::test_case&, const std::string&) { ++skipped; };
    const auto end = runner::run_session(std::move(plan));
    if (end.interrupted) throw refusal("interrupted");
    if (!end.trouble.empty()) throw refusal(end.trouble);

    auto found = score_of(recorded, end.target);
    found.skipped = skipped;
    if (options.markdown)
        print_markdown(found, end.target.name);
    else
        print_text(found, options.verbose);
    if (!found.unproved.empty()) return runner::exit_deviates;
    if (!found.untried.empty()) return runner::exit_trouble;
    if (found.tried() == 0) throw refusal("nothing was tried: the target can run none of the selected cases");
    return runner::exit_conforms;
}

} // namespace

void add_mutate(CLI::App& app, program& p) {
    auto* command = app.add_subcommand("mutate", "Show that each case is able to fail");
    auto options = std::make_shared<mutate_options>();
    options->target.in_memory = true;
    add_selection_options(*command, options->cases);
    add_target_options(*command, options->target);
    command->add_option("-j,--jobs", options->jobs, "How many cases run at once")
        ->check(CLI::Range(1, 1000))
        ->type_name("N");
    auto* verbose =
        command->add_flag("-v,--verbose", options->verbose, "List the alterations that nobody noticed");
    command->add_flag("--markdown", options->markdown, "As docs/coverage.md has it")->excludes(verbose);
    command->callback([&p, options] { p.selected = [&p, options] { return mutate(*options, p); }; });
}

} // namespace mailspec::cli
