// A point in time by which an operation must be over. Passed down unchanged, so that ten reads
// under one deadline share it. steady_clock: nobody can move it.
#pragma once
#include <chrono>

namespace net {

using clock = std::chrono::steady_clock;

struct deadline {
    clock::time_point at = clock::time_point::max();

    // Take what is there, do not wait. A deadline that merely lies in the past is a timeout at once.
    static deadline no_wait() { return deadline{clock::time_point::min()}; }
    static deadline never() { return deadline{}; }
    static deadline in(clock::duration d) { return deadline{clock::now() + d}; }
    bool polls() const { return at == clock::time_point::min(); }
    bool passed() const { return !unlimited() && at <= clock::now(); }
    bool unlimited() const { return at == clock::time_point::max(); }
    deadline earlier(deadline other) const { return at < other.at ? *this : other; }
};

} // namespace net
