// Visits the texts with placeholders of one step, not of the steps inside a block.
// For checks that concern every text alike; who carries a step out knows its texts
// by name.
#pragma once
#include "harness/suite/step.hpp"

#include <functional>

namespace mailspec::suite {

void for_each_template(const step_body& body, const std::function<void(const text_template&)>& visit);

// The names that the step binds: $uid of a pattern, (?<uid>...) of a regex.
void for_each_bound_name(const step_body& body, const std::function<void(const std::string&)>& visit);

} // namespace mailspec::suite
