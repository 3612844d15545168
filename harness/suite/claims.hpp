// Which step shows the clause: the marked one, else the last `S:` or `expect` of the case's own script.
// Marks leaf steps only, never a block or a call. Follows docs/suite-language.md, "Verdicts and the
// claim".
#pragma once
#include "harness/suite/step.hpp"

#include <vector>

namespace mailspec::suite {

// Marks the last `S:` or `expect` (in an `either`: the last of each branch, else its `tls`). Looks into
// fragments only when told to. False when there is none.
bool mark_last_expectation(std::vector<step>& steps, bool into_fragments);

bool has_claim(const std::vector<step>& steps); // also inside blocks and fragments
void clear_claims(std::vector<step>& steps);

} // namespace mailspec::suite
