// Implementation of html_text.hpp, but for the page's frame (html_page.cpp).
#include "reports/html_text.hpp"

#include "reports/escape.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reports {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// The length of what stands for one octet at the front of an escaped text; 0: an octet that shows itself.
std::size_t escape_length(std::string_view text) {
    if (text.size() < 2 || text[0] != '\\') return 0;
    if (text[1] == 'r' || text[1] == 'n' || text[1] == 't') return 2;
    return text[1] == 'x' && text.size() >= 4 ? 4 : 0;
}

} // namespace

std::string html_text(std::string_view visible) {
    std::string out;
    for (const char c : visible) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\'': out += "&#39;"; break;
        default: out += c;
        }
    }
    return out;
}

std::string html_octets(std::string_view escaped) {
    std::string out;
    while (!escaped.empty()) {
        std::size_t length = 0;
        while (const auto one = escape_length(escaped.substr(length)))
            length += one;
        if (length > 0) {
            out += fmt::format("<i>{}</i>", html_text(escaped.substr(0, length)));
            escaped.remove_prefix(length);
            continue;
        }
        // A backslash that was sent is written as two, which neither begin an escape nor need to be seen:
        // escapes stand in <i>.
        if (escaped.starts_with("\\\\")) escaped.remove_prefix(1);
        length = std::min(escaped.find('\\', 1), escaped.size());
        out += html_text(escaped.substr(0, length));
        escaped.remove_prefix(length);
    }
    return out;
}

std::string html_section(std::string_view section) {
    const std::string_view prefix = "RFC ", mark = " §";
    const auto at = section.find(mark);
    const auto number = section.substr(std::min(prefix.size(), section.size()),
                                       at == section.npos ? section.npos : at - prefix.size());
    const auto place = at == section.npos ? std::string_view{} : section.substr(at + mark.size());
    const bool known = section.starts_with(prefix) && !number.empty() &&
                       std::ranges::all_of(number, is_digit) &&
                       std::ranges::all_of(place, [](char c) { return is_digit(c) || c == '.'; });
    const auto text = html_text(printable(section));
    if (!known) return text;
    return fmt::format("<a href=\"https://www.rfc-editor.org/rfc/rfc{}{}\" rel=\"noreferrer\">{}</a>", number,
                       place.empty() ? "" : fmt::format("#section-{}", place), text);
}

} // namespace reports
