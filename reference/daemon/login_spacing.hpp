// RFC 2449 §6.5: the least time between two logins of a user by POP3. Thread-safe.
#pragma once
#include <chrono>
#include <map>
#include <mutex>
#include <string>

namespace refmail::daemon {

class login_spacing {
  public:
    using clock = std::chrono::steady_clock;

    explicit login_spacing(std::chrono::seconds least)
        : least_(least) {}

    // True, and remembered: this user logs in now. One entry a user, so that it stays small.
    bool may_enter(const std::string& user, clock::time_point now = clock::now()) {
        if (least_.count() == 0) return true;
        const std::lock_guard hold(lock_);
        const auto [at, first] = last_.try_emplace(user, now);
        if (!first && now < at->second + least_) return false;
        at->second = now;
        return true;
    }

  private:
    const std::chrono::seconds least_;
    std::mutex lock_;
    std::map<std::string, clock::time_point> last_;
};

} // namespace refmail::daemon
