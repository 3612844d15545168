// xtext = *(xchar / hexchar); hexchar = "+" HEXDIG HEXDIG. RFC 4954 §8.
// Whether the decoded text makes sense is for the caller to say.
#include "reference/smtp/xtext.hpp"

namespace refmail::smtp {

namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

} // namespace

std::optional<std::string> decode_xtext(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c < 33 || c > 126 || c == '=') return std::nullopt;
        if (c != '+') {
            out += c;
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const int high = hex_value(text[i + 1]);
        const int low = hex_value(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

} // namespace refmail::smtp
