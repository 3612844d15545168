// Visits the texts with placeholders of one step (not of the steps inside a block).
#pragma once
#include "harness/suite/step.hpp"

#include <functional>

namespace mailspec::suite {

void for_each_template(const step_body& body, const std::function<void(const text_template&)>& visit);

} // namespace mailspec::suite
