// Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF: RFC 5321 §4.2.
// Texts may quote what a client sent, so they are made printable here, once for all.
#include "reference/smtp/reply.hpp"

#include "reference/message/utf8.hpp"

#include <fmt/format.h>

#include <iterator>

namespace refmail::smtp {

namespace {

// RFC 5321 §4.5.3.1.5: a reply line has at most 512 octets, code and CRLF included.
constexpr std::size_t longest_line = 512;

void write_line(std::string& out, int code, char separator, std::string_view enhanced, std::string_view text,
                reply_text allowed = reply_text::ascii) {
    const auto start = out.size();
    fmt::format_to(std::back_inserter(out), "{}{}", code, separator);
    if (!enhanced.empty()) {
        out += enhanced;
        out += ' ';
    }
    const auto room = longest_line - 2 - (out.size() - start);
    if (allowed == reply_text::utf8 && message::is_utf8(text)) {
        while (text.size() > room) // whole characters only
            text.remove_suffix(1);
        while (!message::is_utf8(text))
            text.remove_suffix(1);
    }
    const bool utf8 = allowed == reply_text::utf8 && message::is_utf8(text);
    for (char c : text.substr(0, room)) {
        const bool textstring =
            c == '\t' || (c >= 32 && c < 127) || (utf8 && static_cast<unsigned char>(c) > 127);
        out += textstring ? c : '?';
    }
    out += "\r\n";
}

} // namespace

void write_reply(std::string& out, int code, std::string_view enhanced, std::string_view text) {
    write_line(out, code, ' ', enhanced, text);
}

void write_reply(std::string& out, int code, std::string_view enhanced, std::span<const std::string> lines,
                 reply_text allowed) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
        write_line(out, code, i + 1 < lines.size() ? '-' : ' ', enhanced, lines[i], allowed);
    }
}

} // namespace refmail::smtp
