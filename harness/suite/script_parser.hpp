// The text of a script -> steps. One line is one step; `repeat` and `either` hold steps up to their `end`.
// Fragments are left as calls without steps, and unnumbered steps have connection 0: resolver.hpp fills
// both in. Reports one problem a line and reads on.
#pragma once
#include "harness/suite/source_pos.hpp"
#include "harness/suite/step.hpp"

#include <string>
#include <vector>

namespace mailspec::suite {

struct script_source {
    std::string text;
    source_pos first; // of the first octet of the text; further lines begin in the same column
};

struct parsed_script {
    std::vector<step> steps;
    std::vector<problem> problems;
};

parsed_script parse_script(const script_source& script);

// Steps that can fail, and so can be the claim: S:, expect, tls, open with `refused`.
bool can_fail(const step& s);

} // namespace mailspec::suite
