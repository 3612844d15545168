// What loads but is still wrong or doubtful in a suite: claims that cannot fail, levels beyond the ledger,
// negative cases that never look whether the server lived on. Loading has its own errors (loader.hpp); lint
// looks at what was loaded only.
#pragma once
#include "harness/suite/loader.hpp"

#include <vector>

namespace mailspec::suite {

enum class severity { error, warning };

struct finding {
    suite::severity severity = severity::warning;
    problem what;

    std::string str() const; // "file:line:col: warning: text"
};

struct lint_options {
    bool all_suites = false; // every suite was loaded: a shared fragment that none uses is unused
};

std::vector<finding> lint(const load_result& loaded, const lint_options& options = {}); // ordered by place

// The rules about one script, lint's own.
std::vector<finding> lint_script(const test_case& c);

} // namespace mailspec::suite
