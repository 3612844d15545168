// The exit code of a run: 0 all passed or exactly the baseline; 1 nonconformance or a surprise; 2 nothing
// could be said: unreachable, inconclusive, interrupted, nothing judged. docs/verdicts.md.
#pragma once
#include "reports/result.hpp"

namespace mailspec::runner {

inline constexpr int exit_conforms = 0;
inline constexpr int exit_deviates = 1;
inline constexpr int exit_trouble = 2;

int exit_code_of(const reports::run_result& run);

} // namespace mailspec::runner
