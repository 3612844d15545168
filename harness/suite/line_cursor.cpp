// The words, numbers, texts and regexes of a script line. Regexes are ECMAScript's (std::regex); one is
// compiled here only to refuse what could not be compiled later, with a word for each placeholder. Gives
// no meaning to what it reads; the grammar_*.cpp do. Follows docs/suite-language.md.
#include "harness/suite/line_cursor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <regex>
#include <utility>

namespace mailspec::suite {

namespace {

std::optional<std::uint64_t> to_number(std::string_view digits) {
    std::uint64_t value = 0;
    auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || status != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

// `(?<name>` without the name, which std::regex does not know.
std::string without_names(std::string text) {
    for (auto at = text.find("(?<"); at != text.npos; at = text.find("(?<", at + 1)) {
        const auto end = text.find('>', at);
        const bool named =
            end != text.npos && at + 3 < text.size() && text[at + 3] >= 'a' && text[at + 3] <= 'z';
        if (named && (at == 0 || text[at - 1] != '\\')) text.erase(at + 1, end - at);
    }
    return text;
}

// What std::regex has against it, or empty.
std::string flaw_of_regex(const text_template& regex) {
    std::string text;
    for (auto& piece : regex.pieces) {
        auto* literal = std::get_if<literal_piece>(&piece);
        text += literal ? literal->octets : "x";
    }
    try {
        std::regex compiled(without_names(text), std::regex::ECMAScript);
        return {};
    } catch (const std::regex_error& e) {
        return e.what();
    }
}

// The offset of the `mark` that closes, backslashes skipped; npos when there is none.
std::size_t closing(std::string_view text, char mark) {
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '\\')
            ++i;
        else if (text[i] == mark)
            return i;
    }
    return std::string_view::npos;
}

// The same of a regex: a `~` in a class, as in [!-~], does not close it.
std::size_t closing_of_regex(std::string_view text) {
    bool in_class = false;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '\\')
            ++i;
        else if (text[i] == '[' && text.find(']', i + 2) != text.npos)
            in_class = true;
        else if (text[i] == ']')
            in_class = false;
        else if (text[i] == '~' && !in_class)
            return i;
    }
    return closing(text, '~');
}

} // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view word) {
    constexpr std::uint64_t longest = 24 * 60 * 60; // a day, in whatever unit: far beyond any test
    auto digits = word.substr(0, word.find_first_not_of("0123456789"));
    auto value = to_number(digits);
    auto unit = word.substr(digits.size());
    if (!value || *value == 0) return std::nullopt;
    if (unit == "ms" && *value <= longest * 1000) return std::chrono::milliseconds(*value);
    if (unit == "s" && *value <= longest) return std::chrono::seconds(*value);
    if (unit == "m" && *value <= longest / 60) return std::chrono::minutes(*value);
    return std::nullopt;
}

std::string_view line_cursor::peek() const {
    return rest().substr(0, rest().find(' '));
}

std::string_view line_cursor::word() {
    auto word = peek();
    skip(word.size());
    skip_spaces();
    return word;
}

bool line_cursor::take(std::string_view word) {
    if (peek() != word) return false;
    skip(word.size());
    skip_spaces();
    return true;
}

bool line_cursor::take_octet(char c) {
    if (!rest().starts_with(c)) return false;
    skip(1);
    return true;
}

void line_cursor::skip(std::size_t octets) {
    at_ = std::min(at_ + octets, line_.size());
}

void line_cursor::skip_spaces() {
    while (rest().starts_with(' ') || rest().starts_with('\t'))
        ++at_;
}

void line_cursor::expect_end(std::string_view after) {
    if (ok() && !at_end())
        fail(fmt::format("found `{}` after {}, expected the end of the line", rest(), after));
}

std::uint64_t line_cursor::number(std::string_view what) {
    auto value = to_number(peek());
    if (!value) fail_expected(what);
    word();
    return value.value_or(0);
}

int line_cursor::count(std::string_view what) {
    const auto at = offset();
    const auto value = number(what);
    if (value > 100000) fail_at(at, fmt::format("found {}, expected a smaller number", value));
    return static_cast<int>(value);
}

std::uint64_t line_cursor::octet_count(std::string_view what) {
    auto count = number(what);
    std::uint64_t unit = take("KiB") ? 1024 : take("MiB") ? 1024 * 1024 : 1;
    if (count <= std::numeric_limits<std::uint64_t>::max() / unit) return count * unit;
    fail("the number is too large");
    return 0;
}

std::chrono::milliseconds line_cursor::duration() {
    auto value = parse_duration(peek());
    if (!value) fail_expected("a time as 200ms, 20s or 2m");
    word();
    return value.value_or(std::chrono::milliseconds(0));
}

text_template line_cursor::quoted() {
    if (!at_quoted()) return fail_expected("a text in double quotes"), text_template{};
    auto end = closing(rest(), '"');
    if (end == std::string_view::npos)
        return fail("found a text without its closing `\"`, expected \"TEXT\""), text_template{};
    return parsed(at_ + 1, end - 1, template_kind::quoted);
}

text_template line_cursor::regex() {
    if (!at_regex()) return fail_expected("a regex as ~regex~"), text_template{};
    auto start = at_, end = closing_of_regex(rest());
    if (end == std::string_view::npos)
        return fail("found a regex without its closing `~`, expected ~regex~"), text_template{};
    auto regex = parsed(at_ + 1, end - 1, template_kind::regex);
    if (auto flaw = ok() ? flaw_of_regex(regex) : ""; !flaw.empty())
        fail_at(start, fmt::format("found a regex that does not compile: {}", flaw));
    return regex;
}

text_template line_cursor::to_end() {
    auto text = parsed(at_, rest().size(), template_kind::plain);
    at_ = line_.size();
    return text;
}

text_template line_cursor::plain(std::size_t octets) {
    return parsed(at_, octets, template_kind::plain);
}

// Braces may hold spaces: {base64:a b}.
text_template line_cursor::plain_word(std::string_view stop_at) {
    std::size_t length = 0;
    int depth = 0;
    for (; length < rest().size(); ++length) {
        char c = rest()[length];
        if (c == '{') ++depth;
        if (c == '}' && depth > 0) --depth;
        if (depth == 0 && (c == ' ' || stop_at.find(c) != std::string_view::npos)) break;
    }
    auto text = parsed(at_, length, template_kind::plain);
    return text;
}

// Moves behind the piece and, for quotes and regexes, behind what closes it.
text_template line_cursor::parsed(std::size_t from, std::size_t length, template_kind kind) {
    auto text = parse_template(line_.substr(from, length), kind);
    if (!text) {
        fail_at(from + text.error().offset, text.error().text);
        return {};
    }
    at_ = std::min(from + length + (kind == template_kind::plain ? 0 : 1), line_.size());
    skip_spaces();
    return std::move(*text);
}

void line_cursor::fail(std::string text) {
    fail_at(at_, std::move(text));
}

void line_cursor::fail_at(std::size_t offset, std::string text) {
    if (!found_) {
        found_ = problem{start_, std::move(text)};
        found_->at.column += static_cast<int>(offset);
    }
    at_ = line_.size();
}

void line_cursor::fail_expected(std::string_view expected) {
    if (at_end())
        fail(fmt::format("the line ends too early, expected {}", expected));
    else
        fail(fmt::format("found `{}`, expected {}", peek(), expected));
}

} // namespace mailspec::suite
