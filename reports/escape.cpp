// Implementation of escape.hpp. UTF-8 is decoded strictly (RFC 3629 §3: no overlong forms, no surrogates,
// nothing past U+10FFFF); what may stand in a report unescaped is a narrower set than what XML 1.0 allows.
#include "reports/escape.hpp"

#include <fmt/format.h>

namespace reports {
namespace {

// One decoded character and its length in octets; length 0: the octets there are not UTF-8.
struct decoded {
    char32_t character = 0;
    std::size_t length = 0;
};

decoded decode(std::string_view s) {
    auto octet = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
    const unsigned first = octet(0);
    if (first < 0x80) return {first, 1};
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || s.size() < length) return {};
    char32_t c = first & (0xFFu >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((octet(i) & 0xC0) != 0x80) return {};
        c = (c << 6) | (octet(i) & 0x3F);
    }
    constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (c < least[length] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return {};
    return {c, length};
}

// What a reader sees as itself. Left out: controls (C0, DEL, C1), invisible and direction-changing
// characters, line separators, tags, and what XML cannot hold (noncharacters).
bool is_visible(char32_t c) {
    if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD) return false;
    if ((c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F))
        return false;
    if (c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF)) return false;
    return (c & 0xFFFE) != 0xFFFE && !(c >= 0xFDD0 && c <= 0xFDEF);
}

void append_hex(std::string& to, std::string_view octets) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (unsigned char octet : octets) {
        to += "\\x";
        to += digits[octet >> 4];
        to += digits[octet & 0xF];
    }
}

void append_escaped(std::string& to, std::string_view s, bool double_backslash) {
    while (!s.empty()) {
        const decoded d = decode(s);
        const std::string_view octets = s.substr(0, d.length ? d.length : 1);
        s.remove_prefix(octets.size());
        if (d.length && d.character == '\\')
            to += double_backslash ? "\\\\" : "\\";
        else if (d.length && is_visible(d.character))
            to += octets;
        else if (octets == "\r")
            to += "\\r";
        else if (octets == "\n")
            to += "\\n";
        else if (octets == "\t")
            to += "\\t";
        else
            append_hex(to, octets);
    }
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

} // namespace

std::string escape_octets(std::string_view octets) {
    std::string text;
    text.reserve(octets.size() + 8);
    append_escaped(text, octets, true);
    return text;
}

std::optional<std::string> unescape_octets(std::string_view text) {
    std::string octets;
    octets.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\') {
            octets += text[i];
            continue;
        }
        if (++i == text.size()) return std::nullopt;
        switch (text[i]) {
        case '\\': octets += '\\'; break;
        case 'r': octets += '\r'; break;
        case 'n': octets += '\n'; break;
        case 't': octets += '\t'; break;
        case 'x': {
            if (i + 2 >= text.size()) return std::nullopt;
            const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            octets += static_cast<char>(high * 16 + low);
            i += 2;
            break;
        }
        default: return std::nullopt;
        }
    }
    return octets;
}

std::string escape_octets_shortened(std::string_view octets, std::size_t most) {
    if (octets.size() <= most) return escape_octets(octets);
    // The end matters too: it shows how the line was ended. Cuts fall between characters, not inside one.
    // A character has at most three continuation octets; more of them are no character at all.
    std::size_t head = most * 3 / 4, tail = octets.size() - most / 4;
    for (int i = 0; i < 3 && head > 0 && is_continuation(octets[head]); ++i)
        --head;
    for (int i = 0; i < 3 && tail < octets.size() && is_continuation(octets[tail]); ++i)
        ++tail;
    return fmt::format("{} [... {} octets not shown ...] {}", escape_octets(octets.substr(0, head)),
                       tail - head, escape_octets(octets.substr(tail)));
}

std::string printable(std::string_view text) {
    std::string line;
    line.reserve(text.size() + 8);
    append_escaped(line, text, false);
    return line;
}

std::string valid_utf8(std::string_view text) {
    std::string valid;
    valid.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = decode(text).length;
        if (length)
            valid += text.substr(0, length);
        else
            append_hex(valid, text.substr(0, 1));
        text.remove_prefix(length ? length : 1);
    }
    return valid;
}

} // namespace reports
