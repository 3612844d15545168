// One overload for each step that carries text; a step without any has the last one. A new step with
// text that is forgotten here would keep its placeholders unchecked: add it with the step. Looks
// into no block.
#include "harness/suite/step_templates.hpp"

namespace mailspec::suite {

namespace {

using visitor = std::function<void(const text_template&)>;

void maybe(const std::optional<text_template>& text, const visitor& visit) {
    if (text) visit(*text);
}

void texts(const send_line& s, const visitor& visit) {
    visit(s.text);
}
void texts(const send_raw& s, const visitor& visit) {
    visit(s.text);
}
void texts(const send_generated& s, const visitor& visit) {
    if (auto* count = std::get_if<text_template>(&s.count)) visit(*count);
    visit(s.text);
}
void texts(const open_connection& s, const visitor& visit) {
    maybe(s.tls.server_name, visit);
}
void texts(const start_tls& s, const visitor& visit) {
    maybe(s.request.server_name, visit);
}
void texts(const send_command& s, const visitor& visit) {
    visit(s.text);
}
void texts(const std::vector<imap_pattern>& elements, const visitor& visit) {
    using kind = imap_pattern::kind;
    for (auto& element : elements) {
        if (element.what == kind::word || element.what == kind::string || element.what == kind::regex)
            visit(element.text);
        texts(element.items, visit);
    }
}
void texts(const imap_response_pattern& s, const visitor& visit) {
    if (s.code) texts(s.code->items, visit);
    maybe(s.regex, visit);
    texts(s.data, visit);
}
void texts(const expect_no_response& s, const visitor& visit) {
    texts(s.pattern, visit);
}
void texts(const server_pattern& pattern, const visitor& visit) {
    if (auto* response = std::get_if<imap_response_pattern>(&pattern)) texts(*response, visit);
    if (auto* response = std::get_if<pop3_pattern>(&pattern))
        for (auto& check : response->checks)
            maybe(check.text, visit);
    if (auto* reply = std::get_if<reply_pattern>(&pattern))
        for (auto& check : reply->checks)
            maybe(check.text, visit);
}
void texts(const expect_server& s, const visitor& visit) {
    for (auto& tier : s.tiers)
        for (auto& pattern : tier.any_of)
            texts(pattern, visit);
}
void texts(const expect_delivered& s, const visitor& visit) {
    maybe(s.recipient, visit);
}
void texts(const expect_header& s, const visitor& visit) {
    maybe(s.text, visit);
}
void texts(const expect_received& s, const visitor& visit) {
    for (auto& value : s.any_of)
        visit(value);
    maybe(s.regex, visit);
}
void texts(const expect_body& s, const visitor& visit) {
    maybe(s.text, visit);
}
void texts(const value_check& value, const visitor& visit) {
    maybe(value.equals, visit);
    maybe(value.matches, visit);
}
void texts(const expect_envelope& s, const visitor& visit) {
    for (auto& address : s.addresses)
        visit(address);
}
void texts(const expect_parameter& s, const visitor& visit) {
    maybe(s.recipient, visit);
    texts(s.value, visit);
}
void texts(const expect_command& s, const visitor& visit) {
    texts(s.argument, visit);
}
void texts(const expect_host_tls& s, const visitor& visit) {
    maybe(s.server_name, visit);
}
void texts(const expect_octets& s, const visitor& visit) {
    visit(s.regex);
}
void texts(const expect_wire_body& s, const visitor& visit) {
    maybe(s.text, visit);
}
void texts(const expect_client& s, const visitor& visit) {
    maybe(s.text, visit);
}
void texts(const expect_query& s, const visitor& visit) {
    visit(s.name);
}
void texts(const expect_dsn& s, const visitor& visit) {
    maybe(s.recipient, visit);
}
void texts(const expect_dsn_field& s, const visitor& visit) {
    texts(s.value, visit);
}
void texts(const expect_dsn_part& s, const visitor& visit) {
    texts(s.value, visit);
    maybe(s.text, visit);
}
void texts(const fragment_block& s, const visitor& visit) {
    for (auto& [name, value] : s.values)
        visit(value);
}
template <typename Other>
void texts(const Other&, const visitor&) {}

using name_visitor = std::function<void(const std::string&)>;

void bound_in(const std::vector<imap_pattern>& elements, const name_visitor& visit) {
    for (auto& element : elements) {
        if (element.what == imap_pattern::kind::variable) visit(element.name);
        bound_in(element.items, visit);
    }
}

// A group's name is a word of the regex itself, so it stands in its source.
void bound_in(const text_template& text, const name_visitor& visit) {
    constexpr std::string_view opening = "(?<";
    for (auto at = text.source.find(opening); at != std::string::npos; at = text.source.find(opening, at)) {
        at += opening.size();
        const auto end = text.source.find('>', at);
        if (end == std::string::npos) return;
        visit(text.source.substr(at, end - at));
    }
}

} // namespace

void for_each_template(const step_body& body, const visitor& visit) {
    std::visit([&](const auto& s) { texts(s, visit); }, body);
}

void for_each_bound_name(const step_body& body, const std::function<void(const std::string&)>& visit) {
    for_each_template(body, [&](const text_template& text) { bound_in(text, visit); });
    const auto* expected = std::get_if<expect_server>(&body);
    if (!expected) return;
    for (auto& tier : expected->tiers)
        for (auto& pattern : tier.any_of)
            if (auto* response = std::get_if<imap_response_pattern>(&pattern)) {
                if (response->code) bound_in(response->code->items, visit);
                bound_in(response->data, visit);
            }
}

} // namespace mailspec::suite
