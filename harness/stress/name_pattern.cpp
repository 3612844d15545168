// See the header.
#include "harness/stress/name_pattern.hpp"

#include <vector>

namespace mailspec::stress {

// fits[j]: the pattern so far matches the first j octets of the name.
bool matches(std::string_view pattern, std::string_view name, char delimiter) {
    std::vector<bool> fits(name.size() + 1);
    fits[0] = true;
    for (const char p : pattern) {
        std::vector<bool> next(name.size() + 1);
        const bool wild = p == '*' || p == '%';
        if (wild) next[0] = fits[0];
        for (std::size_t j = 1; j <= name.size(); ++j) {
            const char c = name[j - 1];
            next[j] = wild ? fits[j] || (next[j - 1] && (p == '*' || c != delimiter)) : fits[j - 1] && p == c;
        }
        fits = std::move(next);
    }
    return fits[name.size()];
}

} // namespace mailspec::stress
