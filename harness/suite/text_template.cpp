// Parses text with placeholders into pieces. Knows the shape of each placeholder, not which names exist
// (resolver.cpp does) nor their values (script/expansion). Refuses lone braces and unknown escapes rather
// than sending them. Follows docs/suite-language.md, "Placeholders".
#include "harness/suite/text_template.hpp"

#include "harness/suite/octet_class.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace mailspec::suite {

namespace {

constexpr std::uint64_t most_repeats = 64u << 20; // more than any server's limit, less than our memory
constexpr int deepest_nesting = 4;                // {8*{base64:{user}}} is deep enough

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// "x80", "xC3xA9": one octet a group.
std::optional<std::string> hex_octets(std::string_view word) {
    std::string octets;
    for (; word.size() >= 3 && word[0] == 'x'; word.remove_prefix(3)) {
        int high = hex_value(word[1]), low = hex_value(word[2]);
        if (high < 0 || low < 0) return std::nullopt;
        octets += static_cast<char>(high * 16 + low);
    }
    if (!word.empty() || octets.empty()) return std::nullopt;
    return octets;
}

std::optional<std::string> named_octets(std::string_view word) {
    static const std::pair<std::string_view, std::string_view> names[] = {
        {"CR", "\r"}, {"LF", "\n"}, {"NUL", std::string_view("\0", 1)}, {"SP", " "}, {"TAB", "\t"}};
    for (auto& [name, octets] : names)
        if (name == word) return std::string(octets);
    return hex_octets(word);
}

bool is_variable_name(std::string_view word) {
    return !word.empty() && is_lower(word[0]) && word.back() != '-' &&
           std::ranges::all_of(word, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

class template_parser {
  public:
    template_parser(std::string_view source, template_kind kind)
        : source_(source)
        , kind_(kind) {}

    std::expected<text_template, template_error> run() {
        text_template whole = text(false);
        if (error_) return std::unexpected(*error_);
        return whole;
    }

  private:
    // Up to the end, or (nested in a placeholder) up to the brace that closes it.
    text_template text(bool nested) {
        text_template result;
        std::size_t start = at_;
        while (!error_ && at_ < source_.size()) {
            char c = source_[at_];
            if (nested && c == '}') break;
            if (c == '{')
                opening_brace(result);
            else if (c == '}' && kind_ != template_kind::regex)
                closing_brace(result);
            else if (c == '\\' && kind_ != template_kind::plain)
                backslash(result);
            else {
                add_literal(result, source_.substr(at_, 1));
                ++at_;
            }
        }
        result.source = source_.substr(start, at_ - start);
        return result;
    }

    void opening_brace(text_template& result) {
        char next = at_ + 1 < source_.size() ? source_[at_ + 1] : '\0';
        if (kind_ == template_kind::regex && !is_lower(next) && !is_upper(next) && next != '$') {
            add_literal(result, "{");
            ++at_;
        } else if (next == '{') {
            add_literal(result, "{");
            at_ += 2;
        } else {
            placeholder(result);
        }
    }

    void closing_brace(text_template& result) {
        if (source_.substr(at_, 2) != "}}") return fail(at_, "found a lone `}`, expected `}}` for a brace");
        add_literal(result, "}");
        at_ += 2;
    }

    void backslash(text_template& result) {
        if (kind_ == template_kind::regex) { // the regex's own, and no placeholder begins behind it
            add_literal(result, source_.substr(at_, 2));
            at_ = std::min(at_ + 2, source_.size());
            return;
        }
        static constexpr std::string_view letters = "rnt0\\\"", octets{"\r\n\t\0\\\"", 6};
        char c = at_ + 1 < source_.size() ? source_[at_ + 1] : ' ';
        if (auto i = letters.find(c); i != std::string_view::npos) {
            add_literal(result, octets.substr(i, 1));
            at_ += 2;
        } else if (auto octet = hex_octets(source_.substr(at_ + 1, 3)); octet && c == 'x') {
            add_literal(result, *octet);
            at_ += 4;
        } else {
            fail(at_, fmt::format("found the escape `{}`, expected one of \\r \\n \\t \\0 \\\\ \\\" \\xHH",
                                  source_.substr(at_, 2)));
        }
    }

    void placeholder(text_template& result) {
        std::size_t open = at_++;
        std::size_t end = std::min(source_.find_first_of("{}*:", at_), source_.size());
        std::string_view head = source_.substr(at_, end - at_);
        char mark = end < source_.size() ? source_[end] : '\0';
        at_ = end;
        if (mark == '*' && !head.empty() && std::ranges::all_of(head, is_digit))
            repeated(result, open, head);
        else if (mark == ':' && head == "base64")
            result.pieces.push_back(base64_piece{nested_text(open)});
        else if (mark == ':' && head == "fill")
            fill(result, open);
        else if (mark == ':' && head == "cap")
            capability(result, open);
        else if (mark == ':' && (head == "address" || head == "reverse" || head == "tlsa"))
            host(result, open, head);
        else if (mark == ':' && (head.starts_with("literal")))
            imap_literal(result, open, head);
        else if (mark == ':' && (head == "fixture" || head == "size"))
            fixture(result, open, head == "size");
        else if (mark == '}' && head.starts_with('$'))
            bound(result, open, head.substr(1));
        else if (mark == '}')
            simple(result, open, head);
        else if (mark == '\0')
            fail(open, "found `{` without its `}`; a brace itself is written `{{`");
        else
            unknown(open, source_.substr(open, end + 1 - open));
    }

    void simple(text_template& result, std::size_t open, std::string_view name) {
        ++at_;
        if (auto octets = named_octets(name))
            add_literal(result, kind_ == template_kind::regex ? as_regex(*octets) : *octets);
        else if (is_variable_name(name))
            result.pieces.push_back(variable_piece{std::string(name)});
        else
            unknown(open, source_.substr(open, at_ - open));
    }

    void imap_literal(text_template& result, std::size_t open, std::string_view head) {
        imap_literal_piece piece{
            .binary = head.starts_with("literal8"), .at_once = head.ends_with('+'), .text = {}};
        head.remove_prefix(std::string_view(piece.binary ? "literal8" : "literal").size());
        if (head != (piece.at_once ? "+" : ""))
            return fail(open,
                        "expected {literal:TEXT}, {literal+:TEXT}, {literal8:TEXT} or {literal8+:TEXT}");
        piece.text = nested_text(open);
        result.pieces.push_back(std::move(piece));
    }

    void fixture(text_template& result, std::size_t open, bool size) {
        const auto name = argument();
        if (!is_variable_name(name))
            return fail(open,
                        "expected {fixture:NAME} or {size:NAME}, as {fixture:plain}: fixtures/plain.eml "
                        "of the suites");
        result.pieces.push_back(fixture_piece{std::string(name), size});
    }

    void bound(text_template& result, std::size_t open, std::string_view name) {
        ++at_;
        bound_piece piece;
        if (const auto sign = name.find_last_of("+-"); sign != name.npos)
            if (const auto count = number(name.substr(sign + 1)); count && *count <= most_repeats) {
                piece.add = name[sign] == '-' ? -std::int64_t(*count) : std::int64_t(*count);
                name = name.substr(0, sign);
            }
        if (!is_variable_name(name))
            return fail(open,
                        "expected {$NAME} with a name that an expectation binds, as {$uid} or {$uid+1}");
        piece.name = name;
        result.pieces.push_back(std::move(piece));
    }

    void repeated(text_template& result, std::size_t open, std::string_view digits) {
        auto times = number(digits);
        if (!times || *times > most_repeats)
            return fail(open, fmt::format("found {} repetitions, expected at most {}", digits, most_repeats));
        result.pieces.push_back(repeat_piece{*times, nested_text(open)});
    }

    // `at_` stands on the mark that opens the text; leaves it behind the closing brace.
    std::shared_ptr<text_template> nested_text(std::size_t open) {
        ++at_;
        if (++depth_ > deepest_nesting)
            fail(open, fmt::format("found placeholders nested more than {} deep", deepest_nesting));
        auto outer = std::exchange(kind_, kind_ == template_kind::regex ? template_kind::plain : kind_);
        auto inner = std::make_shared<text_template>(text(true));
        kind_ = outer;
        --depth_;
        if (at_ >= source_.size())
            fail(open, "found `{` without its `}`; a brace itself is written `{{`");
        else
            ++at_;
        return inner;
    }

    void fill(text_template& result, std::size_t open) {
        auto length = number(argument());
        if (!length || *length < 2 || *length > most_repeats)
            return fail(open,
                        "expected {fill:N}, N the octets of the whole line with its CRLF, as {fill:512}");
        result.pieces.push_back(fill_piece{*length});
    }

    void capability(text_template& result, std::size_t open) {
        std::string_view text = argument();
        auto sign = text.find('+');
        std::string_view keyword = text.substr(0, sign);
        std::optional<std::uint64_t> plus = 0;
        if (sign != std::string_view::npos) plus = number(text.substr(sign + 1));
        bool named = !keyword.empty() && std::ranges::all_of(keyword, [](char c) {
            return is_upper(c) || is_digit(c) || c == '-';
        });
        if (!named || !plus || *plus > most_repeats)
            return fail(open, "expected {cap:KEYWORD} or {cap:KEYWORD+N}, as {cap:SIZE+1}");
        result.pieces.push_back(capability_piece{std::string(keyword), static_cast<std::int64_t>(*plus)});
    }

    void host(text_template& result, std::size_t open, std::string_view what) {
        host_piece piece;
        std::string_view text = argument();
        const auto blank = text.find(' ');
        piece.host = text.substr(0, blank);
        if (blank != std::string_view::npos) piece.argument = text.substr(blank + 1);
        const bool tlsa = what == "tlsa";
        if (tlsa)
            piece.what = host_piece::kind::tlsa;
        else if (what == "reverse")
            piece.what = host_piece::kind::reverse;
        const bool fine = piece.argument.empty() ? blank == std::string_view::npos
                                                 : tlsa && is_tlsa_argument(piece.argument);
        if (!is_variable_name(piece.host) || !fine)
            return fail(open, tlsa ? "expected {tlsa:HOST}, {tlsa:HOST wrong} or {tlsa:HOST USAGE SELECTOR "
                                     "MATCHING}, as {tlsa:mx 2 0 1}"
                                   : fmt::format("expected {{{}:HOST}}, as {{{}:mx}}", what, what));
        result.pieces.push_back(std::move(piece));
    }

    // "wrong", or usage 0 to 3, selector 0 or 1, matching type 0 to 2 (RFC 6698 §2.1).
    static bool is_tlsa_argument(std::string_view text) {
        return text == "wrong" ||
               (text.size() == 5 && text[1] == ' ' && text[3] == ' ' && text[0] >= '0' && text[0] <= '3' &&
                text[2] >= '0' && text[2] <= '1' && text[4] >= '0' && text[4] <= '2');
    }

    // What stands between the colon and the closing brace.
    std::string_view argument() {
        std::size_t start = at_ + 1, end = source_.find('}', start);
        if (end == std::string_view::npos) return {};
        at_ = end + 1;
        return source_.substr(start, end - start);
    }

    static std::optional<std::uint64_t> number(std::string_view digits) {
        std::uint64_t value = 0;
        auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (digits.empty() || status != std::errc() || end != digits.data() + digits.size())
            return std::nullopt;
        return value;
    }

    static void add_literal(text_template& result, std::string_view octets) {
        if (!result.pieces.empty())
            if (auto* last = std::get_if<literal_piece>(&result.pieces.back())) {
                last->octets += octets;
                return;
            }
        result.pieces.push_back(literal_piece{std::string(octets)});
    }

    void unknown(std::size_t open, std::string_view found) {
        fail(open,
             fmt::format("found `{}`, expected a placeholder: a name as {{sender}}, octets as {{CR}} or "
                         "{{x80}}, {{64*a}}, {{fill:512}}, {{base64:TEXT}}, {{cap:SIZE}}, {{address:HOST}}, "
                         "{{literal:TEXT}}, {{fixture:NAME}}, {{$NAME}}; a brace itself is written `{{{{`",
                         found));
    }

    void fail(std::size_t offset, std::string text) {
        if (!error_) error_ = template_error{offset, std::move(text)};
    }

    std::string_view source_;
    template_kind kind_;
    std::size_t at_ = 0;
    int depth_ = 0;
    std::optional<template_error> error_;
};

const text_template* nested_in(const template_piece& piece) {
    if (auto* repeat = std::get_if<repeat_piece>(&piece)) return repeat->text.get();
    if (auto* base64 = std::get_if<base64_piece>(&piece)) return base64->text.get();
    if (auto* literal = std::get_if<imap_literal_piece>(&piece)) return literal->text.get();
    return nullptr;
}

} // namespace

std::string as_regex(std::string_view octets) {
    std::string text;
    for (char c : octets) {
        if (c == '\0')
            text += "\\x00";
        else if (std::string_view("^$\\.*+?()[]{}|/").find(c) != std::string_view::npos)
            text += {'\\', c};
        else
            text += c;
    }
    return text;
}

std::expected<text_template, template_error> parse_template(std::string_view source, template_kind kind) {
    return template_parser(source, kind).run();
}

const char* name_of(host_piece::kind what) {
    if (what == host_piece::kind::address) return "address";
    return what == host_piece::kind::reverse ? "reverse" : "tlsa";
}

std::vector<std::string> text_template::variables() const {
    std::vector<std::string> names;
    for (auto& piece : pieces) {
        std::vector<std::string> inner;
        if (auto* variable = std::get_if<variable_piece>(&piece))
            inner = {variable->name};
        else if (auto* text = nested_in(piece))
            inner = text->variables();
        names.insert(names.end(), inner.begin(), inner.end());
    }
    return names;
}

std::vector<host_piece> text_template::hosts() const {
    std::vector<host_piece> found;
    for (auto& piece : pieces) {
        if (auto* host = std::get_if<host_piece>(&piece)) found.push_back(*host);
        if (auto* text = nested_in(piece)) {
            auto inner = text->hosts();
            found.insert(found.end(), inner.begin(), inner.end());
        }
    }
    return found;
}

std::vector<std::string> text_template::fixtures() const {
    std::vector<std::string> found;
    for (auto& piece : pieces) {
        if (auto* fixture = std::get_if<fixture_piece>(&piece)) found.push_back(fixture->name);
        if (auto* text = nested_in(piece)) {
            auto inner = text->fixtures();
            found.insert(found.end(), inner.begin(), inner.end());
        }
    }
    return found;
}

std::vector<std::string> text_template::bound() const {
    std::vector<std::string> found;
    for (auto& piece : pieces) {
        if (auto* name = std::get_if<bound_piece>(&piece)) found.push_back(name->name);
        if (auto* text = nested_in(piece)) {
            auto inner = text->bound();
            found.insert(found.end(), inner.begin(), inner.end());
        }
    }
    return found;
}

bool text_template::uses(std::string_view variable) const {
    auto names = variables();
    return std::ranges::find(names, variable) != names.end();
}

} // namespace mailspec::suite
