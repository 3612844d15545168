// Matching replies; see reply_match.hpp and docs/suite-language.md, "Expecting".
#include "harness/script/reply_match.hpp"

#include "harness/script/pop3_match.hpp"
#include "harness/wire/enhanced_code.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace mailspec::script {
namespace {

using reply_check_kind = suite::reply_check::kind;

std::string in_tildes(const std::string& expression) {
    return '~' + expression + '~';
}

std::string describe(const suite::reply_check& check) {
    const std::string text = check.text ? check.text->source : std::string();
    switch (check.what) {
    case reply_check_kind::any_line: return in_tildes(text);
    case reply_check_kind::each_line: return "each " + in_tildes(text);
    case reply_check_kind::first_line: return "first " + in_tildes(text);
    case reply_check_kind::lines: return fmt::format("lines {}{}", check.lines, check.or_more ? "+" : "");
    case reply_check_kind::has: return "has " + check.keyword + (text.empty() ? "" : " " + text);
    case reply_check_kind::bare: return "bare " + check.keyword;
    case reply_check_kind::lacks: return "lacks " + check.keyword;
    case reply_check_kind::param: return fmt::format("param {} {}", check.keyword, in_tildes(text));
    }
    return {};
}

// "250 Ok" matches on its text, "Ok".
unmet match_lines(const suite::reply_check& check, const wire::smtp_reply& reply,
                  const match_context& context) {
    const auto expression = context.values.regex(*check.text, context.place);
    if (!expression) return std::unexpected(expression.error());
    const std::size_t until = check.what == reply_check_kind::first_line ? 1 : reply.lines.size();
    for (std::size_t i = 0; i < until; ++i) {
        const auto found = context.patterns.found(*expression, reply.lines[i]);
        if (!found) return std::unexpected(found.error());
        if (*found && check.what == reply_check_kind::any_line) return std::string();
        if (!*found && check.what == reply_check_kind::each_line)
            return fmt::format("line {} does not match ~{}~", i + 1, *expression);
        if (!*found && check.what == reply_check_kind::first_line)
            return fmt::format("the first line does not match ~{}~", *expression);
    }
    if (check.what == reply_check_kind::any_line) return fmt::format("no line matches ~{}~", *expression);
    return std::string();
}

unmet match_parameters(const suite::reply_check& check, const wire::capability& found,
                       const match_context& context) {
    const auto expression = context.values.regex(*check.text, context.place);
    if (!expression) return std::unexpected(expression.error());
    const auto matches = context.patterns.found(*expression, found.parameters);
    if (!matches) return std::unexpected(matches.error());
    if (*matches) return std::string();
    return fmt::format("the parameters of {}, {}, do not match ~{}~", check.keyword,
                       wire::quoted(found.parameters), *expression);
}

unmet match_capability(const suite::reply_check& check, const wire::smtp_reply& reply,
                       const match_context& context) {
    const auto offered = wire::capabilities_of(reply);
    const auto* found = offered.find(check.keyword);
    if (check.what == reply_check_kind::lacks)
        return found ? fmt::format("{} is listed", check.keyword) : std::string();
    if (!found) return fmt::format("{} is not listed", check.keyword);
    if (check.what == reply_check_kind::bare)
        return found->parameters.empty()
                   ? std::string()
                   : fmt::format("{} has the parameters {}", check.keyword, wire::quoted(found->parameters));
    if (check.what == reply_check_kind::param) return match_parameters(check, *found, context);
    if (!check.text) return std::string();
    const auto wanted = context.values.octets(*check.text, context.place);
    if (!wanted) return std::unexpected(wanted.error());
    std::string_view rest = *wanted;
    while (!rest.empty()) {
        const auto word = rest.substr(0, rest.find(' '));
        rest.remove_prefix(std::min(rest.size(), word.size() + 1));
        if (!word.empty() && !offered.has(check.keyword, word))
            return fmt::format("{} is listed without {}", check.keyword, word);
    }
    return std::string();
}

unmet match_check(const suite::reply_check& check, const wire::smtp_reply& reply,
                  const match_context& context) {
    switch (check.what) {
    case reply_check_kind::any_line:
    case reply_check_kind::each_line:
    case reply_check_kind::first_line: return match_lines(check, reply, context);
    case reply_check_kind::lines: {
        const auto count = static_cast<int>(reply.lines.size());
        const bool fits = check.or_more ? count >= check.lines : count == check.lines;
        return fits ? std::string() : fmt::format("it has {} line{}", count, count == 1 ? "" : "s");
    }
    default: return match_capability(check, reply, context);
    }
}

std::string match_enhanced(const suite::reply_pattern& pattern, const wire::smtp_reply& reply,
                           const match_context& context) {
    const bool offered = context.place.capabilities && context.place.capabilities->has("ENHANCEDSTATUSCODES");
    if (pattern.enhanced.empty() || (pattern.enhanced_if_offered && !offered)) return {};
    for (std::size_t i = 0; i < reply.lines.size(); ++i) {
        if (wire::enhanced_code_is(reply.enhanced[i], pattern.enhanced)) continue;
        const auto found =
            reply.enhanced[i].empty() ? "no enhanced code" : "the enhanced code " + reply.enhanced[i];
        return reply.lines.size() == 1 ? fmt::format("it has {}", found)
                                       : fmt::format("line {} has {}", i + 1, found);
    }
    return {};
}

} // namespace

