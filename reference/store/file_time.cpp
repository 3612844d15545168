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

} // namespace refmail::store
