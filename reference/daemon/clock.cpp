// Times as they are written; see the header.
#include "reference/daemon/clock.hpp"

#include <ctime>

namespace refmail::daemon {

message::timestamp local_time(std::int64_t seconds_since_1970) {
    const std::time_t seconds = seconds_since_1970;
    std::tm local{};
    ::localtime_r(&seconds, &local);
    message::timestamp t;
    t.at = std::chrono::sys_seconds(std::chrono::seconds(seconds));
    t.offset = std::chrono::minutes(local.tm_gmtoff / 60);
    return t;
}

std::string iso_8601(std::int64_t seconds_since_1970) {
    const std::time_t seconds = seconds_since_1970;
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    char text[32];
    return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc));
}

std::optional<std::int64_t> seconds_from_iso_8601(const std::string& text) {
    std::tm utc{};
    const char* end = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &utc);
    if (!end || *end) return std::nullopt;
    return ::timegm(&utc);
}

} // namespace refmail::daemon
