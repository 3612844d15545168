// The frame around the commands: parsing, help, errors, exit codes. See the header.
#include "harness/cli/program.hpp"

#include "harness/cli/refusal.hpp"
#include "harness/runner/exit_code.hpp"
#include "harness/suite/nearest_word.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <string>
#include <vector>

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

// CLI11 says only that a command is needed, whatever stands in its place.
int no_command(const CLI::App& app, const std::string& first) {
    std::vector<std::string> commands;
    for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
        commands.push_back(command->get_name());
    if (first.empty())
        std::cerr << app.help();
    else if (first.starts_with('-'))
        std::cerr << "mailspec: there is no option `" << first << "` before a command; commands are "
                  << suite::word_list(commands) << '\n';
    else
        std::cerr << "mailspec: there is no command `" << first << "`, expected "
                  << suite::word_list(commands) << suite::did_you_mean(first, commands) << '\n';
    return runner::exit_trouble;
}

// What a script passes when its variable is not set: `--junit "$REPORT"` must not write nothing in silence.
void refuse_empty_values(const CLI::App& app) {
    for (const auto* command : app.get_subcommands())
        for (const auto* option : command->get_options())
            if (!option->get_positional() && std::ranges::count(option->results(), "") > 0)
                throw refusal(option->get_name() + ": the value is empty");
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
    add_stress(app, p);
    add_compare(app, p);
    add_merge(app, p);
    add_dns(app, p);
    add_version(app, p);
    try {
        app.parse(argc, argv);
        refuse_empty_values(app);
        return p.selected();
    } catch (const CLI::ParseError& e) {
        const bool named = !app.get_subcommands().empty() || e.get_exit_code() == 0;
        return named ? usage_error(app, e) : no_command(app, argc > 1 ? argv[1] : "");
    } catch (const refusal& e) {
        std::cerr << "mailspec: " << e.what() << '\n';
        return runner::exit_trouble;
    } catch (const std::exception& e) {
        std::cerr << "mailspec: stopped by an error that was not foreseen, please report it: " << e.what()
                  << '\n';
        return runner::exit_trouble;
    }
}

} // namespace mailspec::cli
