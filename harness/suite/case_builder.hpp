// One written case -> a test_case: its ids are looked up, its script resolved, its claim found. What the
// loader does for each case, apart from files and folders. Runs nothing, and knows no server. Follows
// docs/suite-language.md, "A suite".
#pragma once
#include "harness/suite/fragments.hpp"
#include "harness/suite/requirements.hpp"
#include "harness/suite/suite_file.hpp"
#include "harness/suite/test_case.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mailspec::suite {

struct case_context {
    const requirement_catalogue& catalogue;
    const std::vector<std::string>& rulings;
    const fragment_scope& fragments;
    fixture_folder& fixtures;
    std::string suite_path;
    bool ours = false; // below the suites root: a case must name its clause
};

// Every problem is appended; nullopt when there was any.
std::optional<test_case> build_case(const written_suite& suite, written_case& c, const case_context& context,
                                    std::vector<problem>& problems);

} // namespace mailspec::suite
