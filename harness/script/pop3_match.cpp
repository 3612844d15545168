// Matching POP3 responses; see pop3_match.hpp and docs/suite-mailboxes.md, "POP3".
#include "harness/script/pop3_match.hpp"

#include "harness/wire/octets.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace mailspec::script {
namespace {

using pop3_check_kind = suite::pop3_check::kind;
using status = wire::pop3_response::kind;

const char* status_word(status s) {
    switch (s) {
    case status::ok: return "+OK";
    case status::err: return "-ERR";
    case status::continuation: break;
    }
    return "+";
}

std::string describe(const suite::pop3_check& check) {
    const std::string text = check.text ? check.text->source : std::string();
    switch (check.what) {
    case pop3_check_kind::text: return "~" + text + "~";
    case pop3_check_kind::any: return "any ~" + text + "~";
    case pop3_check_kind::each: return "each ~" + text + "~";
    case pop3_check_kind::lines: return fmt::format("lines {}{}", check.lines, check.or_more ? "+" : "");
    case pop3_check_kind::has: return "has " + check.keyword + (text.empty() ? "" : " " + text);
    case pop3_check_kind::lacks: return "lacks " + check.keyword + (text.empty() ? "" : " " + text);
    case pop3_check_kind::param: return fmt::format("param {} ~{}~", check.keyword, text);
    case pop3_check_kind::content: return fmt::format("content \"{}\"", text);
    }
    return {};
}

class matcher {
  public:
    matcher(const wire::pop3_response& response, const match_context& context)
        : response_(response)
        , context_(context) {}

    unmet check(const suite::pop3_check& c) {
        switch (c.what) {
        case pop3_check_kind::text: return regex(c, response_.text, "its text");
        case pop3_check_kind::any: return any_line(c);
        case pop3_check_kind::each: return each_line(c);
        case pop3_check_kind::lines: return count(c);
        case pop3_check_kind::content: return content(c);
        case pop3_check_kind::has:
        case pop3_check_kind::lacks:
        case pop3_check_kind::param: break;
        }
        return capability(c);
    }

    expansion::names bound;

  private:
    unmet regex(const suite::pop3_check& c, std::string_view text, std::string_view what) {
        const auto expression = context_.values.regex(*c.text, context_.place);
        if (!expression) return std::unexpected(expression.error());
        const auto found = context_.patterns.captured(*expression, text, bound);
        if (!found) return std::unexpected(found.error());
        if (*found) return std::string();
        return fmt::format("{}, {}, does not match ~{}~", what, wire::quoted(text), *expression);
    }

    unmet any_line(const suite::pop3_check& c) {
        std::string why = "no lines follow";
        for (const auto& line : response_.lines) {
            auto left = regex(c, line, "");
            if (!left || left->empty()) return left;
            const auto expression = context_.values.regex(*c.text, context_.place);
            why = fmt::format("no line that follows matches ~{}~", *expression);
        }
        return why;
    }

    unmet each_line(const suite::pop3_check& c) {
        if (response_.lines.empty()) return "no lines follow"; // of none nothing is shown
        for (std::size_t i = 0; i < response_.lines.size(); ++i) {
            auto left = regex(c, response_.lines[i], fmt::format("line {} behind the first", i + 1));
            if (!left || !left->empty()) return left;
        }
        return std::string();
    }

    unmet count(const suite::pop3_check& c) const {
        const auto lines = static_cast<int>(response_.lines.size());
        if (c.or_more ? lines >= c.lines : lines == c.lines) return std::string();
        return fmt::format("{} line{} follow{}", lines, lines == 1 ? "" : "s", lines == 1 ? "s" : "");
    }

    unmet content(const suite::pop3_check& c) const {
        const auto wanted = context_.values.octets(*c.text, context_.place);
        if (!wanted) return std::unexpected(wanted.error());
        const auto& got = response_.content;
        if (got == *wanted) return std::string();
        const auto differs = static_cast<std::size_t>(std::ranges::mismatch(got, *wanted).in1 - got.begin());
        const auto line =
            1 + std::count(got.begin(), got.begin() + static_cast<std::ptrdiff_t>(differs), '\n');
        return fmt::format(
            "the content has {} octets of {}, and differs at octet {} (line {}): {} in place of {}",
            got.size(), wanted->size(), differs, line, wire::quoted(got.substr(differs), 40),
            wire::quoted(wanted->substr(std::min(differs, wanted->size())), 40));
    }

    // A keyword may be listed twice, with other parameters; the most telling line is the last.
    unmet capability(const suite::pop3_check& c) {
        const auto wanted = c.text && c.what != pop3_check_kind::param
                                ? context_.values.octets(*c.text, context_.place)
                                : expanded_text("");
        if (!wanted) return std::unexpected(wanted.error());
        std::string why = c.keyword + " is not listed";
        for (const auto& offered : wire::pop3_capabilities_of(response_)) {
            if (!wire::same_word(offered.keyword, c.keyword)) continue;
            if (c.what == pop3_check_kind::param) {
                auto left = regex(c, offered.parameters, "the parameter of " + c.keyword);
                if (!left || left->empty()) return left;
                why = std::move(*left);
                continue;
            }
            const auto missing = missing_from(offered.parameters, *wanted);
            if (missing.empty())
                return c.what == pop3_check_kind::lacks ? described(c.keyword, *wanted) + " is listed"
                                                        : std::string();
            why = fmt::format("{} is listed without {}", c.keyword, missing);
        }
        return c.what == pop3_check_kind::lacks ? std::string() : why;
    }

    // The first of the words that is not among the parameters; empty: all are.
    static std::string missing_from(std::string_view parameters, std::string_view words) {
        const auto padded = " " + wire::upper(parameters) + " ";
        while (!words.empty()) {
            const auto word = wire::first_word(words);
            words.remove_prefix(std::min(words.size(), word.size() + 1));
            if (padded.find(" " + wire::upper(word) + " ") == padded.npos) return std::string(word);
        }
        return {};
    }

    static std::string described(const std::string& keyword, const std::string& parameter) {
        return keyword + (parameter.empty() ? "" : " " + parameter);
    }

    const wire::pop3_response& response_;
    const match_context& context_;
};

} // namespace

unmet match_pop3(const suite::pop3_pattern& pattern, const wire::pop3_response& response,
                 const match_context& context) {
    if (std::ranges::find(pattern.statuses, status_word(response.what)) == pattern.statuses.end())
        return std::string(something_else);
    const bool code_fits = pattern.code.empty() || response.code == pattern.code ||
                           (pattern.code_optional && response.code.empty());
    if (!code_fits)
        return response.code.empty() ? "it has no response code"
                                     : fmt::format("it has the response code [{}]", response.code);
    matcher m(response, context);
    for (const auto& check : pattern.checks) {
        auto why = m.check(check);
        if (!why || !why->empty()) return why;
    }
    if (context.bound)
        for (auto& [name, value] : m.bound)
            (*context.bound)[name] = std::move(value);
    return std::string();
}

std::string describe(const suite::pop3_pattern& pattern) {
    auto text = fmt::format("{}", fmt::join(pattern.statuses, "|"));
    if (!pattern.code.empty()) text += fmt::format(" [{}]{}", pattern.code, pattern.code_optional ? "?" : "");
    for (std::size_t i = 0; i < pattern.checks.size(); ++i)
        text += (i == 0 ? " " : ", ") + describe(pattern.checks[i]);
    return text;
}

} // namespace mailspec::script
