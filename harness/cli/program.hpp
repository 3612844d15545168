// The command line of mailspec: a file a command, each of which adds itself to the parser. run_program() is
// all that main() does; nothing below it ends the process.
#pragma once
#include <filesystem>
#include <functional>

namespace CLI {
class App;
}

namespace mailspec::cli {

struct program {
    std::filesystem::path file;    // of the running mailspec
    std::function<int()> selected; // what the command line asked for
};

void add_run(CLI::App& app, program& p);
void add_list(CLI::App& app, program& p);
void add_show(CLI::App& app, program& p);
void add_dns(CLI::App& app, program& p);
void add_version(CLI::App& app, program& p);
void add_lint(CLI::App& app, program& p);
void add_coverage(CLI::App& app, program& p);
void add_mutate(CLI::App& app, program& p);
void add_stress(CLI::App& app, program& p);
void add_merge(CLI::App& app, program& p);
void add_compare(CLI::App& app, program& p);

const char* tool_version(); // "0.1.0"

int run_program(int argc, char** argv);

} // namespace mailspec::cli
