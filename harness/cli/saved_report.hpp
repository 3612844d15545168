// Reading a JSON report back, with errors that name the file.
#pragma once
#include "reports/result.hpp"

#include <string>

namespace mailspec::cli {

reports::run_result read_report(const std::string& path); // throws a refusal

} // namespace mailspec::cli
