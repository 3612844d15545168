// A text that a regular expression matches, as far as that is easily made up: the first of alternatives, one
// of a class, each repetition as seldom as it may be but once. For mutants that must show what an expression
// forbids.
#pragma once
#include <string>
#include <string_view>

namespace mailspec::script {

std::string likely_match(std::string_view expression);

} // namespace mailspec::script
