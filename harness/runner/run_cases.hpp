// Runs cases against a target that is up, many at a time on the loop of the caller, and tells the outcome of
// each as it ends. No more connections are open at once than the target takes gently; a case waits for the
// accounts it leases. What met trouble is tried once more, by itself, at the end. Cases that stop and start
// the server, that move its clock, or whose mail reaches everybody have a server for themselves: meanwhile
// another one like it, where there can be one, or the same, one case after the other, when all others are
// through. Zones that have names in common are served one at a time.
// When a server that we started dies, it is started again: of the cases that ran at that moment each is run
// alone, so that the one that kills it is known, and the rest goes on.
#pragma once
#include "harness/runner/selection.hpp"
#include "harness/script/case_run.hpp"
#include "harness/target/running_target.hpp"

#include <functional>
#include <memory>
#include <string>

namespace mailspec::runner {

// `crash`: how the server ended while this case ran alone ("was killed by signal 11 ..."); else empty.
using outcome_sink =
    std::function<void(const suite::test_case&, script::case_outcome, const std::string& crash)>;

struct cases_end {
    std::string lost;       // a sentence: why cases are left over; empty: all were run
    std::string server_log; // its last lines when it died last
    case_list not_run;
};

// The DNS and the remote hosts around the target; null: they are not ours. Whoever still runs holds it.
using shared_surroundings = std::shared_ptr<world::surroundings>;

struct run_plan {
    int jobs = 16;
    outcome_sink told;
    shared_surroundings around;
    // Starts one more server like the target; null: it could not be. Empty: there can be no other.
    std::function<net::task<target::running_target*>()> one_more;
};

// The target and those that one_more gives must outlive the loop that runs it.
net::task<cases_end> run_cases(case_list cases, target::running_target& target, run_plan plan);

} // namespace mailspec::runner
