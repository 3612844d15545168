// The time; see the header.
#include "reference/daemon/clock.hpp"

#include <ctime>

namespace refmail::daemon {

message::timestamp now() {
    const std::time_t seconds = std::time(nullptr);
    std::tm local{};
    ::localtime_r(&seconds, &local);
    message::timestamp t;
    t.at = std::chrono::sys_seconds(std::chrono::seconds(seconds));
    t.offset = std::chrono::minutes(local.tm_gmtoff / 60);
    return t;
}

std::string iso_8601(message::timestamp when) {
    const std::time_t seconds = when.at.time_since_epoch().count();
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    char text[32];
    return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc));
}

} // namespace refmail::daemon
