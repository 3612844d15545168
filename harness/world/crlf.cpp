// Canonical line ends; see crlf.hpp. RFC 5321 §2.3.8.
#include "harness/world/crlf.hpp"

#include <algorithm>

namespace mailspec::world {

std::string with_crlf(std::string_view octets) {
    // Kept as it came: then a lone LF is content (RFC 3030 §3), not the end of a line.
    const auto first = octets.find('\n');
    if (first != std::string_view::npos && first > 0 && octets[first - 1] == '\r') return std::string(octets);
    std::string result;
    result.reserve(octets.size() + static_cast<std::size_t>(std::ranges::count(octets, '\n')));
    char before = '\0';
    for (const char c : octets) {
        if (c == '\n' && before != '\r') result += '\r';
        result += c;
        before = c;
    }
    return result;
}

} // namespace mailspec::world
