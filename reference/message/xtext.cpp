// xtext = *(xchar / hexchar); hexchar = "+" HEXDIG HEXDIG (RFC 4954 §8, RFC 3461 §4).
// EmbeddedUnicodeChar = "\x{" HEXPOINT "}", of 2 to 6 digits (RFC 6533 §3).
#include "reference/message/xtext.hpp"

#include "reference/message/utf8.hpp"

#include <fmt/format.h>

#include <iterator>

namespace refmail::message {

namespace {

int hex_value(char c, hex_case digits) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (digits == hex_case::any && c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

// xchar = any ASCII CHAR between "!" (33) and "~" (126) inclusive, except for "+" and "="
bool is_xchar(char c) {
    return c > 32 && c < 127 && c != '+' && c != '=';
}

// What RFC 6533 §3 has in that way: beyond ASCII, and of ASCII only what no xchar may be, and "\".
bool may_be_embedded(char32_t c) {
    return c >= 0x80 || c <= 0x20 || c == 0x7F || c == '\\' || c == '+' || c == '=';
}

// Takes "\x{HEXPOINT}" off the front.
std::optional<char32_t> take_embedded(std::string_view& text) {
    const auto end = text.find('}');
    if (!text.starts_with("\\x{") || end == std::string_view::npos) return std::nullopt;
    const auto digits = text.substr(3, end - 3);
    if (digits.size() < 2 || digits.size() > 6) return std::nullopt;
    char32_t c = 0;
    for (char digit : digits) {
        const int value = hex_value(digit, hex_case::any);
        if (value < 0) return std::nullopt;
        c = c * 16 + static_cast<char32_t>(value);
    }
    const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
    const bool padded = digits.size() > 2 && digits.front() == '0';
    if (c > 0x10FFFF || surrogate || padded || c == 0 || !may_be_embedded(c)) return std::nullopt;
    text.remove_prefix(end + 1);
    return c;
}

} // namespace

std::optional<std::string> decode_xtext(std::string_view text, hex_case digits) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_xchar(text[i])) {
            out += text[i];
            continue;
        }
        if (text[i] != '+' || i + 2 >= text.size()) return std::nullopt;
        const int high = hex_value(text[i + 1], digits);
        const int low = hex_value(text[i + 2], digits);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

std::string encode_xtext(std::string_view text) {
    std::string out;
    for (char c : text) {
        if (is_xchar(c))
            out += c;
        else
            fmt::format_to(std::back_inserter(out), "+{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

std::optional<std::string> decode_unitext(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const bool embedded = text.front() == '\\';
        const auto c = embedded ? take_embedded(text) : take_code_point(text);
        if (!c || (!embedded && *c < 0x80 && !is_xchar(static_cast<char>(*c)))) return std::nullopt;
        append_code_point(out, *c);
    }
    return out;
}

std::string encode_unitext(std::string_view address) {
    std::string out;
    while (const auto c = take_code_point(address)) {
        if (may_be_embedded(*c))
            fmt::format_to(std::back_inserter(out), "\\x{{{:02X}}}", static_cast<std::uint32_t>(*c));
        else
            out += static_cast<char>(*c);
    }
    return out;
}

} // namespace refmail::message
