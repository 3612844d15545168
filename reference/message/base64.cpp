// Base64 in both directions, RFC 4648 §4. Decoding accepts exactly what encoding can have written:
// RFC 4954 §4: "MUST reject (and not ignore) any character not explicitly allowed".
// Knows no line breaks: SASL exchange lines have none inside.
#include "reference/message/base64.hpp"

#include <array>
#include <cstdint>

namespace refmail::message {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr auto values = [] {
    std::array<std::int8_t, 256> table{};
    table.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    }
    return table;
}();

} // namespace

std::optional<std::string> decode_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && text.ends_with('=')) {
        text.remove_suffix(1);
        ++padding;
    }
    std::string out;
    out.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    int count = 0;
    for (char c : text) {
        const auto value = values[static_cast<unsigned char>(c)];
        if (value < 0) return std::nullopt; // '=' too: "=AAA" and "AAA=BBB" are not allowed
        bits = (bits << 6) | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out += static_cast<char>((bits >> count) & 0xff);
        }
    }
    // RFC 4648 §3.5: the bits behind the last octet are zero, or two texts would mean the same.
    if ((bits & ((1u << count) - 1)) != 0) return std::nullopt;
    return out;
}

std::string encode_base64(std::string_view octets) {
    std::string out;
    out.reserve((octets.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < octets.size(); i += 3) {
        const auto left = octets.size() - i;
        auto octet = [&](std::size_t n) -> std::uint32_t {
            return n < left ? static_cast<unsigned char>(octets[i + n]) : 0u;
        };
        const auto group = octet(0) << 16 | octet(1) << 8 | octet(2);
        out += alphabet[group >> 18];
        out += alphabet[(group >> 12) & 63];
        out += left > 1 ? alphabet[(group >> 6) & 63] : '=';
        out += left > 2 ? alphabet[group & 63] : '=';
    }
    return out;
}

} // namespace refmail::message
