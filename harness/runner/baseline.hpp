// The baseline: known deviations of one server, each with a reason, perhaps an expiry and the step at which
// it fails. It turns a run into "exactly what we know": a different failure, an unexpected pass or an
// expired entry is a surprise, and fails the run. It never makes a case pass. docs/verdicts.md has the
// format.
#pragma once
#include "reports/result.hpp"

#include <chrono>
#include <expected>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mailspec::runner {

struct baseline_entry {
    reports::verdict verdict = reports::verdict::fail;
    std::string reason;
    std::optional<std::chrono::year_month_day> expires; // the first day on which it counts no more
    std::string step;                                   // empty: any
    bool sometimes = false;                             // a pass is no surprise
};

struct baseline {
    std::string file;
    std::map<std::string, baseline_entry> cases; // by id
};

// Every mistake as "file:line:column: key: ...".
std::expected<baseline, std::vector<std::string>> load_baseline(const std::string& file);

// Sets baseline and baseline_note of each result. `today` in UTC.
void apply_baseline(const baseline& known, std::vector<reports::case_result>& results,
                    std::chrono::year_month_day today);

// Ids that the baseline names and no suite has.
std::vector<std::string> stale_entries(const baseline& known, const std::set<std::string>& existing);

// A baseline that makes this run exact, as YAML: reasons of `known` are kept, others are left to fill in
// (a baseline with an empty reason does not load).
std::string draft_baseline(const reports::run_result& run, const baseline& known);

} // namespace mailspec::runner
