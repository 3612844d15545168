// Matching by stepping through all possibilities at once: which places of the pattern a prefix of the name
// can have led to.
#include "reference/imap/list_pattern.hpp"

#include "reference/imap/mailbox_name.hpp"

#include <algorithm>
#include <vector>

namespace refmail::imap {

namespace {

bool is_wildcard(char c) {
    return c == '*' || c == '%';
}

// "**" and "%*" are "*": fewer places to keep in mind.
std::string simplified(const std::string& pattern) {
    std::string out;
    for (const char c : pattern) {
        if (is_wildcard(c) && !out.empty() && is_wildcard(out.back())) {
            if (c == '*') out.back() = '*';
            continue;
        }
        out += c;
    }
    return out;
}

} // namespace

list_pattern::list_pattern(std::string_view reference, std::string_view name, bool in_utf8) {
    const auto whole = std::string(reference) + std::string(name);
    // Wildcards stand for themselves in modified UTF-7, and "INBOX" is found in any letter case.
    possible_ = decoded_name(whole, in_utf8).has_value();
    pattern_ = simplified(name_from_wire(whole, in_utf8));
    shortest_ =
        static_cast<std::size_t>(std::ranges::count_if(pattern_, [](char c) { return !is_wildcard(c); }));
    plain_ = shortest_ == pattern_.size();
}

bool list_pattern::matches(std::string_view name) const {
    if (!possible_ || name.size() < shortest_) return false;
    if (plain_) return name == pattern_;
    if (pattern_ == "*") return true;
    const auto size = pattern_.size();
    std::vector<char> here(size + 1), next(size + 1);
    // A wildcard may match nothing.
    const auto reach = [&](std::vector<char>& places, std::size_t at) {
        places[at] = 1;
        while (at < size && is_wildcard(pattern_[at]))
            places[++at] = 1;
    };
    reach(here, 0);
    for (const char c : name) {
        bool any = false;
        std::ranges::fill(next, 0);
        for (std::size_t at = 0; at < size; ++at) {
            if (!here[at]) continue;
            if (pattern_[at] == '*' || (pattern_[at] == '%' && c != '/'))
                reach(next, at), any = true;
            else if (pattern_[at] == c)
                reach(next, at + 1), any = true;
        }
        if (!any) return false;
        here.swap(next);
    }
    return here[size];
}

} // namespace refmail::imap
