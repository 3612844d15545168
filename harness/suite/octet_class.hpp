// Octets by class, as names and numbers of a script are made of. ASCII only, no locale.
#pragma once

namespace mailspec::suite {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
constexpr bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

} // namespace mailspec::suite
