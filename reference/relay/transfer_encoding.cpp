// Quoted-printable and base64; see the header.
#include "reference/relay/transfer_encoding.hpp"

#include "reference/message/base64.hpp"

#include <algorithm>

namespace refmail::relay {

namespace {

constexpr std::size_t line_length = 76; // RFC 2045 §6.7 (5), §6.8
constexpr char digits[] = "0123456789ABCDEF";

// One line, without its CRLF.
void encode_line(std::string& out, std::string_view line) {
    std::size_t column = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const auto c = static_cast<unsigned char>(line[i]);
        const bool last = i + 1 == line.size();
        // RFC 2045 §6.7 (3): white space at the end of a line is encoded, or would be lost on the way.
        const bool blank = (c == ' ' || c == '\t') && !last;
        const bool plain = blank || (c > 32 && c < 127 && c != '=');
        const std::size_t width = plain ? 1 : 3;
        // A soft line break needs room for its "="; at the end of the line none follows.
        if (column + width > line_length - (last ? 0 : 1)) {
            out += "=\r\n";
            column = 0;
        }
        if (plain)
            out += static_cast<char>(c);
        else {
            out += '=';
            out += digits[c >> 4];
            out += digits[c & 15];
        }
        column += width;
    }
}

} // namespace

std::string encode_quoted_printable(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 4);
    while (!text.empty()) {
        const auto end = text.find("\r\n");
        encode_line(out, text.substr(0, end));
        if (end == std::string_view::npos) break;
        out += "\r\n";
        text.remove_prefix(end + 2);
    }
    return out;
}

std::string encode_base64_lines(std::string_view octets) {
    constexpr std::size_t octets_of_a_line = line_length / 4 * 3;
    std::string out;
    out.reserve(octets.size() / octets_of_a_line * (line_length + 2) + line_length + 2);
    while (!octets.empty()) {
        if (!out.empty()) out += "\r\n";
        out += message::encode_base64(octets.substr(0, octets_of_a_line));
        octets.remove_prefix(std::min(octets_of_a_line, octets.size()));
    }
    return out;
}

} // namespace refmail::relay
