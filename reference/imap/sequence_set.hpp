// A set of message numbers or UIDs as a client wrote it, with "*" and "$". RFC 9051 §9 (sequence-set),
// RFC 5182 ("$", the saved result). Knows no mailbox: "*" is told by whoever resolves the set.
#pragma once
#include <cstdint>
#include <vector>

namespace refmail::imap {

struct number_range {
    std::uint32_t first = 0, last = 0; // first <= last once resolved
    bool operator==(const number_range&) const = default;
};

struct sequence_set {
    static constexpr std::uint32_t star = 0; // "*": the largest number in use

    std::vector<number_range> ranges; // as written; ends may be `star` and in either order
    bool saved = false;               // "$", then ranges are empty

    // Ascending, disjoint, neighbours joined; `largest` for "*". RFC 9051 §9: "5:2" is "2:5", and "9:*" holds
    // the largest one even when that is smaller than 9.
    std::vector<number_range> resolved(std::uint32_t largest) const;
};

bool contains(const std::vector<number_range>& resolved, std::uint32_t n); // binary search

} // namespace refmail::imap
