// Where the results of a run go: the console, and the files of --junit, --json and --html. Files are opened
// before the run, so that a path that cannot be written stops it at once.
#pragma once
#include "harness/cli/report_file.hpp"
#include "reports/progress.hpp"
#include "reports/result.hpp"

#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace mailspec::cli {

struct report_options {
    std::string junit, json, html;
    bool verbose = false, quiet = false;
    std::string colour = "auto";
};

void add_report_options(CLI::App& command, report_options& options);

class report_output {
  public:
    explicit report_output(const report_options& options); // throws a refusal
    ~report_output();

    void begin(std::size_t cases); // a progress line, on a terminal
    void add(const reports::case_result& done);
    void write(const reports::run_result& run); // everything, once
    bool verbose() const { return options_.verbose; }
    bool writes(const std::string& path) const { return !writer_of(path).empty(); } // a report goes there

  private:
    report_options options_;
    std::string writer_of(const std::string& path) const; // the option whose report goes there, or empty
    void open(const std::string& option, const std::string& path, std::unique_ptr<report_file>& into);

    std::unique_ptr<report_file> junit_, json_, html_;
    std::unique_ptr<reports::progress_line> progress_;
};

} // namespace mailspec::cli
