// One run from the target's start to its stop: bring it up, ask what it offers, run the cases that it can
// take, stop it. Ctrl-C ends it at once with what there is. It knows neither reports' files nor baselines.
#pragma once
#include "harness/runner/needs.hpp"
#include "harness/runner/run_cases.hpp"
#include "harness/target/running_target.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mailspec::runner {

struct session_plan {
    case_list cases; // in the order of running
    int jobs = 16;
    std::optional<target::sends_plan> sends; // of the target, as far as it is known before it is up
    std::function<net::task<target::launched>(std::optional<target::egress_place>)> bring_up;
    // One more like it, while the first is up; empty: there can be no other (its ports are its own).
    std::function<net::task<target::launched>(std::optional<target::egress_place>)> bring_up_another;
    std::function<void(const target::target_info&)> started;                         // all is ready to run
    outcome_sink told;                                                               // a case ended
    std::function<void(const suite::test_case&, const std::string& reason)> skipped; // a need is not met
};

struct session_end {
    target::target_info target; // as far as it is known
    std::string trouble;        // a sentence; empty when all cases could be run
    std::string server_log;     // its last lines, with trouble or when it died on the way
    std::string note;
    bool interrupted = false;
    case_list not_run; // left over when the server was lost
};

session_end run_session(session_plan plan);

} // namespace mailspec::runner
