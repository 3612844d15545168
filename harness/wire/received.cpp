// Clauses of Received fields; see received.hpp.
#include "harness/wire/received.hpp"

#include "harness/wire/field_reader.hpp"
#include "harness/wire/octets.hpp"

#include <algorithm>
#include <array>

namespace mailspec::wire {
namespace {

// RFC 5321 §4.4, and what IANA has registered besides: tls (RFC 8314 §4.3).
constexpr std::array clause_names = {"from", "by", "via", "with", "id", "for", "tls"};

// Words are separated by white space or comments; a quoted string, <...> and [...] belong to their word.
std::string_view take_word(std::string_view value, std::size_t& at) {
    const auto from = at;
    while (at < value.size() && !is_wsp(value[at]) && value[at] != '(' && value[at] != ';') {
        if (value[at] == '"') {
            field_reader quoted(value.substr(at));
            if (const auto text = quoted.quoted_string()) {
                at += text->size();
                continue;
            }
        }
        ++at;
    }
    return value.substr(from, at - from);
}

void append_word(std::string& to, std::string_view word) {
    if (!to.empty() && !word.empty()) to += ' ';
    to += word;
}

std::string lower_case(std::string_view word) {
    std::string result(word);
    for (char& c : result)
        if (is_upper(c)) c = static_cast<char>(c + 32);
    return result;
}

} // namespace

const received_clause* received_field::find(std::string_view name) const {
    const auto at = std::ranges::find(clauses, name, &received_clause::name);
    return at == clauses.end() ? nullptr : &*at;
}

received_field parse_received(std::string_view value) {
    received_field field;
    std::size_t at = 0;
    while (at < value.size()) {
        if (is_wsp(value[at])) {
            ++at;
        } else if (value[at] == ';') {
            field.date = trimmed(value.substr(at + 1)); // a later semicolon begins the date anew
            ++at;
            if (value.find(';', at) == std::string_view::npos) break;
        } else if (value[at] == '(') {
            field_reader comment(value.substr(at));
            comment.skip_comment();
            const auto text = trimmed(value.substr(at, comment.offset()));
            if (!field.clauses.empty()) append_word(field.clauses.back().text, text);
            at += std::max<std::size_t>(comment.offset(), 1);
        } else {
            const auto word = take_word(value, at);
            const auto name = lower_case(word);
            // A keyword opens a clause unless the clause before still waits for its value ("with id"?).
            const bool waits = !field.clauses.empty() && field.clauses.back().value.empty();
            if (!waits && std::ranges::find(clause_names, name) != clause_names.end()) {
                field.clauses.push_back({name, {}, {}});
            } else if (!field.clauses.empty()) {
                append_word(field.clauses.back().value, word);
                append_word(field.clauses.back().text, word);
            }
        }
    }
    return field;
}

} // namespace mailspec::wire
