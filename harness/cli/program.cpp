// The frame around the commands: parsing, help, errors, exit codes. See the header.
#include "harness/cli/program.hpp"

#include "harness/cli/refusal.hpp"
#include "harness/runner/exit_code.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <iostream>

namespace mailspec::cli {

namespace {

const char* const about = "mailspec: holds a mail server against the RFCs, clause by clause.\n"
                          "Without a target it judges refmaild, which it starts itself.";

// Where this program lies, also when it was found along PATH.
std::filesystem::path own_file(const char* name) {
    std::error_code failed;
    const auto real = std::filesystem::canonical("/proc/self/exe", failed);
    return failed ? std::filesystem::path(name) : real;
}

int usage_error(const CLI::App& app, const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e); // --help
    std::cerr << "mailspec: " << e.what() << "\nRun with --help for more information.\n";
    return runner::exit_trouble;
}

} // namespace

const char* tool_version() {
    return MAILSPEC_VERSION;
}

int run_program(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN); // a reader that went away (| head) is a failed write, not our death
    program p;
    p.file = own_file(argv[0]);
    CLI::App app{about, "mailspec"};
    app.require_subcommand(1);
    app.set_version_flag("--version", std::string("mailspec ") + tool_version());
    add_run(app, p);
    add_list(app, p);
    add_show(app, p);
    add_lint(app, p);
    add_coverage(app, p);
    add_mutate(app, p);
    add_compare(app, p);
    add_merge(app, p);
    add_version(app, p);
    try {
        app.parse(argc, argv);
        return p.selected();
    } catch (const CLI::ParseError& e) {
        return usage_error(app, e);
    } catch (const refusal& e) {
        std::cerr << "mailspec: " << e.what() << '\n';
        return runner::exit_trouble;
    }
}

} // namespace mailspec::cli
