// How much of the original, and in which clothes.
#include "reference/report/returned_content.hpp"

#include "reference/message/utf8.hpp"

#include <algorithm>

namespace refmail::report {

namespace {

constexpr std::size_t largest_header = 64 * 1024;

// With its last CRLF, without the empty line.
std::string_view header_of(std::string_view original) {
    if (original.starts_with("\r\n")) return {};
    const auto end = original.find("\r\n\r\n");
    return end == std::string_view::npos ? original : original.substr(0, end + 2);
}

// Cut before a field, not inside one.
std::string_view cut_header(std::string_view header) {
    if (header.size() <= largest_header) return header;
    auto end = largest_header;
    while (true) {
        end = header.rfind("\r\n", end - 1);
        if (end == std::string_view::npos || end == 0) return header.substr(0, largest_header);
        const char next = header[end + 2];
        if (next != ' ' && next != '\t') return header.substr(0, end + 2);
    }
}

// Lines of at most 998 octets that end in CRLF, no other CR or LF, no NUL: what 7bit and 8bit may hold
// (RFC 2045 §2.7, §2.8).
bool is_text(std::string_view octets) {
    while (!octets.empty()) {
        const auto end = octets.find("\r\n");
        const auto line = octets.substr(0, end);
        if (line.size() > 998 || line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
            return false;
        octets.remove_prefix(end == std::string_view::npos ? octets.size() : end + 2);
    }
    return true;
}

// RFC 3461 §4.3: RET is about failures only; without it the choice is ours, and RFC 6522 §3 would have all.
bool all_is_wanted(const notification& n) {
    const bool failed = std::ranges::any_of(
        n.recipients, [](const reported_recipient& r) { return r.action == action::failed; });
    // RFC 8689 §5: what must not go in the clear is not sent back whole, RET or no RET.
    return failed && !n.about.require_tls && n.about.ret != queue::entry::ret::headers;
}

body_part dressed(std::string type, std::string_view octets, bool eight_bit_passes) {
    const bool ascii = message::is_ascii(octets);
    if (is_text(octets) && (ascii || eight_bit_passes))
        return {std::move(type), ascii ? "7bit" : "8bit", std::string(octets)};
    return {std::move(type), "quoted-printable", quoted_printable(octets)};
}

} // namespace

bool carries_eight_bit(const notification& n) {
    // A sender whose address is international is reached by SMTPUTF8 only, which implies 8BITMIME
    // (RFC 6531 §3.1 (item 7)).
    return n.way_back_is_eight_bit || !message::is_ascii(n.about.sender);
}

body_part returned_content(const notification& n, std::string_view original) {
    const auto header = header_of(original);
    const bool eight_bit_passes = carries_eight_bit(n);
    // RFC 6533 §4.2, §4.3: an international message is no message/rfc822.
    const bool international = n.about.smtputf8 && !message::is_ascii(header);
    if (all_is_wanted(n) && original.size() <= largest_returned && is_text(original)) {
        // RFC 6532 §3.7: message/global may be encoded; RFC 2046 §5.2.1: message/rfc822 may not.
        if (international) return dressed("message/global", original, eight_bit_passes);
        if (eight_bit_passes || message::is_ascii(original))
            return dressed("message/rfc822", original, eight_bit_passes);
    }
    return dressed(international ? "message/global-headers" : "text/rfc822-headers", cut_header(header),
                   eight_bit_passes);
}

std::string quoted_printable(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    std::size_t column = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (text.substr(i).starts_with("\r\n")) {
            out += "\r\n";
            column = 0;
            ++i;
            continue;
        }
        const bool at_line_end = i + 1 == text.size() || text.substr(i + 1).starts_with("\r\n");
        const bool blank = c == ' ' || c == '\t';
        const bool plain = (c > 32 && c < 127 && c != '=') || (blank && !at_line_end);
        // 76 with the "=" of a soft line break.
        if (column + (plain ? 1 : 3) > 75) {
            out += "=\r\n";
            column = 0;
        }
        if (plain) {
            out += c;
        } else {
            const auto octet = static_cast<unsigned char>(c);
            out += '=';
            out += digits[octet >> 4];
            out += digits[octet & 15];
        }
        column += plain ? 1 : 3;
    }
    return out;
}

} // namespace refmail::report
