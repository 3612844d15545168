// Enhanced status codes; see enhanced_code.hpp.
#include "harness/wire/enhanced_code.hpp"

#include "harness/wire/octets.hpp"

#include <algorithm>

namespace mailspec::wire {
namespace {

std::string_view first_token(std::string_view text) {
    return text.substr(0, text.find_first_of(" \t"));
}

std::string_view take_part(std::string_view& rest) {
    const auto dot = rest.find('.');
    const auto part = rest.substr(0, dot);
    rest.remove_prefix(dot == std::string_view::npos ? rest.size() : dot + 1);
    return part;
}

} // namespace

std::string_view enhanced_code_of(std::string_view text) {
    // RFC 2034 §4: class = "2" / "4" / "5"; subject and detail = 1*3digit
    const auto number = [&](std::size_t& at) {
        const auto from = at;
        while (at < text.size() && is_digit(text[at]))
            ++at;
        return at > from && at - from <= 3;
    };
    if (text.size() < 5 || (text[0] != '2' && text[0] != '4' && text[0] != '5') || text[1] != '.') return {};
    std::size_t at = 2;
    if (!number(at) || at >= text.size() || text[at] != '.') return {};
    ++at;
    if (!number(at) || (at < text.size() && text[at] != ' ')) return {};
    return text.substr(0, at);
}

bool nearly_enhanced_code(std::string_view text) {
    const auto word = first_token(text);
    if (word.empty() || !is_digit(word[0]) || !enhanced_code_of(text).empty()) return false;
    // Digits and dots, at least one dot, no more than two; "127.0.0.1" or "3.14.15.92" is prose.
    const auto dots = std::ranges::count(word, '.');
    if (dots < 1 || dots > 3 || (dots == 3 && !word.ends_with('.'))) return false;
    return std::ranges::all_of(word, [](char c) { return is_digit(c) || c == '.' || c == ':' || c == ','; });
}

bool enhanced_code_is(std::string_view code, std::string_view pattern) {
    for (int part = 0; part < 3; ++part) {
        const auto found = take_part(code);
        const auto wanted = take_part(pattern);
        if (found.empty()) return false;
        const bool open = !wanted.empty() && std::ranges::all_of(wanted, is_alpha);
        if (!open && found != wanted) return false;
    }
    return code.empty();
}

} // namespace mailspec::wire
