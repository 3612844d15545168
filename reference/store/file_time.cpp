// When a file or folder was changed last; see the header.
#include "reference/store/file_time.hpp"

#include <ctime>
#include <sys/stat.h>

namespace refmail::store {

std::int64_t nanoseconds(const timespec& t) {
    return t.tv_sec * a_second + t.tv_nsec;
}

std::int64_t time_of(const std::string& path) {
    struct stat facts {};
    return ::stat(path.c_str(), &facts) == 0 ? nanoseconds(facts.st_mtim) : -1;
}

std::int64_t nanoseconds_now() {
    timespec at{};
    ::clock_gettime(CLOCK_REALTIME, &at);
    return nanoseconds(at);
}

bool may_stand_still(std::int64_t time, std::int64_t at) {
    return time < 0 || at < time + (time % a_second == 0 ? 3 * a_second : a_second / 20);
}

} // namespace refmail::store
