// Suite files -> cases. Reports every problem of every file, not only the first; never throws for a
// user's mistake.
#pragma once
#include "harness/suite/requirements.hpp"
#include "harness/suite/test_case.hpp"

#include <filesystem>
#include <vector>

namespace mailspec::suite {

struct load_options {
    std::filesystem::path suites_root; // holds smtp/, lmtp/, requirements/; ids are paths below it
};

struct load_result {
    std::vector<loaded_suite> suites; // ordered by path
    std::vector<problem> problems;    // empty: all is well
};

// A suite is every *.yaml below `paths` (files or folders), save fragments.yaml. A file outside the root
// gets its stem as suite path.
load_result load_suites(const std::vector<std::filesystem::path>& paths, const load_options& options,
                        const requirement_catalogue& catalogue);

// The suites folder: --suites, else $MAILSPEC_SUITES, else share/mailspec/suites beside the installed
// program, else suites/ of the source tree the program was built from. Empty when none exists.
std::filesystem::path find_suites_root(const std::filesystem::path& program);

} // namespace mailspec::suite
