// Moments as ISO 8601 in UTC with microseconds, "2026-01-31T23:59:59.000001Z", and back. No locale, no zone:
// a report reads the same wherever it was written.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace reports {

std::string timestamp_text(std::chrono::system_clock::time_point moment);
std::optional<std::chrono::system_clock::time_point> read_timestamp(std::string_view text);

} // namespace reports
