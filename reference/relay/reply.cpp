// Replies from octets. RFC 5321 §4.2: Reply-line = *( Reply-code "-" [ textstring ] CRLF )
// Reply-code [ SP textstring ] CRLF; §4.2.1: clients take a line of the code alone, too.
#include "reference/relay/reply.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace refmail::relay {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// The code at the front, or 0. The third digit is anything, the second too: RFC 5321 §4.2: a code that is
// not listed is understood by its first digit.
int code_of(std::string_view line) {
    if (line.size() < 3 || !is_digit(line[0]) || !is_digit(line[1]) || !is_digit(line[2])) return 0;
    if (line.size() > 3 && line[3] != ' ' && line[3] != '-') return 0;
    return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

// RFC 3463 §2: status-code = class "." subject "." detail, the latter of one to three digits.
std::string enhanced_of(std::string_view text, int code) {
    const auto end = std::min(text.find(' '), text.size());
    const auto status = text.substr(0, end);
    int dots = 0, digits = 0;
    for (const char c : status) {
        if (c == '.' && digits > 0 && dots < 2) {
            ++dots;
            digits = 0;
        } else if (!is_digit(c) || ++digits > (dots == 0 ? 1 : 3))
            return {};
    }
    if (dots != 2 || digits == 0) return {};
    // RFC 2034 §4: the class of the status is that of the code; one that is not says nothing.
    return status[0] == '0' + code / 100 ? std::string(status) : std::string{};
}

// How many octets at the front are one character of UTF-8 text that may be printed; 0: none.
std::size_t printable_size(std::string_view in) {
    const auto first = static_cast<unsigned char>(in[0]);
    if (first < 0x80) return first == '\t' || (first >= 32 && first != 127) ? 1 : 0;
    const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || in.size() < size) return 0;
    for (std::size_t i = 1; i < size; ++i)
        if ((static_cast<unsigned char>(in[i]) & 0xc0) != 0x80) return 0;
    // RFC 3629 §4: no overlong forms, no surrogates, nothing beyond U+10FFFF; and no C1 controls here.
    const auto second = static_cast<unsigned char>(in[1]);
    const bool wrong = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
                       (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f) ||
                       (first == 0xc2 && second < 0xa0);
    return wrong ? 0 : size;
}

} // namespace

std::string_view reply::text(std::size_t line) const {
    const std::string_view whole = lines[line];
    return whole.size() > 4 ? whole.substr(4) : std::string_view{};
}

std::string reply::printable() const {
    std::string out;
    for (const auto& line : lines) {
        if (!out.empty()) out += '\n';
        for (std::string_view rest = line; !rest.empty();) {
            const auto size = printable_size(rest);
            out += size == 0 ? "?" : rest.substr(0, size);
            rest.remove_prefix(std::max<std::size_t>(size, 1));
        }
    }
    return out;
}

void reply_reader::forget() {
    line_.clear();
    reply_ = {};
    total_ = 0;
}

reply_reader::result reply_reader::refuse(std::string why) {
    fault_ = std::move(why);
    return result::broken;
}

reply_reader::result reply_reader::next(std::string_view& input, reply& into) {
    while (!input.empty()) {
        const auto lf = input.find('\n');
        const auto end = lf == std::string_view::npos ? input.size() : lf + 1;
        const auto room = limits_.line - line_.size();
        line_ += input.substr(0, std::min(end, room));
        if (end > room) return refuse(fmt::format("a reply line of more than {} octets", limits_.line));
        input.remove_prefix(end);
        total_ += end;
        if (total_ > limits_.total)
            return refuse(fmt::format("a reply of more than {} octets", limits_.total));
        if (lf == std::string_view::npos) break;
        // RFC 5321 §2.3.8: nothing but CRLF ends a line, and neither of the two stands alone.
        if (!line_.ends_with("\r\n")) return refuse("a reply line that ends in LF without CR");
        line_.resize(line_.size() - 2);
        const auto taken = take_line(into);
        if (taken != result::more) return taken;
    }
    return result::more;
}

reply_reader::result reply_reader::take_line(reply& into) {
    const int code = code_of(line_);
    if (code == 0) return refuse("a line that is no reply");
    // RFC 5321 §4.2: "a code outside the range of 2yz to 5yz" is a fatal error.
    if (code < 200 || code > 599) return refuse(fmt::format("the reply code {}, which SMTP has not", code));
    // RFC 5321 §4.2.1: the code is the same on each line. One that is not leaves open what was meant.
    if (reply_.code != 0 && reply_.code != code)
        return refuse(fmt::format("a reply with both {} and {}", reply_.code, code));
    reply_.code = code;
    const bool goes_on = line_.size() > 3 && line_[3] == '-';
    reply_.lines.push_back(std::move(line_));
    line_.clear();
    if (goes_on)
        return reply_.lines.size() < limits_.lines
                   ? result::more
                   : refuse(fmt::format("a reply of more than {} lines", limits_.lines));
    reply_.enhanced = enhanced_of(reply_.text(0), code);
    into = std::move(reply_);
    forget();
    return result::whole;
}

} // namespace refmail::relay
