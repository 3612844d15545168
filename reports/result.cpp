// Counting a result; the words of a verdict. See result.hpp.
#include "reports/result.hpp"

namespace reports {

const char* name_of(verdict v) {
    switch (v) {
    case verdict::pass: return "pass";
    case verdict::fail: return "fail";
    case verdict::warn: return "warn";
    case verdict::info: return "info";
    case verdict::skip: return "skip";
    case verdict::inconclusive: return "inconclusive";
    }
    return "?";
}

namespace {

bool is_surprise(const case_result& c) {
    return c.baseline == baseline_state::changed || c.baseline == baseline_state::unexpected_pass ||
           c.baseline == baseline_state::expired;
}

int& counter(tally& t, verdict v) {
    switch (v) {
    case verdict::pass: return t.pass;
    case verdict::fail: return t.fail;
    case verdict::warn: return t.warn;
    case verdict::info: return t.info;
    case verdict::skip: return t.skip;
    case verdict::inconclusive: break;
    }
    return t.inconclusive;
}

} // namespace

bool is_failure(const case_result& c) {
    return is_surprise(c) || (c.outcome == verdict::fail && c.baseline != baseline_state::expected);
}

tally count(const run_result& run) {
    tally t;
    for (const case_result& c : run.cases) {
        ++counter(t, c.outcome);
        if (c.outcome == verdict::fail && c.baseline == baseline_state::expected) ++t.expected;
        if (c.refused) ++t.refused;
        if (is_surprise(c)) ++t.surprises;
        if (!is_failure(c)) continue;
        ++t.failures;
        if (!c.security.empty() && c.outcome == verdict::fail) ++t.security;
    }
    return t;
}

} // namespace reports
