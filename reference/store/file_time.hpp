// When a file or folder was changed last, by the clock of its file system.
#pragma once
#include <cstdint>
#include <string>

struct timespec;

namespace refmail::store {

constexpr std::int64_t a_second = 1'000'000'000;

std::int64_t nanoseconds(const timespec& t);   // since 1970
std::int64_t time_of(const std::string& path); // the same; -1: it is not there
std::int64_t nanoseconds_now();

// Could a change of this moment (`at`) leave the time as it is? The clock of files ticks every few
// milliseconds, and on some file systems once in two seconds.
bool may_stand_still(std::int64_t time, std::int64_t at);

} // namespace refmail::store
