// The time as messages and logs write it. The one place of the daemon that reads the calendar clock.
#pragma once
#include "reference/message/date_time.hpp"

#include <string>

namespace refmail::daemon {

message::timestamp now();                      // with the local offset from UTC
std::string iso_8601(message::timestamp when); // "2026-11-22T05:39:50Z"

} // namespace refmail::daemon
