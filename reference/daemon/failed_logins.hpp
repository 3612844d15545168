// How long who failed to log in waits for the answer: not at all at first, then longer, so that passwords
// cannot be tried faster than one a second from one address, however many connections it has. Who succeeds
// never waits, and nobody waits for another address. Thread-safe. RFC 9051 §11.7, RFC 4954 §9.
#pragma once
#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>

namespace refmail::daemon {

class failed_logins {
  public:
    using clock = std::chrono::steady_clock;

    // `free_of_charge`: failures without waiting, of which one comes back each second.
    explicit failed_logins(std::size_t free_of_charge)
        : most_(free_of_charge) {}

    // Counts one failure from there; at most 15 s.
    std::chrono::milliseconds wait_for(const std::string& address, clock::time_point now = clock::now());

  private:
    void forget_old(clock::time_point now);

    struct account {
        double left = 0; // negative: seconds of waiting that were given out already
        clock::time_point when;
    };
    const std::size_t most_;
    std::mutex lock_;
    std::map<std::string, account> by_address_;
};

} // namespace refmail::daemon
