// What `needs:` says: EHLO keywords in capitals, facts of the profile in small letters. Reads
// them; whether a server has them is the runner's question. Follows docs/suite-language.md,
// "Needs".
#pragma once
#include "harness/suite/test_case.hpp"

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::suite {

// On error: what was found and what was expected.
std::expected<need, std::string> parse_need(std::string_view word);

// Adds it unless the same is there already.
void add_need(std::vector<need>& needs, const need& n);

} // namespace mailspec::suite
