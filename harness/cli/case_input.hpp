// Which cases a command is about, from its arguments: the suites folder, selectors and files, --exclude,
// --level, --security, --shard; loaded and selected in one place for run, list, show, mutate and coverage.
#pragma once
#include "harness/runner/selection.hpp"
#include "harness/suite/loader.hpp"
#include "harness/suite/requirements.hpp"

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace mailspec::cli {

struct case_options {
    std::vector<std::string> words; // selectors, files and folders
    std::string suites;             // --suites
    std::vector<std::string> exclude;
    std::vector<std::string> levels;
    bool security = false;
    std::string shard;
};

void add_suites_option(CLI::App& command, case_options& options);
void add_selection_options(CLI::App& command, case_options& options);

struct case_input {
    std::filesystem::path root;
    suite::requirement_catalogue catalogue;
    std::vector<suite::loaded_suite> suites; // owns the cases
    runner::case_list all;                   // in the order of the files
    runner::selection wanted;
    std::set<std::string> existing; // every id, ambient rules too
    bool complete = false;          // all suites of the root were loaded
};

// Loads what the words are about. Throws a refusal that lists every mistake in the suites.
case_input load_cases(const case_options& options, const std::filesystem::path& program);
std::filesystem::path suites_root(const case_options& options, const std::filesystem::path& program);
suite::requirement_catalogue load_catalogue(const std::filesystem::path& root);

// The selected ones; throws a refusal when there are none.
runner::case_list selected_cases(const case_input& input);

} // namespace mailspec::cli
