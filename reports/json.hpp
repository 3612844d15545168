// A run as JSON and back, without loss: what `compare` and `merge` work on, and the only report that keeps
// every octet. The format is schemas/result.schema.json; octets are strings escaped as in escape.hpp.
// Text for people must be UTF-8; an octet in it that is not comes out as \xHH, and stays so when read back.
#pragma once
#include "reports/result.hpp"

#include <expected>
#include <string>
#include <string_view>

namespace reports {

std::string write_json(const run_result& run);

// The error is a sentence: where it is ("cases[3].outcome") and what was expected there.
std::expected<run_result, std::string> read_json(std::string_view text);

} // namespace reports
