// See the header. Colour: --color, else only on a terminal and without NO_COLOR (https://no-color.org).
#include "harness/cli/report_output.hpp"

#include "harness/cli/refusal.hpp"
#include "reports/console.hpp"
#include "reports/html.hpp"
#include "reports/json.hpp"
#include "reports/junit.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sys/ioctl.h>
#include <unistd.h>

namespace mailspec::cli {

namespace {

bool on_terminal() {
    return ::isatty(STDOUT_FILENO) == 1;
}

bool wants_colour(const std::string& choice) {
    if (choice != "auto") return choice == "always";
    const char* no_color = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    const bool dumb = terminal && std::string_view(terminal) == "dumb";
    return on_terminal() && !dumb && (!no_color || !*no_color);
}

std::size_t terminal_width() {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return 80;
}

} // namespace

void add_report_options(CLI::App& command, report_options& options) {
    command.add_option("--junit", options.junit, "Write a JUnit report")->type_name("FILE");
    command.add_option("--json", options.json, "Write a JSON report (for compare and merge)")
        ->type_name("FILE");
    command.add_option("--html", options.html, "Write a report for people, one page")->type_name("FILE");
    auto* verbose = command.add_flag("-v,--verbose", options.verbose, "Show the conversation of every case");
    command.add_flag("-q,--quiet", options.quiet, "Show failures and the summary only")->excludes(verbose);
    command.add_option("--color", options.colour, "auto, always or never")
        ->type_name("WHEN")
        ->check(CLI::IsMember({"auto", "always", "never"}));
}

report_output::report_output(const report_options& options)
    : options_(options) {
    open("--junit", options.junit, junit_);
    open("--json", options.json, json_);
    open("--html", options.html, html_);
}

void report_output::open(const std::string& option, const std::string& path,
                         std::unique_ptr<report_file>& into) {
    if (path.empty()) return;
    const auto other = writer_of(path);
    if (!other.empty())
        throw refusal(fmt::format("{} {}: {} goes there too; name two files", option, path, other));
    into = std::make_unique<report_file>(option, path);
}

report_output::~report_output() = default;

std::string report_output::writer_of(const std::string& path) const {
    std::error_code unknown;
    auto real = [&](const std::string& name) {
        return std::filesystem::weakly_canonical(std::filesystem::absolute(name, unknown), unknown);
    };
    auto is_there = [&](const std::unique_ptr<report_file>& file) {
        // A device or pipe may take all of them.
        return file && real(file->path()) == real(path) && !std::filesystem::is_other(path, unknown);
    };
    return is_there(junit_) ? "--junit" : is_there(json_) ? "--json" : is_there(html_) ? "--html" : "";
}

void report_output::begin(std::size_t cases) {
    if (on_terminal() && !options_.quiet)
        progress_ = std::make_unique<reports::progress_line>(std::cout, cases, terminal_width());
}

void report_output::add(const reports::case_result& done) {
    if (progress_) progress_->add(done);
}

void report_output::write(const reports::run_result& run) {
    progress_.reset();
    const reports::console_style style{wants_colour(options_.colour), options_.verbose, options_.quiet};
    reports::write_console(std::cout, run, style);
    std::cout.flush();
    if (junit_) junit_->commit(reports::write_junit(run));
    if (json_) json_->commit(reports::write_json(run));
    if (html_) html_->commit(reports::write_html(run));
}

} // namespace mailspec::cli
