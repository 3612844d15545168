// See the header.
#include "harness/runner/exit_code.hpp"

#include <algorithm>

namespace mailspec::runner {

int exit_code_of(const reports::run_result& run) {
    if (!run.trouble.empty() || run.interrupted) return exit_trouble;
    // A deviation that is proved stays proved, whatever else could not be judged.
    if (std::ranges::any_of(run.cases, reports::is_failure)) return exit_deviates;
    const auto unjudged = [](const reports::case_result& c) {
        return c.outcome == reports::verdict::inconclusive && c.baseline != reports::baseline_state::expected;
    };
    if (std::ranges::any_of(run.cases, unjudged)) return exit_trouble;
    const auto judged = [](const reports::case_result& c) { return c.outcome != reports::verdict::skip; };
    return std::ranges::any_of(run.cases, judged) ? exit_conforms : exit_trouble;
}

} // namespace mailspec::runner
