// Steps of IMAP connections: commands, and the patterns that responses are held against. Reads a pattern into
// a tree and gives it no meaning (script/imap_match does). Refuses patterns that no response could meet.
// Follows docs/suite-mailboxes.md, "Sending" and "Expecting".
#include "harness/suite/nearest_word.hpp"
#include "harness/suite/octet_class.hpp"
#include "harness/suite/step_grammar.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::suite {

namespace {

using element_kind = imap_pattern::kind;
using response_kind = imap_response_pattern::kind;

constexpr int deepest_list = 32; // lists within lists

bool is_binding(std::string_view name) {
    return !name.empty() && is_lower(name[0]) &&
           std::ranges::all_of(name, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

// RFC 9051 §9: an atom ends at a space or a parenthesis; but BODY[HEADER.FIELDS (SUBJECT)]<0> is one name,
// and a placeholder may hold anything. Within a response code `]` ends it too.
std::size_t word_length(std::string_view text, bool in_code) {
    int brackets = 0, braces = 0;
    std::size_t i = 0;
    for (; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '{') ++braces;
        if (c == '}' && braces > 0) --braces;
        if (braces > 0) continue;
        if (c == '[') ++brackets;
        if (c == ']' && brackets == 0 && in_code) break;
        if (c == ']' && brackets > 0) --brackets;
        if (brackets == 0 && (c == ' ' || c == '\t' || c == '(' || c == ')')) break;
    }
    return i;
}

// ">=" of >=$known; empty: no comparison.
std::string relation_of(std::string_view word) {
    const auto sign = word.find('$');
    if (sign == word.npos || !is_binding(word.substr(sign + 1))) return {};
    const auto before = word.substr(0, sign);
    for (const auto known : {">", ">=", "<", "<=", "!"})
        if (before == known) return known;
    return {};
}

class pattern_reader {
  public:
    pattern_reader(line_cursor& line, bool in_code)
        : line_(line)
        , in_code_(in_code) {}

    imap_pattern element() {
        imap_pattern result;
        const auto at = line_.offset();
        if (line_.take_octet('(')) return list(at);
        if (line_.at_quoted()) {
            result.what = element_kind::string;
            result.text = line_.quoted();
        } else if (line_.at_regex()) {
            result.what = element_kind::regex;
            result.text = line_.regex();
        } else if (line_.rest().starts_with(')')) {
            line_.fail("found `)` without its `(`");
        } else {
            word(result, at);
        }
        return result;
    }

  private:
    imap_pattern list(std::size_t at) {
        imap_pattern result;
        result.what = element_kind::list;
        if (++depth_ > deepest_list)
            line_.fail_at(at, fmt::format("found lists nested more than {} deep", deepest_list));
        line_.skip_spaces();
        while (line_.ok() && !line_.rest().starts_with(')')) {
            if (line_.at_end()) {
                line_.fail_at(at, "found `(` without its `)`");
                return result;
            }
            result.items.push_back(element());
        }
        --depth_;
        line_.take_octet(')');
        line_.skip_spaces();
        return result;
    }

    void word(imap_pattern& result, std::size_t at) {
        const std::string word(line_.rest().substr(0, word_length(line_.rest(), in_code_)));
        result.text = line_.plain(word.size());
        if (!line_.ok()) return;
        if (word == "...") {
            result.what = element_kind::rest;
        } else if (word == "_") {
            result.what = element_kind::any;
        } else if (word == "#") {
            result.what = element_kind::number;
        } else if (word == "NIL" || word == "nil") {
            result.what = element_kind::nil;
        } else if (word.starts_with('$') && is_binding(std::string_view(word).substr(1))) {
            // A keyword of IMAP as $Forwarded begins with a capital (RFC 9051 §2.3.2).
            result.what = element_kind::variable;
            result.name = word.substr(1);
        } else if (const auto relation = relation_of(word); !relation.empty()) {
            result.what = element_kind::compared;
            result.relation = relation;
            result.name = word.substr(relation.size() + 1);
        } else if (word.empty() || word.find('"') != word.npos) {
            line_.fail_at(
                at, fmt::format("found `{}`, expected an atom, \"TEXT\", a list in parentheses, NIL, _, "
                                "#, ~regex~, $name or ...",
                                word.empty() ? std::string(line_.peek()) : word));
        } else {
            result.what = element_kind::word;
        }
    }

    line_cursor& line_;
    bool in_code_;
    int depth_ = 0;
};

// [APPENDUID $v $uid] or [READ-ONLY]?
imap_code_pattern parse_code(line_cursor& line) {
    imap_code_pattern code;
    const auto at = line.offset();
    line.take_octet('[');
    line.skip_spaces();
    pattern_reader reader(line, true);
    while (line.ok() && !line.rest().starts_with(']')) {
        if (line.at_end()) {
            line.fail_at(at, "found `[` without its `]`");
            return code;
        }
        code.items.push_back(reader.element());
    }
    line.take_octet(']');
    const bool named = !code.items.empty() && (code.items.front().what == element_kind::word ||
                                               code.items.front().what == element_kind::regex);
    if (line.ok() && !named) line.fail_at(at, "expected the name of a response code, as [APPENDUID $v $uid]");
    code.optional = line.take_octet('?');
    line.skip_spaces();
    return code;
}

// What may follow OK, NO, BAD, BYE, PREAUTH and +.
void parse_text(line_cursor& line, imap_response_pattern& pattern) {
    if (line.rest().starts_with('[')) pattern.code = parse_code(line);
    if (line.ok() && line.at_regex()) pattern.regex = line.regex();
    if (!at_pattern_end(line))
        line.fail_expected(
            "a response code as [TRYCREATE], ~regex~, `or`, `else warn`, `else info` or the end of "
            "the line");
}

const std::vector<std::string> tagged_conditions = {"OK", "NO", "BAD"};
const std::vector<std::string> untagged_conditions = {"OK", "NO", "BAD", "PREAUTH", "BYE"};

// "OK", "NO|BAD": all of them are conditions; otherwise nothing is read.
bool parse_conditions(line_cursor& line, const std::vector<std::string>& known,
                      imap_response_pattern& pattern) {
    std::vector<std::string> found;
    std::string_view rest = line.peek();
    while (true) {
        const auto word = rest.substr(0, rest.find('|'));
        if (std::ranges::find(known, word) == known.end()) return false;
        found.emplace_back(word);
        if (word.size() == rest.size()) break;
        rest.remove_prefix(word.size() + 1);
    }
    line.word();
    pattern.conditions = std::move(found);
    return true;
}

void parse_untagged(line_cursor& line, imap_response_pattern& pattern) {
    pattern.what = response_kind::untagged;
    if (parse_conditions(line, untagged_conditions, pattern)) return parse_text(line, pattern);
    pattern_reader reader(line, false);
    const auto at = line.offset();
    while (!at_pattern_end(line))
        pattern.data.push_back(reader.element());
    if (!line.ok()) return;
    if (pattern.data.empty())
        return line.fail_at(at, "the line ends too early, expected a response as `* 3 EXISTS` or `* OK`");
    if (pattern.data.front().what == element_kind::list || pattern.data.front().what == element_kind::rest)
        line.fail_at(at,
                     "expected the name of a response or a number first, as `* SEARCH ...` or `* # EXISTS`");
}

imap_response_pattern parse_response(line_cursor& line) {
    imap_response_pattern pattern;
    const auto before = line.rest();
    if (line.take("*")) {
        parse_untagged(line, pattern);
    } else if (line.take("+")) {
        pattern.what = response_kind::continuation;
        parse_text(line, pattern);
    } else if (parse_conditions(line, tagged_conditions, pattern)) {
        parse_text(line, pattern);
    } else {
        line.fail_expected("OK, NO, BAD, `* ...`, `+`, `close` or `silence 300ms`");
    }
    pattern.source = before.substr(0, before.size() - line.rest().size());
    while (pattern.source.ends_with(' '))
        pattern.source.pop_back();
    return pattern;
}

server_pattern parse_imap_pattern(line_cursor& line) {
    if (line.take("close")) return closed_pattern{};
    if (line.take("silence")) return silence_pattern{line.duration()};
    return parse_response(line);
}

bool wants_only_untagged(const expect_server& step) {
    return std::ranges::all_of(step.tiers, [](const outcome_tier& tier) {
        return std::ranges::all_of(tier.any_of, [](const server_pattern& pattern) {
            auto* response = std::get_if<imap_response_pattern>(&pattern);
            return response && response->what == response_kind::untagged;
        });
    });
}

void space_behind(line_cursor& line, std::string_view mark) {
    if (!line.at_end() && !line.take_octet(' ')) line.fail(fmt::format("expected a space after `{}`", mark));
}

} // namespace

step_body parse_send_command(line_cursor& line) {
    space_behind(line, "C:");
    send_command step{line.to_end()};
    if (line.ok() && step.text.source.empty())
        line.fail(
            "found an empty command, expected one without its tag, as `C: NOOP`; an empty line is sent by "
            "`C+:`");
    return step;
}

step_body parse_send_continuation(line_cursor& line) {
    space_behind(line, "C+:");
    return send_line{line.to_end()};
}

step_body parse_expect_imap(line_cursor& line) {
    space_behind(line, "S:");
    line.skip_spaces();
    const auto at = line.offset();
    std::optional<std::uint64_t> count;
    const bool then = line.take("then");
    if (!then && line.take("count")) count = line.number("a number, as `S: count 3 * _ FETCH ...`");
    auto step = parse_tiers(line, parse_imap_pattern);
    step.then = then;
    step.count = count;
    if (line.ok() && (then || count) && !wants_only_untagged(step))
        line.fail_at(
            at, fmt::format("found `{}` before something else than an untagged response, expected `{} * ...`",
                            then ? "then" : "count", then ? "then" : fmt::format("count {}", *count)));
    return step;
}

step_body parse_expect_no_response(line_cursor& line) {
    expect_no_response step;
    if (line.peek() != "*")
        line.fail_expected("an untagged response after `not`, as `not * # EXPUNGE`");
    else
        step.pattern = parse_response(line);
    line.expect_end("the pattern");
    return step;
}

step_body parse_expect_capabilities(line_cursor& line) {
    expect_capabilities step;
    do {
        line.skip_spaces();
        capability_check check;
        if (line.take("lacks"))
            check.lacks = true;
        else if (!line.take("has"))
            line.fail_expected(
                "`has NAME` or `lacks NAME`, as `expect capabilities has IDLE, lacks STARTTLS`");
        check.name = line.peek().substr(0, line.peek().find(','));
        line.skip(check.name.size());
        line.skip_spaces();
        // RFC 9051 §9: capability = ("AUTH=" auth-type) / atom
        if (line.ok() && (check.name.empty() || check.name.find_first_of("(){%*\"\\]") != check.name.npos))
            line.fail(fmt::format("found `{}`, expected a capability as it is announced: IDLE, AUTH=PLAIN",
                                  check.name));
        step.checks.push_back(std::move(check));
    } while (line.ok() && line.take_octet(','));
    line.expect_end("the capability");
    return step;
}

} // namespace mailspec::suite
