// Address literals: [127.0.0.1], [IPv6:::1], [Tag:anything]. RFC 5321 §4.1.3.
// Refuses numbers out of range and IPv6 texts that the RFC's own grammar refuses, which is stricter than
// inet_pton: "::" stands for two groups or more. Opens no socket and resolves nothing.
#include "reference/message/octet_class.hpp"
#include "reference/message/path.hpp"

#include <algorithm>
#include <optional>

namespace refmail::message {

namespace {

bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// Snum = 1*3DIGIT, 0 to 255
bool is_snum(std::string_view text) {
    if (text.empty() || text.size() > 3 || !std::ranges::all_of(text, is_digit)) return false;
    int value = 0;
    for (char c : text)
        value = value * 10 + (c - '0');
    return value <= 255;
}

bool is_ipv6_hex(std::string_view text) {
    return !text.empty() && text.size() <= 4 && std::ranges::all_of(text, is_hex);
}

// How many 16-bit groups a colon-separated list has; a closing IPv4 address counts as two.
std::optional<int> count_groups(std::string_view list, bool ipv4_may_close) {
    if (list.empty()) return 0;
    int groups = 0;
    for (;;) {
        auto colon = list.find(':');
        auto group = list.substr(0, colon);
        const bool last = colon == std::string_view::npos;
        if (is_ipv6_hex(group))
            groups += 1;
        else if (last && ipv4_may_close && is_ipv4(group))
            groups += 2;
        else
            return std::nullopt;
        if (last) return groups;
        list.remove_prefix(colon + 1);
    }
}

} // namespace

bool is_ipv4(std::string_view text) {
    for (int i = 0; i < 3; ++i) {
        auto dot = text.find('.');
        if (dot == std::string_view::npos || !is_snum(text.substr(0, dot))) return false;
        text.remove_prefix(dot + 1);
    }
    return is_snum(text);
}

bool is_ipv6(std::string_view text) {
    auto gap = text.find("::");
    if (gap == std::string_view::npos) return count_groups(text, true) == 8;
    auto before = count_groups(text.substr(0, gap), false);
    auto after = count_groups(text.substr(gap + 2), true);
    // IPv6-comp: no more than 6 groups beside "::"; IPv6v4-comp: 4 and the IPv4 address.
    return before && after && *before + *after <= 6;
}

parsed<std::string> parse_address_literal(std::string_view text) {
    if (text.size() < 2 || text.front() != '[') return std::unexpected(parse_error{0, "no address literal"});
    if (text.back() != ']')
        return std::unexpected(parse_error{text.size(), "address literal without its ']'"});
    auto inside = text.substr(1, text.size() - 2);
    auto colon = inside.find(':');
    if (colon == std::string_view::npos) {
        if (is_ipv4(inside)) return std::string(text);
        return std::unexpected(parse_error{1, "not an IPv4 address of four numbers from 0 to 255"});
    }
    auto tag = inside.substr(0, colon);
    auto rest = inside.substr(colon + 1);
    if (equals_ignoring_case(tag, "IPv6")) {
        if (is_ipv6(rest)) return std::string(text);
        return std::unexpected(parse_error{2 + colon, "not an IPv6 address"});
    }
    // General-address-literal = Standardized-tag ":" 1*dcontent; the tag is an Ldh-str
    auto ldh = [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    };
    auto dcontent = [](char c) { return c >= 33 && c <= 126 && c != '[' && c != '\\' && c != ']'; };
    if (tag.empty() || !std::ranges::all_of(tag, ldh) || tag.back() == '-') {
        return std::unexpected(parse_error{1, "bad tag of an address literal"});
    }
    if (rest.empty() || !std::ranges::all_of(rest, dcontent)) {
        return std::unexpected(parse_error{2 + colon, "bad text in an address literal"});
    }
    return std::string(text);
}

} // namespace refmail::message
