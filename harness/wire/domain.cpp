// Names of hosts; see domain.hpp. RFC 5321 §4.1.2: "the underscore character is not permitted".
#include "harness/wire/domain.hpp"

#include "harness/wire/octets.hpp"

#include <algorithm>

namespace mailspec::wire {
namespace {

bool is_let_dig(char c) {
    return is_alpha(c) || is_digit(c);
}

// sub-domain = Let-dig [Ldh-str]; Ldh-str = *( ALPHA / DIGIT / "-" ) Let-dig
bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= 63 && is_let_dig(label.front()) && is_let_dig(label.back()) &&
           std::ranges::all_of(label, [](char c) { return is_let_dig(c) || c == '-'; });
}

// Snum = 1*3DIGIT in the range 0 through 255
bool is_ipv4(std::string_view text) {
    int parts = 0;
    for (;;) {
        const auto dot = text.find('.');
        const auto part = text.substr(0, dot);
        if (part.empty() || part.size() > 3 || !std::ranges::all_of(part, is_digit)) return false;
        int value = 0;
        for (const char c : part)
            value = value * 10 + (c - '0');
        if (value > 255) return false;
        ++parts;
        if (dot == std::string_view::npos) return parts == 4;
        text.remove_prefix(dot + 1);
    }
}

bool is_hex_group(std::string_view group) {
    return !group.empty() && group.size() <= 4 && std::ranges::all_of(group, [](char c) {
        return is_digit(c) || (upper(c) >= 'A' && upper(c) <= 'F');
    });
}

// Groups of 16 bits in "a:b:c"; the last may be an IPv4 address (two groups). -1: malformed.
int hex_groups(std::string_view text) {
    if (text.empty()) return 0;
    int groups = 0;
    for (;;) {
        const auto colon = text.find(':');
        const auto group = text.substr(0, colon);
        if (colon == std::string_view::npos && group.find('.') != std::string_view::npos)
            return is_ipv4(group) ? groups + 2 : -1;
        if (!is_hex_group(group)) return -1;
        ++groups;
        if (colon == std::string_view::npos) return groups;
        text.remove_prefix(colon + 1);
    }
}

bool is_ipv6(std::string_view text) {
    const auto gap = text.find("::");
    if (gap == std::string_view::npos) return hex_groups(text) == 8;
    const auto before = hex_groups(text.substr(0, gap));
    const auto after = hex_groups(text.substr(gap + 2));
    return before >= 0 && after >= 0 && before + after <= 6; // "::" stands for at least two groups
}

} // namespace

bool is_domain(std::string_view text) {
    if (text.empty() || text.size() > 255) return false;
    for (;;) {
        const auto dot = text.find('.');
        if (!is_label(text.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        text.remove_prefix(dot + 1);
    }
}

bool is_address_literal(std::string_view text) {
    if (text.size() < 3 || text.front() != '[' || text.back() != ']') return false;
    const auto inside = text.substr(1, text.size() - 2);
    const auto colon = inside.find(':');
    if (colon == std::string_view::npos) return is_ipv4(inside);
    const auto tag = inside.substr(0, colon);
    const auto content = inside.substr(colon + 1);
    if (same_word(tag, "IPv6")) return is_ipv6(content);
    return is_label(tag) && !content.empty() && std::ranges::all_of(content, [](char c) {
               return c > 32 && c < 127 && c != '[' && c != '\\' && c != ']';
           });
}

} // namespace mailspec::wire
