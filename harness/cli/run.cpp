// mailspec run: judge a server. Reports are written in every case: also when nothing could be judged, with
// the reason. Exit codes: docs/verdicts.md.
#include "harness/cli/case_input.hpp"
#include "harness/cli/program.hpp"
#include "harness/cli/refusal.hpp"
#include "harness/cli/report_output.hpp"
#include "harness/cli/target_choice.hpp"
#include "harness/runner/ambient.hpp"
#include "harness/runner/baseline.hpp"
#include "harness/runner/case_order.hpp"
#include "harness/runner/exit_code.hpp"
#include "harness/runner/session.hpp"
#include "harness/runner/verdict.hpp"
#include "harness/script/mailbox_keeper.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <set>

namespace mailspec::cli {

namespace {

struct run_options {
    case_options cases;
    target_options target;
    report_options reports;
    std::string baseline, write_baseline;
    int jobs = 16;
    unsigned long long seed = 0; // 0: any
    bool strict = false;
};

class run_command {
  public:
    run_command(const run_options& options, const program& p)
        : options_(options)
        , program_(p)
        , output_(options.reports) {
        if (output_.writes(options.write_baseline))
            throw refusal(fmt::format("--write-baseline {}: a report goes there too; name two files",
                                      options.write_baseline));
        if (!options.write_baseline.empty())
            drafted_ = std::make_unique<report_file>("--write-baseline", options.write_baseline);
        how_.strict = options.strict;
        how_.all_transcripts = options.reports.verbose;
    }

    int execute() {
        const auto begun = std::chrono::steady_clock::now();
        run_.tool_version = tool_version();
        run_.started = std::chrono::system_clock::now();
        run_.selectors = options_.cases.words;
        run_.strict = options_.strict;
        run_.seed = options_.seed != 0 ? options_.seed : std::random_device{}() % 1'000'000 + 1;
        try {
            judge();
        } catch (const refusal& e) {
            run_.trouble = std::string("mailspec: ") + e.what();
        }
        run_.duration =
            std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun);
        run_.exit_code = runner::exit_code_of(run_);
        output_.write(run_);
        if (drafted_ && run_.trouble.empty() && !run_.interrupted)
            drafted_->commit(runner::draft_baseline(run_, known_));
        return run_.exit_code;
    }

  private:
    void judge() {
        auto chosen = choose_target(options_.target, program_.file);
        take(chosen.known);
        if (!options_.baseline.empty()) {
            auto loaded = runner::load_baseline(options_.baseline);
            if (!loaded)
                throw refusal(
                    fmt::format("the baseline cannot be used:\n  {}", fmt::join(loaded.error(), "\n  ")));
            known_ = std::move(*loaded);
            run_.baseline_file = options_.baseline;
        }
        const auto input = load_cases(options_.cases, program_.file);
        if (const auto part = input.wanted.part; !options_.cases.shard.empty())
            run_.shard = fmt::format("{}/{}", part.index, part.count);
        auto cases = selected_cases(input);
        if (input.complete) run_.baseline_stale = runner::stale_entries(known_, input.existing);
        runner::shuffle(cases, run_.seed);

        output_.begin(cases.size());
        runner::ambient_findings ambient;
        runner::session_plan plan;
        plan.cases = cases;
        plan.jobs = options_.jobs;
        plan.sends = chosen.sends;
        plan.bring_up = chosen.bring_up;
        plan.bring_up_another = chosen.bring_up_another;
        plan.started = [&](const target::target_info& info) { take(info); };
        plan.skipped = [&](const suite::test_case& c, const std::string& reason) {
            add(runner::skipped(c, reason));
        };
        plan.told = [&](const suite::test_case& c, const script::case_outcome& outcome,
                        const std::string& crash) {
            ambient.add(c, outcome);
            if (script::mailbox_keeper::wanted(c)) count_preparation(outcome);
            add(crash.empty() ? runner::result_of(c, outcome, how_) : runner::crashed(c, outcome, crash));
        };
        finish(runner::run_session(std::move(plan)), input, ambient);
    }

    void take(const target::target_info& info) {
        run_.target_name = info.name;
        // Many programs print "postfix 3.7" when they are asked for their version.
        const bool named = info.version.starts_with(info.name + " ");
        run_.target_version = named ? info.version.substr(info.name.size() + 1) : info.version;
        run_.services = info.services;
    }

    void add(reports::case_result result) {
        output_.add(result);
        run_.cases.push_back(std::move(result));
    }

