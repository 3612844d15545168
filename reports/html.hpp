// A run as one HTML page: the summary, what can be exploited set apart, then the tree of suites, its failing
// cases open with clause, Expected and Actual, and the conversation. One file that fetches nothing, for any
// octet that a server may have sent: all of it goes through escape.hpp and then through HTML's own escapes,
// and the page's policy lets no markup of a stranger run. Without scripts everything is there but the filter.
#pragma once
#include "reports/result.hpp"

#include <string>

namespace reports {

std::string write_html(const run_result& run);

} // namespace reports
