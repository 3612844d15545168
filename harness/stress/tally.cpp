// Counts in buckets that grow by the 24th root of two; see the header.
#include "harness/stress/tally.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace mailspec::stress {

void tally::add(kind k, std::chrono::nanoseconds took) {
    auto& into = kinds_[static_cast<std::size_t>(k)];
    const auto ms = std::chrono::duration<double, std::milli>(took).count();
    const auto step = std::log2(std::max(ms * 1000, 1.0)) * steps;
    ++into.count;
    into.total_ms += ms;
    ++into.spread[std::min(static_cast<std::size_t>(step), into.spread.size() - 1)];
}

std::uint64_t tally::count() const {
    std::uint64_t all = 0;
    for (const auto& one : kinds_)
        all += one.count;
    return all;
}

double tally::mean_ms(kind k) const {
    return of(k).count == 0 ? 0 : of(k).total_ms / double(of(k).count);
}

double tally::percentile_ms(kind k, double part) const {
    const auto& figures = of(k);
    const auto wanted = static_cast<std::uint64_t>(std::ceil(part * double(figures.count)));
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i < figures.spread.size(); ++i) {
        so_far += figures.spread[i];
        if (so_far >= wanted && so_far > 0) return std::exp2((double(i) + 1) / steps) / 1000;
    }
    return 0;
}

std::string tally::table(double seconds) const {
    auto text =
        fmt::format("{:<14} {:>9} {:>9} {:>9} {:>9}\n", "command", "count", "a second", "mean ms", "95 % ms");
    for (int i = 0; i < kinds; ++i) {
        const auto k = static_cast<kind>(i);
        if (count(k) == 0) continue;
        text += fmt::format("{:<14} {:>9} {:>9.0f} {:>9.2f} {:>9.2f}\n", name_of(k), count(k),
                            double(count(k)) / seconds, mean_ms(k), percentile_ms(k, 0.95));
    }
    return text + fmt::format("{:<14} {:>9} {:>9.0f}\n", "all", count(), double(count()) / seconds);
}

std::string tally::json(double seconds) const {
    std::string text;
    for (int i = 0; i < kinds; ++i) {
        const auto k = static_cast<kind>(i);
        if (count(k) == 0) continue;
        text += fmt::format(
            "{}\"{}\": {{\"count\": {}, \"per_second\": {:.1f}, \"mean_ms\": {:.3f}, \"p95_ms\": {:.3f}}}",
            text.empty() ? "" : ", ", name_of(k), count(k), double(count(k)) / seconds, mean_ms(k),
            percentile_ms(k, 0.95));
    }
    return "{" + text + "}";
}

} // namespace mailspec::stress
