// Sets of numbers made ascending and disjoint. RFC 9051 §9 (seq-range, sequence-set).
#include "reference/imap/sequence_set.hpp"

#include <algorithm>

namespace refmail::imap {

std::vector<number_range> sequence_set::resolved(std::uint32_t largest) const {
    std::vector<number_range> out;
    out.reserve(ranges.size());
    for (auto [first, last] : ranges) {
        if (first == star) first = largest;
        if (last == star) last = largest;
        if (first > last) std::swap(first, last);
        out.push_back({first, last});
    }
    std::ranges::sort(out, {}, &number_range::first);
    std::size_t kept = 0;
    for (const auto& r : out) {
        auto* before = kept > 0 ? &out[kept - 1] : nullptr;
        if (before && (r.first <= before->last || r.first - before->last == 1))
            before->last = std::max(before->last, r.last);
        else
            out[kept++] = r;
    }
    out.resize(kept);
    return out;
}

bool contains(const std::vector<number_range>& resolved, std::uint32_t n) {
    const auto behind = std::ranges::upper_bound(resolved, n, {}, &number_range::first);
    return behind != resolved.begin() && std::prev(behind)->last >= n;
}

} // namespace refmail::imap
