// See the header.
#include "harness/script/dsn_checks.hpp"

#include "harness/wire/enhanced_code.hpp"
#include "harness/wire/field_syntax.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <regex>

namespace mailspec::script {
namespace {

using part_kind = suite::expect_dsn_part::kind;
using returns = suite::expect_dsn_returns::what;

// RFC 3464 §2.1.1, §2.1.2: comments say nothing; types, actions and names of hosts are the same in any case,
// white space around the semicolon is nobody's. Addresses and envelope ids are compared octet for octet.
std::string canonical_value(const std::string& name, const std::string& value) {
    if (wire::same_word(name, "Original-Envelope-Id")) return value;
    if (wire::same_word(name, "Action")) return wire::lower(wire::without_comments(value));
    const bool mta = wire::upper(name).ends_with("-MTA") || wire::same_word(name, "DSN-Gateway");
    const bool typed = mta || wire::upper(name).ends_with("-RECIPIENT");
    if (!typed && !wire::same_word(name, "Diagnostic-Code")) return wire::without_comments(value);
    const auto parsed = wire::parse_typed_value(value);
    auto text =
        wire::same_word(name, "Diagnostic-Code") ? parsed.value : wire::without_comments(parsed.value);
    if (mta) text = wire::lower(text);
    if (typed && !mta)
        if (const auto at = text.rfind('@'); at != std::string::npos)
            text = text.substr(0, at) + wire::lower(text.substr(at));
    return parsed.type + ";" + text;
}

step_result check_dsn_value(const std::string& name, const std::string& value, const std::string& raw,
                            const suite::value_check& check, const match_context& context, bool of_dsn) {
    if (check.matches) {
        const auto expression = context.values.regex(*check.matches, context.place);
        if (!expression) return troubled(expression.error());
        const auto matches = context.patterns.found(*expression, value);
        if (!matches) return troubled(matches.error());
        return *matches ? holds()
                        : does_not_hold(fmt::format("{} that matches ~{}~", name, *expression), raw);
    }
    if (!check.equals) return holds();
    const auto wanted = context.values.octets(*check.equals, context.place);
    if (!wanted) return troubled(wanted.error());
    const auto text = std::string(wire::trimmed(*wanted));
    const bool same = of_dsn ? canonical_value(name, value) == canonical_value(name, text) : value == text;
    return same ? holds() : does_not_hold(fmt::format("{}: {}", name, text), raw);
}

step_result check_field(const found_dsn& found, const suite::expect_dsn_field& e,
                        const match_context& context) {
    const auto* group = e.per_message ? &found.report.about_message : found.about();
    if (!group) return does_not_hold("a group of recipient fields", found.report.status_text);
    const auto* field = group->find(e.name);
    if (e.absent) return field ? does_not_hold("no " + e.name + " field", field->raw) : holds();
    if (!field)
        return does_not_hold(
            fmt::format("a {} field in the {} fields", e.name, e.per_message ? "per-message" : "recipient's"),
            group->raw);
    if (e.type.empty()) return check_dsn_value(e.name, field->value, field->raw, e.value, context, true);
    const auto fits = wire::check_field_type(e.type, field->value);
    if (!fits) return troubled(fmt::format("no field has the type {}", e.type));
    if (*fits) return holds();
    return does_not_hold(fmt::format("{} as {}\nnot met: {} at octet {} of its value", e.name, e.type,
                                     fits->error().text, fits->error().offset + 1),
                         field->raw);
}

step_result either_way(bool there, bool negative, std::string what, std::string actual) {
    if (there != negative) return holds();
    return does_not_hold((negative ? "no " : "") + std::move(what), std::move(actual));
}

step_result check_header(const wire::mime_part& part, const suite::expect_dsn_part& e,
                         const match_context& context) {
    const auto inner = wire::parse_message(part.decoded());
    const auto& looked_at = is_of_enclosed(part, e.name) ? inner : part.content;
    const auto* field = looked_at.find(e.name);
    const auto what = fmt::format("{} field in part {}", e.name, e.part);
    if (!field) return either_way(false, e.negative, "a " + what, part.raw);
    auto r = check_dsn_value(e.name, field->value, field->raw, e.value, context, false);
    if (r.kind == step_result::what::trouble || !e.negative) return r;
    return r.held() ? does_not_hold("no such " + what, field->raw) : holds();
}

step_result check_part(const found_dsn& found, const suite::expect_dsn_part& e,
                       const match_context& context) {
    const auto* part = found.report.part(static_cast<std::size_t>(e.part));
    if (!part)
        return either_way(false, e.negative, fmt::format("part {} of the DSN", e.part),
                          fmt::format("it has {}", found.report.parts.size()));
    if (e.what == part_kind::type)
        return wire::same_word(part->type.type, e.name)
                   ? holds()
                   : does_not_hold(fmt::format("part {} of type {}", e.part, e.name), part->type.type);
    if (e.what == part_kind::header) return check_header(*part, e, context);
    const auto text = part->decoded();
    if (e.what == part_kind::contains) {
        const auto wanted = context.values.octets(*e.text, context.place);
        if (!wanted) return troubled(wanted.error());
        return either_way(text.find(*wanted) != std::string::npos, e.negative,
                          fmt::format("{} in part {}", wire::quoted(*wanted), e.part), text);
    }
    const auto expression = context.values.regex(*e.text, context.place);
    if (!expression) return troubled(expression.error());
    const auto matches = context.patterns.found(*expression, text);
    if (!matches) return troubled(matches.error());
    return either_way(*matches, e.negative, fmt::format("match of ~{}~ in part {}", *expression, e.part),
                      text);
}

const char* name_of(returns what) {
    switch (what) {
    case returns::message: return "the whole message";
    case returns::headers: return "the message's header only";
    case returns::nothing: return "nothing of the message";
    }
    return "";
}

step_result check_returns(const found_dsn& found, const suite::expect_dsn_returns& e) {
    const auto came = returned_of(found.report);
    if (came == e.wanted) return holds();
    const auto* part = found.report.returned();
    return does_not_hold(fmt::format("a DSN that returns {}", name_of(e.wanted)),
                         fmt::format("{}{}", name_of(came), part ? ":\n" + part->raw : ""));
}

// "5.1.1" in prose; not a piece of an address, a date or a version.
std::vector<std::string> codes_in(const std::string& text) {
    static const std::regex code(
        "(^|[^0-9.A-Za-z])([245]\\.[0-9]{1,3}\\.[0-9]{1,3})(?![0-9A-Za-z]|\\.[0-9])");
    std::vector<std::string> found;
    for (std::sregex_iterator at(text.begin(), text.end(), code), end; at != end; ++at)
        found.push_back((*at)[2]);
    return found;
}

step_result check_language_neutral(const found_dsn& found) {
    std::string known; // what the fields say: the only classes that the text may speak of
    for (const auto& group : found.report.recipients) {
        for (const char* name : {"Action", "Status"})
            if (!group.find(name))
                return does_not_hold(fmt::format("a {} field for each recipient", name), group.raw);
        const auto status = wire::without_comments(group.find("Status")->value);
        if (wire::enhanced_code_of(status) != status || status.empty())
            return does_not_hold("a Status that a program can read", group.find("Status")->raw);
        known += status[0];
        if (const auto* code = group.find("Diagnostic-Code"))
            for (const auto& word : codes_in(code->value))
                known += word[0];
    }
    if (found.report.recipients.empty())
        return does_not_hold("fields for each recipient", found.report.status_text);
    if (found.report.status == 0) return holds();
    const auto text = found.report.parts[0].decoded();
    for (const auto& code : codes_in(text))
        if (known.find(code[0]) == std::string::npos)
            return does_not_hold("a text that does not contradict the Status fields",
                                 "it says " + code + ":\n" + text);
    return holds();
}

} // namespace

std::string dsn_wanted::in_words() const {
    auto text = std::string("a DSN");
    if (!recipient.empty()) text += " for " + recipient;
    if (!action.empty()) text += " with Action: " + action;
    return text;
}

std::optional<std::size_t> group_wanted(const wire::dsn& report, const dsn_wanted& wanted) {
    for (std::size_t i = 0; i < report.recipients.size(); ++i) {
        const auto& group = report.recipients[i];
        if (!wanted.recipient.empty() && !group.names(wanted.recipient)) continue;
        if (!wanted.action.empty() && group.action() != wanted.action) continue;
        return i;
    }
    // A report without groups is about nobody, and still a report.
    if (report.recipients.empty() && wanted.recipient.empty() && wanted.action.empty()) return 0;
    return std::nullopt;
}

bool is_of_enclosed(const wire::mime_part& part, std::string_view field) {
    const bool encloses = part.type.type.starts_with("message/") || part.type.type == "text/rfc822-headers";
    return encloses && !wire::upper(field).starts_with("CONTENT-");
}

returns returned_of(const wire::dsn& report) {
    const auto* part = report.returned();
    if (!part) return returns::nothing;
    const auto& type = part->type.type;
    if (type == "text/rfc822-headers" || type == "message/global-headers") return returns::headers;
    // Some return the header as a message that has no body.
    return wire::parse_message(part->decoded()).body.empty() ? returns::headers : returns::message;
}

step_result check_dsn(const found_dsn& found, const suite::step_body& body, const match_context& context) {
    if (const auto* e = std::get_if<suite::expect_dsn_field>(&body)) return check_field(found, *e, context);
    if (const auto* e = std::get_if<suite::expect_dsn_part>(&body)) return check_part(found, *e, context);
    if (const auto* e = std::get_if<suite::expect_dsn_returns>(&body)) return check_returns(found, *e);
    if (const auto* e = std::get_if<suite::expect_dsn_recipients>(&body)) {
        const auto n = found.report.recipients.size();
        if (n == static_cast<std::size_t>(e->count)) return holds();
        return does_not_hold(
            fmt::format("{} group{} of recipient fields", e->count, e->count == 1 ? "" : "s"),
            fmt::format("{}:\n{}", n, found.report.status_text));
    }
    return check_language_neutral(found);
}

} // namespace mailspec::script
