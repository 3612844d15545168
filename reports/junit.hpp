// A run as JUnit XML, valid against schemas/junit-10.xsd (the schema of Jenkins), for any octet that a server
// may have sent. A testsuite is a suite file; `<failure>` is nonconformance or a surprise against the
// baseline, `<error>` only what could not be judged, `<skipped>` what was not run or is a known deviation.
// Knows no file: the caller writes the text, whole or not at all.
#pragma once
#include "reports/result.hpp"

#include <string>

namespace reports {

std::string write_junit(const run_result& run);

} // namespace reports
