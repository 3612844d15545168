// The well-formed sequences of RFC 3629 §4, and no others.
#include "reference/message/utf8.hpp"

#include <algorithm>

namespace refmail::message {

namespace {

// How many octets follow this first one, and the bits that it carries itself.
struct lead {
    int following;
    char32_t bits;
    char32_t least; // below: an overlong form
};

std::optional<lead> lead_of(unsigned char octet) {
    if (octet < 0x80) return lead{0, octet, 0};
    if (octet < 0xC2) return std::nullopt;
    if (octet < 0xE0) return lead{1, octet & 0x1Fu, 0x80};
    if (octet < 0xF0) return lead{2, octet & 0x0Fu, 0x800};
    if (octet < 0xF5) return lead{3, octet & 0x07u, 0x10000};
    return std::nullopt;
}

} // namespace

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::optional<char32_t> take_code_point(std::string_view& text) {
    if (text.empty()) return std::nullopt;
    const auto first = lead_of(static_cast<unsigned char>(text.front()));
    if (!first || text.size() <= static_cast<std::size_t>(first->following)) return std::nullopt;
    char32_t c = first->bits;
    for (int i = 1; i <= first->following; ++i) {
        const auto octet = static_cast<unsigned char>(text[static_cast<std::size_t>(i)]);
        if ((octet & 0xC0) != 0x80) return std::nullopt;
        c = (c << 6) | (octet & 0x3Fu);
    }
    if (c < first->least || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return std::nullopt;
    text.remove_prefix(1 + static_cast<std::size_t>(first->following));
    return c;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        if (!take_code_point(text)) return false;
    }
    return true;
}

void append_code_point(std::string& out, char32_t c) {
    auto continuation = [&](int shift) { out += static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xC0 | (c >> 6));
        continuation(0);
    } else if (c < 0x10000) {
        out += static_cast<char>(0xE0 | (c >> 12));
        continuation(6);
        continuation(0);
    } else {
        out += static_cast<char>(0xF0 | (c >> 18));
        continuation(12);
        continuation(6);
        continuation(0);
    }
}

} // namespace refmail::message
