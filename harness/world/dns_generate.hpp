// `$GENERATE 1-3000 @ MX 10 mx$` of a zone, as BIND has it: one line becomes many. Knows no record.
#pragma once
#include <expected>
#include <span>
#include <string>
#include <vector>

namespace mailspec::world {

// The words behind `$GENERATE`; for each number those of a record. On error: a sentence.
std::expected<std::vector<std::vector<std::string>>, std::string>
expand_generate(std::span<const std::string> words);

} // namespace mailspec::world
