// Times as messages and logs write them. What time it is, movable_clock.hpp knows.
#pragma once
#include "reference/message/date_time.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace refmail::daemon {

message::timestamp local_time(std::int64_t seconds_since_1970); // with the local offset from UTC then
std::string iso_8601(std::int64_t seconds_since_1970);          // "2026-11-22T05:39:50Z"
std::optional<std::int64_t> seconds_from_iso_8601(const std::string& text); // of that form only

} // namespace refmail::daemon
