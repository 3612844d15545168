// From what came of a script to the verdict of its case, as docs/verdicts.md has it: a MUST that is violated
// fails, a SHOULD warns (fails when strict), a MAY is recorded; what the harness or the environment could not
// do is inconclusive, never the server's fault. Fills the result model of reports/; writes nothing.
#pragma once
#include "harness/script/case_run.hpp"
#include "harness/suite/test_case.hpp"
#include "reports/result.hpp"

#include <string>

namespace mailspec::runner {

struct verdict_options {
    bool strict = false;          // a SHOULD that is violated fails
    bool all_transcripts = false; // also of the cases that passed
};

// What a report says of the case before it ran.
reports::case_result describe(const suite::test_case& c);

reports::case_result result_of(const suite::test_case& c, const script::case_outcome& outcome,
                               const verdict_options& options);
// The server died while the case ran alone: a failure whatever its level, `how` it ended is the reason.
reports::case_result crashed(const suite::test_case& c, const script::case_outcome& outcome,
                             const std::string& how);
reports::case_result skipped(const suite::test_case& c, std::string reason);
reports::case_result inconclusive(const suite::test_case& c, std::string reason);

// A level that was not met, as a verdict.
reports::verdict verdict_of(suite::level violated, bool strict);

reports::clause clause_of(const suite::requirement& r);
std::vector<reports::transcript_line> transcript_of(const net::transcript& conversation);

} // namespace mailspec::runner