    void finish(runner::session_end end, const case_input& input, const runner::ambient_findings& ambient) {
        for (const auto* c : end.not_run)
            add(runner::inconclusive(*c, "not run: the server was gone"));
        run_.trouble = end.trouble;
        run_.server_log = end.server_log;
        run_.interrupted = end.interrupted;
        if (!end.note.empty()) std::cerr << "mailspec: " << end.note << '\n';

        std::map<std::string, std::size_t> place;
        for (const auto* c : input.all)
            place.emplace(c->id, place.size());
        std::ranges::sort(run_.cases, {}, [&](const auto& r) { return place.at(r.id); });
        for (const auto& s : input.suites)
            if (std::ranges::any_of(run_.cases, [&](const auto& r) { return r.suite == s.path; }))
                run_.suites.push_back({s.path, s.title});
        if (ambient.judged_anything()) add_ambient(input, ambient);

        const auto now = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
        runner::apply_baseline(known_, run_.cases, std::chrono::year_month_day(now));
        const bool none_judged = std::ranges::all_of(
            run_.cases, [](const auto& r) { return r.outcome == reports::verdict::skip; });
        if (!run_.trouble.empty() || run_.interrupted) return;
        if (none_judged)
            run_.trouble = all_were_skipped();
        else if (refused_ > 0 && prepared_ == 0)
            run_.trouble =
                fmt::format("mailspec: no mailbox could be prepared: the server refused what each of {} "
                            "case{} needs first (\"Skipped\" has its words)",
                            refused_, refused_ == 1 ? "" : "s");
    }

    // A server may refuse one message or another. One that takes none at all has shown nothing by what is
    // left.
    void count_preparation(const script::case_outcome& outcome) {
        using kind = script::case_outcome::kind;
        if (outcome.what == kind::refused)
            ++refused_;
        else if (outcome.what != kind::trouble)
            ++prepared_;
    }

    std::string all_were_skipped() const {
        std::map<std::string, int> reasons;
        for (const auto& r : run_.cases)
            ++reasons[r.reason];
        std::string text = "mailspec: nothing was judged: every selected case was skipped:";
        for (const auto& [reason, number] : reasons)
            text += fmt::format("\n{:>6}  {}", number, reason);
        return text;
    }

    // Of the ambient rules those that are selected, and those that were broken, whoever asked.
    void add_ambient(const case_input& input, const runner::ambient_findings& ambient) {
        std::set<std::string> shown;
        for (auto& r : ambient.results(input.catalogue, how_)) {
            std::vector<suite::requirement> cited;
            for (const auto& clause : r.clauses)
                if (const auto* found = input.catalogue.find(clause.id)) cited.push_back(*found);
            if (runner::is_excluded(input.wanted, r.id, cited)) continue;
            const bool broken = r.found.has_value();
            if (!broken && !runner::is_selected(input.wanted, r.id, cited)) continue;
            shown.insert(r.suite);
            run_.cases.push_back(std::move(r));
        }
        for (const auto& folder : runner::ambient_suites())
            if (shown.contains(folder)) run_.suites.push_back({folder, runner::ambient_title});
    }

    const run_options& options_;
    const program& program_;
    report_output output_;
    std::unique_ptr<report_file> drafted_;
    runner::verdict_options how_;
    runner::baseline known_;
    int prepared_ = 0, refused_ = 0; // cases with mailboxes of their own
    reports::run_result run_;
};

} // namespace

void add_run(CLI::App& app, program& p) {
    auto* command = app.add_subcommand("run", "Judge a server: refmaild, or the one that is named");
    auto options = std::make_shared<run_options>();
    options->target.in_memory = true;
    add_selection_options(*command, options->cases);
    add_target_options(*command, options->target);
    add_report_options(*command, options->reports);
    command->add_option("--baseline", options->baseline, "Known deviations: anything else fails the run")
        ->type_name("FILE");
    command
        ->add_option("--write-baseline", options->write_baseline,
                     "Draft a baseline that makes this run exact")
        ->type_name("FILE");
    command->add_option("-j,--jobs", options->jobs, "How many cases run at once")
        ->check(CLI::Range(1, 1000))
        ->type_name("N")
        ->capture_default_str();
    command
        ->add_option("--seed", options->seed, "Run in the order of an earlier run; its report has the seed")
        ->check([](const std::string& word) {
            const bool number = word.find_first_not_of("0123456789") == word.npos;
            const bool positive = word.find_first_not_of('0') != word.npos;
            return number && positive ? "" : fmt::format("`{}` is not a number from 1", word);
        })
        ->type_name("N");
    command->add_flag("--strict", options->strict, "A SHOULD that is violated fails");
    command->callback(
        [&p, options] { p.selected = [&p, options] { return run_command(*options, p).execute(); }; });
}

} // namespace mailspec::cli
