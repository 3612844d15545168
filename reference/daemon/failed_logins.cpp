// How long who failed to log in waits; see the header.
#include "reference/daemon/failed_logins.hpp"

#include <algorithm>

namespace refmail::daemon {
namespace {

constexpr double longest_wait = 15;            // seconds; a client that is asked for more gives up anyway
constexpr std::size_t addresses_kept = 10'000; // then those are forgotten that wait for nothing

double seconds_between(failed_logins::clock::time_point a, failed_logins::clock::time_point b) {
    return std::chrono::duration<double>(b - a).count();
}

} // namespace

std::chrono::milliseconds failed_logins::wait_for(const std::string& address, clock::time_point now) {
    const std::lock_guard hold(lock_);
    if (by_address_.size() >= addresses_kept) forget_old(now);
    const auto full = static_cast<double>(most_);
    auto& one = by_address_.try_emplace(address, account{full, now}).first->second;
    one.left = std::min(full, one.left + seconds_between(one.when, now));
    one.when = now;
    one.left = std::max(one.left - 1, -longest_wait);
    return std::chrono::milliseconds(one.left >= 0 ? 0 : static_cast<int>(-one.left * 1000));
}

void failed_logins::forget_old(clock::time_point now) {
    std::erase_if(by_address_, [&](const auto& entry) {
        return entry.second.left + seconds_between(entry.second.when, now) >= static_cast<double>(most_);
    });
}

} // namespace refmail::daemon
