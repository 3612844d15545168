// Values of an IMAP response; see imap_lexer.hpp. Between two literals everything stands in one line, which
// is looked for first, so that no reader below meets the end of the buffer.
#include "harness/wire/imap_lexer.hpp"

#include "harness/wire/octets.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace mailspec::wire {
namespace {

// A body structure has two levels a part, and nobody nests parts a hundred deep; a server that sends more
// parentheses than this must not cost us the stack.
constexpr int deepest = 250;

// BODY[ and BINARY[ open a section, which holds spaces and parentheses of its own (RFC 9051 §9: section).
bool opens_section(std::string_view word) {
    return same_word(word, "BODY") || same_word(word, "BINARY") || same_word(word, "BINARY.SIZE") ||
           same_word(word, "BODY.PEEK");
}

// RFC 9051 §9: atom-specials; a flag may begin with a backslash, and \* ends with the star.
bool fits_atom(std::string_view word, std::size_t i) {
    const char c = word[i];
    if (c == '\\') return i == 0 && word.size() > 1;
    if (c == '*') return word == "\\*";
    return !is_control(c) && !is_8bit(c) && c != '{' && c != '%' && c != '"';
}

} // namespace

imap_lexer::imap_lexer(std::string_view buffer, std::size_t at, std::vector<deviation>& found)
    : buffer_(buffer)
    , at_(at)
    , found_(found) {
    find_line_end();
}

void imap_lexer::find_line_end() {
    line_end_ = at_ <= buffer_.size() ? buffer_.find('\n', at_) : std::string_view::npos;
    if (line_end_ == std::string_view::npos) {
        wanted_ = std::max(at_, buffer_.size()) + 1;
        end_ = at_;
        return;
    }
    end_ = line_end_ > at_ && buffer_[line_end_ - 1] == '\r' ? line_end_ - 1 : line_end_;
}

void imap_lexer::move_to(std::size_t at) {
    at_ = at;
    find_line_end();
}

void imap_lexer::note(std::string_view rule, std::size_t offset, std::string text) {
    if (!incomplete()) found_.push_back({std::string(rule), offset, std::move(text)});
}

bool imap_lexer::take(char c) {
    if (at_line_end() || buffer_[at_] != c) return false;
    ++at_;
    return true;
}

std::string_view imap_lexer::rest() {
    return buffer_.substr(at_, end_ - std::min(at_, end_));
}

// RFC 9051 §2.2: lines end with CRLF; CR stands nowhere else outside of literals.
void imap_lexer::line_end() {
    if (incomplete()) return;
    if (end_ == line_end_)
        note("imap-bare-lf", line_end_,
             fmt::format("a line ends with LF alone: {}", shown(buffer_.substr(0, line_end_ + 1))));
    at_ = line_end_ + 1;
}

std::vector<imap_value> imap_lexer::values() {
    in_code_ = false;
    return values_until('\0', 0);
}

std::vector<imap_value> imap_lexer::code_values() {
    in_code_ = true;
    auto found = values_until(']', 0);
    in_code_ = false;
    return found;
}

// RFC 9051 §4, §9: one space between values, none around parentheses; lists may follow each other without.
void imap_lexer::judge_gap(std::size_t from, std::size_t behind, bool after_list, char close) {
    const auto gap = at_ - from;
    const bool first = behind == 0;
    const bool last = at_line_end() || buffer_[at_] == close;
    const bool list_next = !at_line_end() && buffer_[at_] == '(';
    const std::size_t wanted = first || last ? 0 : 1;
    if (gap == wanted || (gap == 0 && after_list && list_next)) return;
    const auto line = shown(rest().empty() ? buffer_.substr(0, end_) : rest(), 80);
    if (gap > wanted)
        note("imap-spacing", from,
             fmt::format("{} where {} is due, before {}",
                         gap == 1 ? "a space" : fmt::format("{} spaces", gap), wanted == 0 ? "none" : "one",
                         last && at_line_end() ? "the end of the line" : line));
    else
        note("imap-spacing", from, fmt::format("no space where one is due, before {}", line));
}

std::vector<imap_value> imap_lexer::values_until(char close, int depth) {
    std::vector<imap_value> found;
    bool after_list = false;
    while (!incomplete()) {
        const auto from = at_;
        while (take(' ')) {
        }
        const bool stray = close == '\0' && !at_line_end() && buffer_[at_] == ')'; // of no list
        if (!stray) judge_gap(from, found.size(), after_list, close);
        // A code ends at its `]`, whatever was left open in it.
        const bool ends = !at_line_end() && in_code_ && buffer_[at_] == ']';
        if (at_line_end() || ends || buffer_[at_] == close || (buffer_[at_] == ')' && !stray)) break;
        if (stray) {
            note("imap-parentheses", at_, fmt::format("a `)` without its `(`, before {}", shown(rest(), 80)));
            ++at_;
            continue;
        }
        found.push_back(value(depth));
        after_list = found.back().is_list();
    }
    return found;
}

