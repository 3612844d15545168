// A run with a case of every kind, the same each time: what the golden files show.
#pragma once
#include "reports/result.hpp"

namespace reports::tests {

run_result sample_run();

// A case that failed with these octets everywhere a server's octets can get.
run_result run_with_octets(const std::string& octets);

} // namespace reports::tests
