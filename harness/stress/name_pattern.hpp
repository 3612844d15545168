// Whether the pattern of a LIST matches a name: `*` stands for anything, `%` for anything but the delimiter.
// RFC 9051 §6.3.9. Time grows with the product of the lengths at most, whatever the wildcards.
#pragma once
#include <string_view>

namespace mailspec::stress {

bool matches(std::string_view pattern, std::string_view name, char delimiter);

} // namespace mailspec::stress
