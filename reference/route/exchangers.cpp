// The MX records of a domain in order; see the header.
#include "reference/route/exchangers.hpp"

#include <algorithm>
#include <random>
#include <set>

namespace refmail::route {
namespace {

std::size_t random_below(const routing& how, std::size_t n) {
    if (how.random_below) return how.random_below(n);
    thread_local std::mt19937_64 generator{std::random_device{}()};
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(generator);
}

} // namespace

std::vector<exchanger> in_order(const std::vector<dns::record_data>& mx, const routing& how) {
    std::vector<exchanger> list;
    for (const auto& record : mx)
        if (const auto* one = std::get_if<dns::mx_data>(&record))
            // A root among others (RFC 7505 §3 forbids it) names no host.
            if (!one->host.empty()) list.push_back({one->preference, one->host});
    // RFC 5321 §5.1: "Lower numbers are more preferred".
    std::ranges::stable_sort(list, {}, &exchanger::preference);
    std::set<std::string> seen;
    std::erase_if(list, [&](const exchanger& one) { return !seen.insert(one.host).second; });
    // "the sender-SMTP MUST randomize them to spread the load"
    for (auto from = list.begin(); from != list.end();) {
        const auto end = std::find_if(
            from, list.end(), [&](const exchanger& one) { return one.preference != from->preference; });
        for (auto left = end - from; left > 1; --left)
            std::swap(from[left - 1], from[static_cast<std::ptrdiff_t>(random_below(how, left))]);
        from = end;
    }
    return list;
}

bool is_null_mx(const std::vector<dns::record_data>& mx) {
    return !mx.empty() && std::ranges::all_of(mx, [](const dns::record_data& record) {
        const auto* one = std::get_if<dns::mx_data>(&record);
        return one && one->host.empty();
    });
}

std::optional<exchanger> drop_from_ourselves(std::vector<exchanger>& list, const routing& how) {
    // "inspect the list for any of the names or addresses by which it might be known in mail transactions"
    const auto own = std::ranges::find_if(list, [&](const exchanger& one) {
        return std::ranges::find(how.own_names, one.host) != how.own_names.end();
    });
    if (own == list.end()) return std::nullopt;
    // "all records at that preference level and higher-numbered ones MUST be discarded"
    const exchanger found = *own;
    std::erase_if(list, [&](const exchanger& one) { return one.preference >= found.preference; });
    return found;
}

} // namespace refmail::route
