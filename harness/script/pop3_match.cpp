// Matching POP3 responses; see pop3_match.hpp and docs/suite-mailboxes.md, "POP3".
#include "harness/script/pop3_match.hpp"

#include "harness/wire/octets.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace mailspec::script {
namespace {

using check_kind = suite::pop3_check::kind;
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
    case check_kind::text: return "~" + text + "~";
    case check_kind::any: return "any ~" + text + "~";
    case check_kind::each: return "each ~" + text + "~";
    case check_kind::lines: return fmt::format("lines {}{}", check.lines, check.or_more ? "+" : "");
    case check_kind::has: return "has " + check.keyword + (text.empty() ? "" : " " + text);
    case check_kind::lacks: return "lacks " + check.keyword + (text.empty() ? "" : " " + text);
    case check_kind::param: return fmt::format("param {} ~{}~", check.keyword, text);
    case check_kind::content: return fmt::format("content \"{}\"", text);
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
        case check_kind::text: return regex(c, response_.text, "its text");
        case check_kind::any: return any_line(c);
        case check_kind::each: return each_line(c);
        case check_kind::lines: return count(c);
        case check_kind::content: return content(c);
        case check_kind::has:
        case check_kind::lacks:
        case check_kind::param: break;
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

    unmet capability(const suite::pop3_check& c) {
        const auto offered = wire::pop3_capabilities_of(response_);
        const auto found = std::ranges::find(offered, c.keyword, &wire::pop3_capability::keyword);
        const bool there = found != offered.end();
        if (c.what == check_kind::param) {
            if (!there) return c.keyword + " is not listed";
            return regex(c, found->parameters, "the parameter of " + c.keyword);
        }
        const auto wanted = c.text ? context_.values.octets(*c.text, context_.place) : expanded_text("");
        if (!wanted) return std::unexpected(wanted.error());
        std::string missing; // the first of the words that is not among the parameters
        std::string_view rest = *wanted;
        while (there && !rest.empty() && missing.empty()) {
            const auto word = rest.substr(0, rest.find(' '));
            rest.remove_prefix(std::min(rest.size(), word.size() + 1));
            const auto padded = " " + wire::upper(found->parameters) + " ";
            if (padded.find(" " + wire::upper(word) + " ") == padded.npos) missing = word;
        }
        if (c.what == check_kind::lacks)
            return there && missing.empty() ? describe_listed(c.keyword, *wanted) : std::string();
        if (!there) return c.keyword + " is not listed";
        return missing.empty() ? std::string() : fmt::format("{} is listed without {}", c.keyword, missing);
    }

    static std::string describe_listed(const std::string& keyword, const std::string& parameter) {
        return keyword + (parameter.empty() ? "" : " " + parameter) + " is listed";
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
