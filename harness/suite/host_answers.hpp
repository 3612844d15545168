// The replies of a remote host as a suite writes them: `450 4.2.1 later`, `421 bye, close`, `raw "..."`,
// `close`, `reset`, `silence`. Refuses what is no reply, unless it is written raw.
#pragma once
#include "harness/suite/world_plan.hpp"

#include <expected>
#include <string>
#include <string_view>

namespace mailspec::suite {

// On error: what was found and what is expected.
std::expected<host_answer, std::string> parse_host_answer(std::string_view text);

} // namespace mailspec::suite
