// mailspec compare A.json B.json: what differs between two runs, of two servers or of one before and after a
// change. Exit 1 when a case is worse in B than in A.
#include "harness/cli/program.hpp"
#include "harness/cli/saved_report.hpp"
#include "harness/runner/exit_code.hpp"
#include "reports/narrative.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <iostream>
#include <map>
#include <set>

namespace mailspec::cli {

namespace {

// Worse than what? pass < info < warn < fail; skip and inconclusive say nothing about the server.
int badness(reports::verdict v) {
    switch (v) {
    case reports::verdict::info: return 1;
    case reports::verdict::warn: return 2;
    case reports::verdict::fail: return 3;
    default: return 0;
    }
}

using by_id = std::map<std::string, const reports::case_result*>;

by_id index(const reports::run_result& run) {
    by_id found;
    for (const auto& c : run.cases)
        found[c.id] = &c;
    return found;
}

std::string verdict_text(const reports::case_result* c) {
    return c ? reports::name_of(c->outcome) : "absent";
}

void print_difference(const std::string& id, const reports::case_result* a, const reports::case_result* b) {
    std::cout << fmt::format("{}: {} -> {}\n", id, verdict_text(a), verdict_text(b));
    for (const auto* side : {a, b})
        if (side && side->found)
            std::cout << fmt::format("  {}: {}\n", side == a ? "A" : "B", reports::failure_text(*side));
}

int compare(const std::string& first, const std::string& second) {
    const auto a = read_report(first);
    const auto b = read_report(second);
    std::cout << fmt::format("A: {}  {}\nB: {}  {}\n\n", reports::target_text(a), first,
                             reports::target_text(b), second);
    const auto in_a = index(a), in_b = index(b);
    std::set<std::string> ids;
    for (const auto* side : {&in_a, &in_b})
        for (const auto& [id, c] : *side)
            ids.insert(id);

    int same = 0, different = 0, worse = 0;
    for (const auto& id : ids) {
        const auto left = in_a.find(id), right = in_b.find(id);
        const auto* before = left == in_a.end() ? nullptr : left->second;
        const auto* after = right == in_b.end() ? nullptr : right->second;
        if (before && after && before->outcome == after->outcome) {
            ++same;
            continue;
        }
        ++different;
        if (after && badness(after->outcome) > (before ? badness(before->outcome) : 0)) ++worse;
        print_difference(id, before, after);
    }
    std::cout << fmt::format("{}{} the same, {} different, {} worse in B\n", different ? "\n" : "", same,
                             different, worse);
    return worse > 0 ? runner::exit_deviates : runner::exit_conforms;
}

} // namespace

void add_compare(CLI::App& app, program& p) {
    auto* command = app.add_subcommand("compare", "Show what differs between two JSON reports");
    auto first = std::make_shared<std::string>(), second = std::make_shared<std::string>();
    command->add_option("a", *first, "A JSON report")->type_name("A.json")->required();
    command->add_option("b", *second, "Another")->type_name("B.json")->required();
    command->callback(
        [&p, first, second] { p.selected = [first, second] { return compare(*first, *second); }; });
}

} // namespace mailspec::cli
