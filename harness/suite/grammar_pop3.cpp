// The `S:` step of POP3 connections: a status, a response code, and conditions. Refuses conditions that no
// response with that status could meet. Follows docs/suite-mailboxes.md, "POP3".
#include "harness/suite/nearest_word.hpp"
#include "harness/suite/step_grammar.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::suite {

namespace {

using kind = pop3_check::kind;

const std::vector<std::string> known_statuses = {"+OK", "-ERR", "+"};

// "+OK", "-ERR|+OK"
void parse_statuses(line_cursor& line, pop3_pattern& pattern) {
    auto at = line.offset();
    std::string_view word = line.word();
    while (line.ok()) {
        const auto status = word.substr(0, word.find('|'));
        if (std::ranges::find(known_statuses, status) == known_statuses.end())
            return line.fail_at(
                at, fmt::format("found `{}`, expected +OK, -ERR, `+`, `close` or `silence 300ms`", status));
        pattern.statuses.emplace_back(status);
        if (status.size() == word.size()) return;
        word.remove_prefix(status.size() + 1);
        at += status.size() + 1;
    }
}

// RFC 2449 §8: [IN-USE], [SYS/TEMP]; a ? behind it allows none.
void parse_code(line_cursor& line, pop3_pattern& pattern) {
    if (!line.rest().starts_with('[')) return;
    const auto at = line.offset();
    auto word = line.peek();
    pattern.code_optional = word.ends_with('?');
    if (pattern.code_optional) word.remove_suffix(1);
    const auto fits = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '/';
    };
    const auto name =
        word.size() > 2 && word.ends_with(']') ? word.substr(1, word.size() - 2) : std::string_view();
    if (name.empty() || !std::ranges::all_of(name, fits))
        return line.fail_at(at, fmt::format("found `{}`, expected a response code in capitals, as [IN-USE], "
                                            "[SYS/TEMP] or [AUTH]?",
                                            line.peek()));
    pattern.code = name;
    line.word();
}

std::string capa_keyword(line_cursor& line) {
    const auto at = line.offset();
    auto word = condition_word(line);
    const bool good = !word.empty() && std::ranges::all_of(word, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
    if (!good)
        line.fail_at(at, fmt::format("found `{}`, expected a capability of CAPA in capitals, as TOP", word));
    return word;
}

void parse_lines(line_cursor& line, pop3_check& check) {
    const auto at = line.offset();
    auto count = condition_word(line);
    check.or_more = count.ends_with('+');
    if (check.or_more) count.pop_back();
    if (count.empty() || count.size() > 6 || count.find_first_not_of("0123456789") != count.npos)
        return line.fail_at(at, "expected a number of lines, as `lines 1` or `lines 2+`");
    check.lines = std::stoi(count);
}

pop3_check parse_pop3_condition(line_cursor& line) {
    static const std::vector<std::string> words = {"any",   "each",  "lines",  "has",
                                                   "lacks", "param", "content"};
    pop3_check check;
    if (line.at_regex()) {
        check.text = line.regex();
        return check;
    }
    const auto at = line.offset();
    const auto word = condition_word(line);
    if (word == "any" || word == "each") {
        check.what = word == "any" ? kind::any : kind::each;
        check.text = line.regex();
    } else if (word == "lines") {
        check.what = kind::lines;
        parse_lines(line, check);
    } else if (word == "has" || word == "lacks") {
        check.what = word == "has" ? kind::has : kind::lacks;
        check.keyword = capa_keyword(line);
        check.text = condition_parameters(line);
    } else if (word == "param") {
        check.what = kind::param;
        check.keyword = capa_keyword(line);
        check.text = line.regex();
    } else if (word == "content") {
        check.what = kind::content;
        check.text = line.quoted();
    } else {
        line.fail_at(at, fmt::format("found `{}`, expected a condition (any, each, lines, has, lacks, param, "
                                     "content or ~regex~), `or` or `else`{}",
                                     word, did_you_mean(word, words)));
    }
    return check;
}

server_pattern parse_pop3_pattern(line_cursor& line) {
    if (line.take("close")) return closed_pattern{};
    if (line.take("silence")) return silence_pattern{line.duration()};
    pop3_pattern pattern;
    if (line.at_end()) line.fail_expected("+OK, -ERR, `+`, `close` or `silence 300ms`");
    if (line.ok()) parse_statuses(line, pattern);
    if (line.ok()) parse_code(line, pattern);
    while (!at_pattern_end(line)) {
        const auto at = line.offset();
        if (!pattern.checks.empty() && !line.take_octet(','))
            line.fail_expected("`,` and another condition, `or`, `else warn` or `else info`");
        line.skip_spaces();
        if (line.ok()) pattern.checks.push_back(parse_pop3_condition(line));
        const bool lines = line.ok() && pattern.checks.back().what != kind::text;
        if (lines && std::ranges::find(pattern.statuses, "+OK") == pattern.statuses.end())
            line.fail_at(at, fmt::format("no lines follow {}: expected ~regex~ alone, of its text",
                                         pattern.statuses.front()));
    }
    return pattern;
}

} // namespace

step_body parse_expect_pop3(line_cursor& line) {
    if (!line.at_end() && !line.take_octet(' ')) line.fail("expected a space after `S:`");
    line.skip_spaces();
    return parse_tiers(line, parse_pop3_pattern);
}

} // namespace mailspec::suite
