// A run on the terminal, in the manner of h2spec: a tree of suites with a line a case, each failure with its
// clause, Expected and Actual; then the failures again, those that can be exploited set apart, and a summary.
// Writes plain text to any stream; whether that is a terminal, and wants colour, is the caller's to know.
// Whatever the server sent is made visible: no octet of it reaches the terminal as a control.
#pragma once
#include "reports/result.hpp"

#include <ostream>

namespace reports {

struct console_style {
    bool colour = false;      // ANSI colours
    bool transcripts = false; // -v: the conversation of every case that ran
    bool quiet = false;       // -q: no tree; failures and the summary only
};

void write_console(std::ostream& out, const run_result& run, const console_style& style = {});

} // namespace reports
