// The `S:` step: which replies hold, in which tier. docs/suite-language.md, "Expecting".
// Refuses patterns that no server could meet (an enhanced code of another class than the reply code,
// RFC 2034 §4: both are of one class), for such a case fails everywhere and shows nothing.
#include "harness/suite/nearest_word.hpp"
#include "harness/suite/octet_class.hpp"
#include "harness/suite/step_grammar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace mailspec::suite {

namespace {

// RFC 5321 §4.2: the first digit is 2 to 5, the second 0 to 5. `yz` and `z` leave digits open.
bool is_code(std::string_view word) {
    if (word.size() != 3 || word[0] < '2' || word[0] > '5') return false;
    if (word.substr(1) == "yz") return true;
    return word[1] >= '0' && word[1] <= '5' && (is_digit(word[2]) || word[2] == 'z');
}

// RFC 3463 §2: class "." subject "." detail, up to three digits each.
bool is_enhanced(std::string_view word) {
    auto number = [](std::string_view part, char open) {
        return part == std::string_view(&open, 1) ||
               (!part.empty() && part.size() <= 3 && std::ranges::all_of(part, is_digit));
    };
    if (word.size() < 5 || (word[0] != '2' && word[0] != '4' && word[0] != '5') || word[1] != '.')
        return false;
    auto dot = word.find('.', 2);
    return dot != word.npos && number(word.substr(2, dot - 2), 'y') && number(word.substr(dot + 1), 'z');
}

std::string ehlo_keyword(line_cursor& line) {
    auto at = line.offset();
    auto word = condition_word(line);
    bool good = !word.empty() && word[0] != '-' && std::ranges::all_of(word, [](char c) {
        return (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-';
    });
    if (!good) line.fail_at(at, fmt::format("found `{}`, expected an EHLO keyword in capitals", word));
    return word;
}

void parse_lines(line_cursor& line, reply_check& check) {
    auto at = line.offset();
    auto count = condition_word(line);
    check.or_more = count.ends_with('+');
    if (check.or_more) count.pop_back();
    if (count.empty() || count.size() > 4 || !std::ranges::all_of(count, is_digit) || std::stoi(count) == 0)
        return line.fail_at(at, "expected a number of lines, as `lines 1` or `lines 2+`");
    check.lines = std::stoi(count);
}

reply_check parse_reply_condition(line_cursor& line) {
    using kind = reply_check::kind;
    static const std::vector<std::string> words = {"each", "first", "lines", "has", "bare", "lacks", "param"};
    if (line.at_regex()) return {.what = kind::any_line, .text = line.regex()};
    auto at = line.offset();
    auto word = condition_word(line);
    reply_check check{.what = kind::any_line};
    if (word == "each" || word == "first") {
        check.what = word == "each" ? kind::each_line : kind::first_line;
        check.text = line.regex();
    } else if (word == "lines") {
        check.what = kind::lines;
        parse_lines(line, check);
    } else if (word == "has") {
        check.what = kind::has;
        check.keyword = ehlo_keyword(line);
        check.text = condition_parameters(line);
    } else if (word == "bare" || word == "lacks") {
        check.what = word == "bare" ? kind::bare : kind::lacks;
        check.keyword = ehlo_keyword(line);
    } else if (word == "param") {
        check.what = kind::param;
        check.keyword = ehlo_keyword(line);
        check.text = line.regex();
    } else {
        line.fail_at(at,
                     fmt::format("found `{}`, expected a condition ({} or ~regex~), `or` or `else`{}", word,
                                 "each, first, lines, has, bare, lacks, param", did_you_mean(word, words)));
    }
    return check;
}

void parse_codes(line_cursor& line, reply_pattern& pattern) {
    auto at = line.offset();
    std::string_view word = line.word();
    while (true) {
        auto code = word.substr(0, word.find('|'));
        if (!is_code(code))
            return line.fail_at(at,
                                fmt::format("found `{}`, expected a reply code as 250, 25z or 5yz, several "
                                            "joined by |, or `close` or `silence 300ms`",
                                            code));
        pattern.codes.emplace_back(code);
        if (code.size() == word.size()) return;
        word.remove_prefix(code.size() + 1);
        at += code.size() + 1;
    }
}

void parse_enhanced(line_cursor& line, reply_pattern& pattern) {
    auto word = line.peek();
    if (word.find('.') == word.npos || !is_digit(word[0])) return;
    auto code = word.ends_with('?') ? word.substr(0, word.size() - 1) : word;
    if (!is_enhanced(code))
        return line.fail(fmt::format("found `{}`, expected an enhanced code as 5.1.1, 5.1.z or 5.y.z", word));
    for (auto& reply : pattern.codes)
        if (reply[0] != code[0])
            return line.fail(
                fmt::format("found the enhanced code {} with the reply code {}, expected one class "
                            "(RFC 2034 §4)",
                            code, reply));
    pattern.enhanced = code;
    pattern.enhanced_if_offered = word.ends_with('?');
    line.word();
}

server_pattern parse_reply_pattern(line_cursor& line) {
    if (line.take("close")) return closed_pattern{};
    if (line.take("silence")) return silence_pattern{line.duration()};
    reply_pattern pattern;
    if (line.at_end()) line.fail_expected("a reply code as 250, 25z or 5yz, `close` or `silence 300ms`");
    if (line.ok()) parse_codes(line, pattern);
    if (line.ok()) parse_enhanced(line, pattern);
    while (!at_pattern_end(line)) {
        if (!pattern.checks.empty() && !line.take_octet(','))
            line.fail_expected("`,` and another condition, `or`, `else warn` or `else info`");
        line.skip_spaces();
        if (line.ok()) pattern.checks.push_back(parse_reply_condition(line));
    }
    return pattern;
}

} // namespace

bool at_pattern_end(const line_cursor& line) {
    return !line.ok() || line.at_end() || line.peek() == "or" || line.peek() == "else";
}

std::string condition_word(line_cursor& line) {
    std::string text(line.peek().substr(0, line.peek().find(',')));
    line.skip(text.size());
    line.skip_spaces();
    return text;
}

std::optional<text_template> condition_parameters(line_cursor& line) {
    std::string words;
    while (!at_pattern_end(line) && !line.rest().starts_with(',')) {
        const auto word = line.plain_word(",");
        words += (words.empty() ? "" : " ") + word.source;
    }
    if (words.empty() || !line.ok()) return std::nullopt;
    return *parse_template(words, template_kind::plain);
}

expect_server parse_tiers(line_cursor& line, server_pattern (*parse)(line_cursor&)) {
    expect_server step;
    std::optional<level> instead;
    while (line.ok()) {
        outcome_tier tier{instead, {}};
        do {
            tier.any_of.push_back(parse(line));
        } while (line.ok() && line.take("or"));
        step.tiers.push_back(std::move(tier));
        if (!line.take("else")) break;
        if (line.take("warn"))
            instead = level::should;
        else if (line.take("info"))
            instead = level::may;
        else
            line.fail_expected("`warn` or `info` after `else`");
    }
    line.expect_end("the pattern");
    return step;
}

step_body parse_expect_server(line_cursor& line) {
    if (!line.at_end() && !line.take_octet(' ')) line.fail("expected a space after `S:`");
    line.skip_spaces();
    return parse_tiers(line, parse_reply_pattern);
}

} // namespace mailspec::suite
