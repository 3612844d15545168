// mailspec merge: the reports of several shards as one. A case that stands in two of them (the ambient rules
// do) counts by its worst verdict.
#include "harness/cli/program.hpp"
#include "harness/cli/refusal.hpp"
#include "harness/cli/report_output.hpp"
#include "harness/cli/saved_report.hpp"
#include "harness/runner/exit_code.hpp"
#include "harness/runner/selection.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mailspec::cli {

namespace {

struct merge_options {
    std::vector<std::string> files;
    report_options reports;
};

// The higher, the more a reader must hear of it.
int gravity(const reports::case_result& c) {
    if (reports::is_failure(c)) return 10;
    switch (c.outcome) {
    case reports::verdict::fail: return 6;
    case reports::verdict::inconclusive: return 5;
    case reports::verdict::warn: return 4;
    case reports::verdict::info: return 3;
    case reports::verdict::pass: return 2;
    case reports::verdict::skip: break;
    }
    return 1;
}

void add_to(reports::run_result& all, reports::run_result part) {
    if (part.target_name != all.target_name)
        throw refusal(
            fmt::format("these reports are of different servers, {} and {}: merge puts the shards of "
                        "one run together; `mailspec compare` sets two servers side by side",
                        all.target_name, part.target_name));
    for (auto& s : part.suites)
        if (std::ranges::none_of(all.suites, [&](const auto& other) { return other.path == s.path; }))
            all.suites.push_back(std::move(s));
    for (auto& c : part.cases) {
        const auto same = std::ranges::find(all.cases, c.id, &reports::case_result::id);
        if (same == all.cases.end())
            all.cases.push_back(std::move(c));
        else if (gravity(c) > gravity(*same))
            *same = std::move(c);
    }
    all.started = std::min(all.started, part.started);
    all.duration = std::max(all.duration, part.duration); // shards run side by side
    all.interrupted = all.interrupted || part.interrupted;
    if (all.trouble.empty()) all.trouble = part.trouble;
    if (all.server_log.empty()) all.server_log = part.server_log;
    for (auto& id : part.baseline_stale)
        if (std::ranges::find(all.baseline_stale, id) == all.baseline_stale.end())
            all.baseline_stale.push_back(std::move(id));
}

// A part must not pass for the whole: the report of a machine that was lost is missed by nobody else.
std::string missing_shards(const std::vector<std::string>& shards) {
    std::set<int> there;
    std::optional<int> count;
    for (const auto& word : shards) {
        const auto part = runner::parse_shard(word);
        if (!part || count.value_or(part->count) != part->count)
            throw refusal(fmt::format("these reports are not of one run: they are the shards {}",
                                      fmt::join(shards, ", ")));
        count = part->count;
        there.insert(part->index);
    }
    std::vector<std::string> missing;
    for (int i = 1; i <= count.value_or(0); ++i)
        if (!there.contains(i)) missing.push_back(fmt::format("{}/{}", i, *count));
    return fmt::format("{}", fmt::join(missing, ", "));
}

// Suite by suite, as writers expect it; within a suite as the reports had it, shard by shard.
void put_in_order(reports::run_result& all) {
    const auto by_file = [](const reports::case_result& c) { return std::tuple(c.suite, c.file, c.line); };
    std::ranges::stable_sort(all.suites, {}, &reports::suite_info::path);
    std::ranges::stable_sort(all.cases, {}, by_file);
}

int merge(const merge_options& options) {
    report_output output(options.reports);
    auto all = read_report(options.files.front());
    std::vector<std::string> shards;
    auto note_shard = [&](const reports::run_result& run) {
        if (!run.shard.empty()) shards.push_back(run.shard);
    };
    note_shard(all);
    for (std::size_t i = 1; i < options.files.size(); ++i) {
        auto part = read_report(options.files[i]);
        note_shard(part);
        add_to(all, std::move(part));
    }
    all.shard.clear();
    if (const auto missing = missing_shards(shards); !missing.empty() && all.trouble.empty())
        all.trouble = fmt::format(
            "mailspec: this is not the whole run: the reports of these shards are missing: {}", missing);
    put_in_order(all);
    all.exit_code = runner::exit_code_of(all);
    output.write(all);
    return all.exit_code;
}

} // namespace

void add_merge(CLI::App& app, program& p) {
    auto* command = app.add_subcommand("merge", "Put the JSON reports of several shards together");
    auto options = std::make_shared<merge_options>();
    command->add_option("reports", options->files, "JSON reports of the same server")
        ->type_name("FILE")
        ->required();
    add_report_options(*command, options->reports);
    command->callback([&p, options] { p.selected = [options] { return merge(*options); }; });
}

} // namespace mailspec::cli
