// Encodings of parameter values; see the header.
#include "reference/relay/xtext.hpp"

#include <fmt/core.h>

#include <cstdint>

namespace refmail::relay {

namespace {

bool is_xchar(unsigned char c) {
    return c > 32 && c < 127 && c != '+' && c != '=';
}

// The first character and its size; what is no UTF-8 passes as the octet it is.
std::uint32_t take_character(std::string_view& text) {
    const auto first = static_cast<unsigned char>(text[0]);
    const std::size_t size = first < 0xc2 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 1;
    std::uint32_t value = size == 1 ? first : first & (0x7f >> size);
    if (size > text.size()) {
        text.remove_prefix(1);
        return first;
    }
    for (std::size_t i = 1; i < size; ++i)
        value = value << 6 | (static_cast<unsigned char>(text[i]) & 0x3f);
    text.remove_prefix(size);
    return value;
}

// RFC 6533 §3: QCHAR and EmbeddedUnicodeChar; "+", "=", "\" and blanks are embedded as well.
std::string embed(std::string_view address, bool keep_utf8) {
    std::string out;
    while (!address.empty()) {
        const auto before = address;
        const auto c = take_character(address);
        const bool plain = c < 128 ? is_xchar(static_cast<unsigned char>(c)) && c != '\\' : keep_utf8;
        if (plain)
            out += before.substr(0, before.size() - address.size());
        else
            out += fmt::format("\\x{{{:02X}}}", c);
    }
    return out;
}

} // namespace

std::string encode_xtext(std::string_view text) {
    std::string out;
    for (const unsigned char c : text) {
        if (is_xchar(c))
            out += static_cast<char>(c);
        else
            out += fmt::format("+{:02X}", c);
    }
    return out;
}

std::string encode_utf8_addr_xtext(std::string_view address) {
    return embed(address, false);
}

std::string encode_utf8_addr_unitext(std::string_view address) {
    return embed(address, true);
}

} // namespace refmail::relay
