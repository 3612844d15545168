// Runs cases against a target that is up, many at a time on the loop of the caller, and tells the outcome of
// each as it ends. No more connections are open at once than the target takes gently; a case waits for the
// accounts it leases. What met trouble is tried once more, by itself, at the end. When a
// server that we started dies, no further case begins: those are simply never told.
#pragma once
#include "harness/runner/selection.hpp"
#include "harness/script/case_run.hpp"
#include "harness/target/running_target.hpp"

#include <functional>

namespace mailspec::runner {

using outcome_sink = std::function<void(const suite::test_case&, script::case_outcome)>;

// `target` must outlive the loop that runs it.
net::task<void> run_cases(case_list cases, target::running_target& target, int jobs, outcome_sink told);

} // namespace mailspec::runner
