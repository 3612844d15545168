// Octets by class, and for people; see octets.hpp.
#include "harness/wire/octets.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace mailspec::wire {
namespace {

void append_escaped(std::string& out, std::string_view octets) {
    for (const char c : octets) {
        switch (c) {
        case '\r': out += "\\r"; break;
        case '\n': out += "\\n"; break;
        case '\t': out += "\\t"; break;
        case '\0': out += "\\0"; break;
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        default:
            if (is_control(c) || is_8bit(c))
                out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
            else
                out += c;
        }
    }
}

} // namespace

std::string upper(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        c = upper(c);
    return result;
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (is_upper(c)) c = static_cast<char>(c + 32);
    return result;
}

std::string_view first_word(std::string_view text) {
    return text.substr(0, text.find(' '));
}

bool same_word(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return upper(x) == upper(y); });
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_wsp(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_wsp(text.back()))
        text.remove_suffix(1);
    return text;
}

std::string_view without_line_end(std::string_view line) {
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

std::string shown(std::string_view octets, std::size_t most) {
    if (octets.size() <= most) return fmt::format("\"{}\"", octets);
    return fmt::format("\"{}\" ... {} octets ... \"{}\"", octets.substr(0, most / 2),
                       octets.size() - most / 2 - most / 4, octets.substr(octets.size() - most / 4));
}

std::string quoted(std::string_view octets, std::size_t most) {
    std::string out = "\"";
    if (octets.size() <= most) {
        append_escaped(out, octets);
    } else {
        append_escaped(out, octets.substr(0, most / 2));
        out += fmt::format("\" ... {} octets ... \"", octets.size() - most / 2 - most / 4);
        append_escaped(out, octets.substr(octets.size() - most / 4));
    }
    return out + '"';
}

} // namespace mailspec::wire
