// Checks on delivered messages; see message_checks.hpp and docs/suite-language.md, "Delivered mail".
#include "harness/script/message_checks.hpp"

#include "harness/wire/field_syntax.hpp"
#include "harness/wire/mime.hpp"
#include "harness/wire/octets.hpp"
#include "harness/wire/received.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace mailspec::script {
namespace {

using header_kind = suite::expect_header::kind;
using body_kind = suite::body_check::kind;

step_result check_field_value(const wire::header_field& field, const suite::expect_header& e,
                              const match_context& context) {
    if (e.what == header_kind::is_type) {
        const auto fits = wire::check_field_type(e.type, field.value);
        if (!fits) return troubled(fmt::format("no header field has the type {}", e.type));
        if (*fits) return holds();
        const auto& error = fits->error();
        return does_not_hold(fmt::format("{} as {}\nnot met: {} at octet {} of its value", e.name, e.type,
                                         error.text, error.offset + 1),
                             field.raw);
    }
    const bool regex = e.what == header_kind::matches;
    const auto wanted =
        regex ? context.values.regex(*e.text, context.place) : context.values.octets(*e.text, context.place);
    if (!wanted) return troubled(wanted.error());
    if (regex) {
        const auto found = context.patterns.found(*wanted, field.value);
        if (!found) return troubled(found.error());
        return *found ? holds()
                      : does_not_hold(fmt::format("{} that matches ~{}~", e.name, *wanted), field.raw);
    }
    if (field.value == wire::trimmed(*wanted)) return holds();
    return does_not_hold(fmt::format("{}: {}", e.name, *wanted), field.raw);
}

// Domains and keywords match in any case, a local part does not; RFC 5321 §4.4 lets `for` be Path or Mailbox.
bool same_clause_value(const std::string& clause, std::string_view found, std::string_view wanted) {
    const auto bare = [](std::string_view path) {
        return path.starts_with('<') && path.ends_with('>') ? path.substr(1, path.size() - 2) : path;
    };
    if (clause == "for") return bare(found) == bare(wanted);
    if (clause == "id") return found == wanted;
    return wire::same_word(found, wanted);
}

step_result check_clause(const std::string& raw, const wire::received_clause& found,
                         const suite::expect_received& e, const match_context& context) {
    if (e.regex) { // comments included: the address of the peer stands in one
        const auto expression = context.values.regex(*e.regex, context.place);
        if (!expression) return troubled(expression.error());
        const auto matches = context.patterns.found(*expression, found.text);
        if (!matches) return troubled(matches.error());
        if (*matches) return holds();
        return does_not_hold(
            fmt::format("Received with a clause \"{}\" that matches ~{}~", e.clause, *expression), raw);
    }
    std::string wanted;
    for (const auto& text : e.any_of) {
        const auto value = context.values.octets(text, context.place);
        if (!value) return troubled(value.error());
        if (same_clause_value(e.clause, found.value, *value)) return holds();
        wanted += (wanted.empty() ? "" : "|") + *value;
    }
    if (e.any_of.empty()) return holds(); // the clause is there
    return does_not_hold(fmt::format("Received with the clause \"{} {}\"", e.clause, wanted), raw);
}

} // namespace

field_place field_place_of(const std::string& name) {
    const auto open = name.find('[');
    if (open == std::string::npos || !name.ends_with(']')) return {name, 1};
    std::size_t nth = 0;
    std::from_chars(name.data() + open + 1, name.data() + name.size() - 1, nth);
    return {name.substr(0, open), nth == 0 ? 1 : nth};
}

step_result check_header(const wire::message& m, const suite::expect_header& e,
                         const match_context& context) {
    const auto place = field_place_of(e.name);
    const auto* field = m.find(place.name, place.nth);
    switch (e.what) {
    case header_kind::absent: return field ? does_not_hold("no " + e.name + " field", field->raw) : holds();
    case header_kind::count: {
        const auto n = m.count(e.name);
        if (n == static_cast<std::size_t>(e.count)) return holds();
        return does_not_hold(fmt::format("the {} field {}", e.name, times(static_cast<std::size_t>(e.count))),
                             n == 0 ? "none" : times(n));
    }
    case header_kind::first:
        if (!m.fields.empty() && wire::same_word(m.fields.front().name, e.name)) return holds();
        return does_not_hold(fmt::format("{} as the first field", e.name),
                             m.fields.empty() ? "a message without a header" : m.fields.front().raw);
    case header_kind::present: return field ? holds() : does_not_hold("a " + e.name + " field", "none");
    default:
        if (!field) return does_not_hold("a " + e.name + " field", "none");
        return check_field_value(*field, e, context);
    }
}

step_result check_received(const wire::message& m, const suite::expect_received& e,
                           const match_context& context) {
    const auto* field = m.find("Received");
    if (!field) {
        if (e.negative) return holds();
        return does_not_hold(fmt::format("a Received field with a clause \"{}\"", e.clause),
                             "no Received field");
    }
    const auto received = wire::parse_received(field->value);
    const auto* clause = received.find(e.clause);
    if (e.negative)
        return clause ? does_not_hold(fmt::format("Received without a clause \"{}\"", e.clause), field->raw)
                      : holds();
    if (!clause) return does_not_hold(fmt::format("Received with a clause \"{}\"", e.clause), field->raw);
    return check_clause(field->raw, *clause, e, context);
}

step_result check_body(const wire::message& m, const suite::body_check& e, const match_context& context) {
    const auto body = e.decoded ? wire::decoded_body(m) : m.body;
    if (e.what == body_kind::length) {
        if (body.size() == e.length) return holds();
        return does_not_hold(fmt::format("a body of {} octets", e.length),
                             fmt::format("{} octets", body.size()));
    }
    const bool regex = e.what == body_kind::matches;
    const auto wanted =
        regex ? context.values.regex(*e.text, context.place) : context.values.octets(*e.text, context.place);
    if (!wanted) return troubled(wanted.error());
    if (regex) {
        const auto found = context.patterns.found(*wanted, body);
        if (!found) return troubled(found.error());
        return *found ? holds() : does_not_hold(fmt::format("a body that matches ~{}~", *wanted), body);
    }
    if (e.what == body_kind::contains) {
        if (body.find(*wanted) != std::string::npos) return holds();
        return does_not_hold("a body with " + wire::quoted(*wanted) + " in it", body);
    }
    if (body == *wanted) return holds();
    const auto at = std::ranges::mismatch(body, *wanted).in1 - body.begin();
    return does_not_hold(
        fmt::format("the body {}\nnot met: it differs from octet {} on", wire::quoted(*wanted), at + 1),
        body);
}

bool asks_for_nul(const suite::body_check& e, const match_context& context) {
    if (!e.text || e.what == body_kind::matches) return false;
    const auto wanted = context.values.octets(*e.text, context.place);
    return wanted && wanted->contains('\0');
}

} // namespace mailspec::script