unmet match_reply(const suite::reply_pattern& pattern, const wire::smtp_reply& reply,
                  const match_context& context) {
    if (std::ranges::none_of(pattern.codes, [&](const auto& code) { return reply.is(code); }))
        return std::string(something_else);
    if (auto why = match_enhanced(pattern, reply, context); !why.empty()) return why;
    for (const auto& check : pattern.checks) {
        auto why = match_check(check, reply, context);
        if (!why || !why->empty()) return why;
    }
    return std::string();
}

unmet match(const suite::server_pattern& pattern, const server_event& event, const match_context& context) {
    using what = server_event::what;
    if (std::holds_alternative<suite::closed_pattern>(pattern)) {
        // Any end will do, FIN or RST; octets before it will not.
        const bool ended = event.kind == what::closed || event.kind == what::reset;
        return std::string(ended ? "" : something_else);
    }
    if (std::holds_alternative<suite::silence_pattern>(pattern))
        return std::string(event.kind == what::silence && event.raw.empty() ? "" : something_else);
    if (const auto* pop3 = std::get_if<suite::pop3_pattern>(&pattern))
        return event.pop3 ? match_pop3(*pop3, *event.pop3, context) : std::string(something_else);
    if (event.kind != what::reply || std::holds_alternative<suite::imap_response_pattern>(pattern))
        return std::string(something_else);
    return match_reply(std::get<suite::reply_pattern>(pattern), event.reply, context);
}

std::string describe(std::chrono::milliseconds duration) {
    const auto ms = duration.count();
    return ms % 1000 == 0 ? fmt::format("{} s", ms / 1000) : fmt::format("{} ms", ms);
}

std::string times(std::size_t n) {
    return n == 1 ? "once" : fmt::format("{} times", n);
}

std::string describe(const suite::server_pattern& pattern) {
    if (std::holds_alternative<suite::closed_pattern>(pattern)) return "close";
    if (const auto* silence = std::get_if<suite::silence_pattern>(&pattern))
        return "silence " + describe(silence->duration);
    if (const auto* pop3 = std::get_if<suite::pop3_pattern>(&pattern)) return describe(*pop3);
    if (const auto* imap = std::get_if<suite::imap_response_pattern>(&pattern)) return imap->source;
    const auto& reply = std::get<suite::reply_pattern>(pattern);
    auto text = fmt::format("{}", fmt::join(reply.codes, "|"));
    if (!reply.enhanced.empty()) text += " " + reply.enhanced + (reply.enhanced_if_offered ? "?" : "");
    for (std::size_t i = 0; i < reply.checks.size(); ++i)
        text += (i == 0 ? " " : ", ") + describe(reply.checks[i]);
    return text;
}

std::string describe(const suite::outcome_tier& tier) {
    std::string text;
    for (const auto& pattern : tier.any_of)
        text += (text.empty() ? "" : " or ") + describe(pattern);
    return text;
}

} // namespace mailspec::script
