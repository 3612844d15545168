// Suite files -> cases. Reports every problem of every file, not only the first; never throws
// for a user's mistake, and never runs or connects to anything. Follows
// docs/suite-language.md.
#pragma once
#include "harness/suite/requirements.hpp"
#include "harness/suite/test_case.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace mailspec::suite {

struct load_options {
    std::filesystem::path suites_root; // holds smtp/, lmtp/, requirements/; ids are paths below it
    // What a case must pass besides: whoever knows more than the language says what is wrong with it.
    std::function<std::vector<problem>(const test_case&)> check;
};

// A fragment that was read, for lint.
struct fragment_use {
    std::string name;
    source_pos at;
    bool used = false;
    bool shared = false; // stands in a fragments.yaml
};

struct load_result {
    std::vector<loaded_suite> suites; // ordered by path
    std::vector<problem> problems;    // ordered by place; empty: all is well
    std::vector<fragment_use> fragments;
};

// A suite is every *.yaml below `paths` (files or folders), save fragments.yaml and untested.yaml. A file
// outside the root gets its stem as suite path; in a folder outside the root, its path below that folder.
// Cases with problems are left out.
load_result load_suites(const std::vector<std::filesystem::path>& paths, const load_options& options,
                        const requirement_catalogue& catalogue);

// One suite from its text. `path` is the suite path, `name` the file's name in messages.
load_result load_suite_text(const std::string& yaml, const std::string& path, const std::string& name,
                            const load_options& options, const requirement_catalogue& catalogue);

// The suites folder: `chosen` (--suites) if given, else $MAILSPEC_SUITES, else share/mailspec/suites beside
// the installed program, else suites/ of the source tree the program was built from. Empty when none exists.
std::filesystem::path find_suites_root(const std::filesystem::path& program,
                                       const std::filesystem::path& chosen = {});

} // namespace mailspec::suite
