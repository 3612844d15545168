// Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF: RFC 5321 §4.2.
// Texts may quote what a client sent, so they are made printable here, once for all.
#include "reference/smtp/reply.hpp"

#include <fmt/format.h>

#include <iterator>

namespace refmail::smtp {

namespace {

// RFC 5321 §4.5.3.1.5: a reply line has at most 512 octets, code and CRLF included.
constexpr std::size_t longest_line = 512;

void write_line(std::string& out, int code, char separator, std::string_view enhanced,
                std::string_view text) {
    const auto start = out.size();
    fmt::format_to(std::back_inserter(out), "{}{}", code, separator);
    if (!enhanced.empty()) {
        out += enhanced;
        out += ' ';
    }
    const auto room = longest_line - 2 - (out.size() - start);
    for (char c : text.substr(0, room)) {
        const bool textstring = c == '\t' || (c >= 32 && c < 127);
        out += textstring ? c : '?';
    }
    out += "\r\n";
}

} // namespace

void write_reply(std::string& out, int code, std::string_view enhanced, std::string_view text) {
    write_line(out, code, ' ', enhanced, text);
}

void write_reply(std::string& out, int code, std::string_view enhanced, std::span<const std::string> lines) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
        write_line(out, code, i + 1 < lines.size() ? '-' : ' ', enhanced, lines[i]);
    }
}

} // namespace refmail::smtp
