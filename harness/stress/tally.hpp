// How many commands of each kind were answered and how long that took: counts, means, 95th percentiles, as a
// table and as JSON. Memory does not grow with the number of commands. Times are of one clock, sent to
// answered.
#pragma once
#include "harness/stress/choice.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

namespace mailspec::stress {

class tally {
  public:
    void add(kind k, std::chrono::nanoseconds took);
    std::uint64_t count() const; // of all kinds
    std::uint64_t count(kind k) const { return of(k).count; }
    double mean_ms(kind k) const;
    double percentile_ms(kind k, double part) const; // to 3 %

    // The rows of the kinds that occurred, with commands a second.
    std::string table(double seconds) const;
    std::string json(double seconds) const; // {"append":{"count":...},...}

  private:
    static constexpr int steps = 24; // of a doubling
    struct figures {
        std::uint64_t count = 0;
        double total_ms = 0;
        std::array<std::uint32_t, steps * 28> spread{}; // from a microsecond to four minutes
    };
    const figures& of(kind k) const { return kinds_[static_cast<std::size_t>(k)]; }
    std::array<figures, kinds> kinds_;
};

} // namespace mailspec::stress