imap_value imap_lexer::value(int depth) {
    imap_value result;
    result.offset = at_;
    const char c = buffer_[at_];
    if (c == '(' && depth < deepest) {
        result = list(depth + 1);
    } else if (c == '(') {
        result = too_deep();
    } else if (c == '"') {
        result = quoted();
    } else if (c == '{' || c == '~') {
        if (!literal(result)) result = atom();
    } else {
        result = atom();
    }
    return result;
}

// A list as one atom, up to the parenthesis that closes it.
imap_value imap_lexer::too_deep() {
    imap_value result;
    result.offset = at_;
    note("imap-parentheses", at_, fmt::format("lists nested more than {} deep", deepest));
    int open = 0;
    while (!at_line_end()) {
        const char c = buffer_[at_++];
        if (c == '(') ++open;
        if (c == ')' && --open == 0) break;
    }
    result.length = at_ - result.offset;
    result.text = buffer_.substr(result.offset, result.length);
    return result;
}

imap_value imap_lexer::list(int depth) {
    imap_value result;
    result.what = imap_value::kind::list;
    result.offset = at_++;
    result.items = values_until(')', depth);
    if (!take(')'))
        note("imap-parentheses", result.offset,
             fmt::format("a `(` without its `)`: {}",
                         shown(buffer_.substr(result.offset, end_ - std::min(end_, result.offset)), 80)));
    result.length = at_ - result.offset;
    return result;
}

// RFC 9051 §9: quoted; only `"` and `\` are escaped.
imap_value imap_lexer::quoted() {
    imap_value result;
    result.what = imap_value::kind::quoted;
    result.offset = at_++;
    bool closed = false;
    while (!at_line_end() && !closed) {
        char c = buffer_[at_++];
        if (c == '"') {
            closed = true;
            break;
        }
        if (c == '\\' && !at_line_end()) {
            c = buffer_[at_++];
            if (c != '"' && c != '\\')
                note("imap-string", at_ - 2,
                     fmt::format("a quoted string escapes {}, which is neither `\"` nor `\\`",
                                 shown(std::string_view(&c, 1))));
        }
        result.text += c;
    }
    if (!closed)
        note("imap-string", result.offset,
             fmt::format("a quoted string does not end in its line: {}",
                         shown(buffer_.substr(result.offset, end_ - result.offset), 80)));
    result.length = at_ - result.offset;
    return result;
}

// {n}, ~{n} at the end of a line, and the octets behind it; false: it is none, and nothing was read.
bool imap_lexer::literal(imap_value& into) {
    auto header = rest();
    const bool binary = header.starts_with('~');
    if (binary) header.remove_prefix(1);
    if (!header.starts_with('{') || !header.ends_with('}')) return false;
    auto digits = header.substr(1, header.size() - 2);
    const bool plus = digits.ends_with('+');
    if (plus) digits.remove_suffix(1);
    std::uint64_t count = 0;
    const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    constexpr std::uint64_t absurd = 1ull << 40;
    if (digits.empty() || status != std::errc{} || end != digits.data() + digits.size() || count > absurd)
        return false;
    // RFC 9051 §4.3: the `+` is for clients, a server has nothing to wait for.
    if (plus) note("imap-literal-plus", at_, fmt::format("a literal {} with a `+`", shown(rest(), 40)));
    into.what = binary ? imap_value::kind::literal8 : imap_value::kind::literal;
    line_end();
    if (buffer_.size() - at_ < count) {
        wanted_ = at_ + count + 1; // the line end may be LF alone
        return true;
    }
    into.text = buffer_.substr(at_, count);
    at_ += count;
    into.length = at_ - into.offset;
    find_line_end();
    return true;
}

imap_value imap_lexer::atom() {
    imap_value result;
    result.offset = at_;
    while (!at_line_end() && !incomplete()) {
        const char c = buffer_[at_];
        if (c == ' ' || c == ')' || (c == ']' && in_code_)) break;
        if (c == '(' && at_ > result.offset) break;
        if (c == '[' && opens_section(buffer_.substr(result.offset, at_ - result.offset))) {
            section();
            continue;
        }
        ++at_;
    }
    result.length = at_ - result.offset;
    result.text = buffer_.substr(result.offset, result.length);
    const bool has_section = result.text.find('[') != std::string::npos;
    for (std::size_t i = 0; i < result.text.size() && !has_section; ++i)
        if (!fits_atom(result.text, i)) {
            note("imap-atom", result.offset + i,
                 fmt::format("the octet {} in the atom {}", shown(result.text.substr(i, 1)),
                             shown(result.text, 80)));
            break;
        }
    return result;
}

// From `[` to behind its `]`: names of header fields are astrings, so that there may be literals within.
void imap_lexer::section() {
    while (!at_line_end() && !incomplete()) {
        const char c = buffer_[at_];
        imap_value skipped;
        if (c == '"') {
            quoted();
        } else if (c == '{' && literal(skipped)) {
            continue;
        } else {
            ++at_;
            if (c == ']') return;
        }
    }
}

} // namespace mailspec::wire
