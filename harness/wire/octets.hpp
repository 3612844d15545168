// Octets by class, and for people. ASCII only, no locale: RFC 5234 appendix B.
#pragma once
#include <string>
#include <string_view>

namespace mailspec::wire {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
constexpr bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}
constexpr bool is_alpha(char c) {
    return is_lower(c) || is_upper(c);
}
constexpr bool is_8bit(char c) {
    return static_cast<unsigned char>(c) > 127;
}
constexpr bool is_control(char c) {
    return static_cast<unsigned char>(c) < 32 || c == 127;
}
constexpr bool is_wsp(char c) {
    return c == ' ' || c == '\t';
}
constexpr char upper(char c) {
    return is_lower(c) ? static_cast<char>(c - 32) : c;
}
constexpr int hex_digit(char c) { // its value; -1: it is none
    const char u = upper(c);
    return is_digit(c) ? c - '0' : u >= 'A' && u <= 'F' ? u - 'A' + 10 : -1;
}

std::string upper(std::string_view text);
std::string lower(std::string_view text);
bool same_word(std::string_view a, std::string_view b); // whatever the case of their letters
std::string_view first_word(std::string_view text);     // what stands before the first SP
std::string_view trimmed(std::string_view text);        // no SP or HT at either end
std::string_view without_line_end(std::string_view line);

// In quotes, octets as they are (reports escape them), what is long cut in the middle.
std::string shown(std::string_view octets, std::size_t most = 160);
// "250 Ok\r\n": the same for a sentence, control and 8-bit octets escaped.
std::string quoted(std::string_view octets, std::size_t most = 160);

} // namespace mailspec::wire
