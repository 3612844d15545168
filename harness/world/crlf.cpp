// Canonical line ends; see crlf.hpp. RFC 5321 §2.3.8.
#include "harness/world/crlf.hpp"

#include <algorithm>

namespace mailspec::world {

std::string with_crlf(std::string_view octets) {
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
