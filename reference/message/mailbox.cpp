// Mailboxes as values: comparing, quoting, sub-addresses. RFC 5321 §2.3.11, §2.4, §4.1.2; RFC 5233.
// Refuses nothing; whether a text is a mailbox at all is decided in path.cpp.
#include "reference/message/mailbox.hpp"

#include "reference/message/path.hpp"
#include "reference/message/utf8.hpp"

#include <algorithm>

namespace refmail::message {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Dot-string = Atom *("." Atom), where what is beyond ASCII counts as atext (RFC 6531 §3.3)
bool is_dot_string(std::string_view text) {
    if (text.empty() || text.front() == '.' || text.back() == '.') return false;
    char before = 'a';
    for (char c : text) {
        if (c == '.' ? before == '.' : !is_atext(c) && static_cast<unsigned char>(c) < 0x80) return false;
        before = c;
    }
    return true;
}

} // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string lower_case(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), lower);
    return out;
}

bool is_postmaster(std::string_view local_part) {
    return equals_ignoring_case(local_part, "postmaster");
}

std::string quote_local_part(std::string_view local_part) {
    if (is_dot_string(local_part)) return std::string(local_part);
    std::string out = "\"";
    for (char c : local_part) {
        // RFC 5321 §4.1.2: qtextSMTP needs no backslash but for these two.
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out += '"';
}

bool mailbox::is_ascii() const {
    return message::is_ascii(local_part) && message::is_ascii(domain);
}

bool mailbox::is_fully_qualified() const {
    return is_literal() || domain.find('.') != std::string::npos;
}

std::string mailbox::to_string() const {
    std::string out = quote_local_part(local_part);
    if (!domain.empty()) out += '@' + domain;
    return out;
}

bool operator==(const mailbox& a, const mailbox& b) {
    return a.local_part == b.local_part && equals_ignoring_case(a.domain, b.domain);
}

sub_address split_sub_address(std::string_view local_part, char separator) {
    auto at = local_part.find(separator);
    if (at == std::string_view::npos || at == 0) return {local_part, {}, false};
    return {local_part.substr(0, at), local_part.substr(at + 1), true};
}

} // namespace refmail::message
