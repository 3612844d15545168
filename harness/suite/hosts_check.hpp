// Do the steps of a case look at hosts that it has, and at something that can be seen there? Also visits the
// texts of hosts, for checks that concern every text alike. Runs nothing.
#pragma once
#include "harness/suite/step.hpp"
#include "harness/suite/world_plan.hpp"

#include <functional>
#include <vector>

namespace mailspec::suite {

// `whole`: no line of the script was left out for a mistake; else nothing is said to be missing.
std::vector<problem> check_hosts(const std::vector<step>& script, const world_plan& world, bool whole);

// The texts with placeholders of a host, each with a step to stand for its place.
void for_each_template(const host_plan& host,
                       const std::function<void(const step&, const text_template&)>& visit);

} // namespace mailspec::suite
