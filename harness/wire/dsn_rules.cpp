// See the header. RFC 3464 §2, RFC 3461 §6 and §9, RFC 6522 §3, RFC 6533 §4, RFC 5321 §3.6.3.
#include "harness/wire/dsn_rules.hpp"

#include "harness/wire/domain.hpp"
#include "harness/wire/enhanced_code.hpp"
#include "harness/wire/field_syntax.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace mailspec::wire {
namespace {

constexpr std::size_t longest_line = 998; // without CRLF: RFC 5322 §2.1.1

constexpr std::array actions = {"failed", "delayed", "delivered", "relayed", "expanded"}; // RFC 3464 §2.3.3

// Fields of type ";" text (RFC 3464 §2.1.2), of the message and of a recipient.
constexpr std::array typed_of_message = {"Reporting-MTA", "DSN-Gateway", "Received-From-MTA"};
constexpr std::array typed_of_recipient = {"Original-Recipient", "Final-Recipient", "Remote-MTA",
                                           "Diagnostic-Code"};

bool is_atom(std::string_view text) { // RFC 822 §3.3, as RFC 3464 §2.1.3 takes it over
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return c > ' ' && c < 127 && std::string_view("()<>@,;:\\\".[]").find(c) == std::string_view::npos;
    });
}

// RFC 3464 §2.3.4: no leading zeros; RFC 3463 §2 has no other classes.
bool is_status_code(std::string_view text) {
    if (text.empty() || enhanced_code_of(text) != text) return false;
    for (auto dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.', dot + 1))
        if (text.substr(dot).starts_with(".0") && dot + 2 < text.size() && is_digit(text[dot + 2]))
            return false;
    return true;
}

// RFC 3461 §9.2: *( 3*DIGIT "-" *text ) 3*DIGIT SPACE *text
bool is_smtp_diagnostic(std::string_view text) {
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    return digits >= 3 && (digits == text.size() || text[digits] == ' ' || text[digits] == '-');
}

class dsn_judge {
  public:
    dsn_judge(const dsn& d, std::optional<std::string_view> reverse_path)
        : d_(d)
        , reverse_path_(reverse_path) {}

    dsn_judgement judge() {
        envelope();
        header();
        container();
        status_part();
        about_message();
        for (const auto& group : d_.recipients)
            about_recipient(group);
        return std::move(out_);
    }

  private:
    // The rule is held against something here; the text says what is wrong, if it is.
    void hold(std::string_view rule, bool good, std::string text) {
        out_.judged.set(index_of_rule(rule));
        if (!good) out_.found.push_back({std::string(rule), 0, std::move(text)});
    }

    void envelope() {
        const auto* first = d_.whole.find("Return-Path");
        if (!reverse_path_ && !first) return;
        const auto path =
            reverse_path_ ? "<" + std::string(*reverse_path_) + ">" : without_comments(first->value);
        hold("dsn-null-reverse-path", path == "<>", fmt::format("it came from {}, not from <>", shown(path)));
    }

    void header() {
        const auto& m = d_.whole;
        for (const char* name : {"Date", "From"})
            hold("dsn-header", m.count(name) == 1,
                 fmt::format("{} {} fields, expected one", m.count(name), name));
        for (const char* name :
             {"Sender", "Reply-To", "To", "Cc", "Message-ID", "Subject", "In-Reply-To", "References"})
            hold("dsn-header", m.count(name) <= 1,
                 fmt::format("{} {} fields, expected one at most", m.count(name), name));
        hold("dsn-message-id", m.count("Message-ID") > 0, "no Message-ID field");
        if (const auto* date = m.find("Date")) {
            const auto fits = check_date_time(date->value);
            hold("dsn-header", fits.has_value(),
                 fits ? "" : fmt::format("{} is no date-time: {}", shown(date->value), fits.error().text));
        }
        hold("dsn-mime-version",
             m.find("MIME-Version") && without_comments(m.find("MIME-Version")->value) == "1.0",
             "MIME-Version is not 1.0");
    }

    void container() {
        const auto* type = d_.type.parameter("report-type");
        hold("dsn-report-type",
             !d_.type.malformed && d_.type.type == "multipart/report" && type && is_report_type(*type),
             fmt::format("Content-Type: {}", shown(field_value("Content-Type"))));
        if (!d_.type.type.starts_with("multipart/")) return;
        hold("dsn-boundary", d_.closed, "the last part is not closed by --boundary--");
        hold("dsn-parts", d_.status == 1 && d_.parts.size() <= 3,
             fmt::format("the status is part {} of {}, expected part 2 of 2 or 3", d_.status + 1,
                         d_.parts.size()));
        if (const auto* returned = d_.returned(); returned && returned->type.type == "message/global-headers")
            hold("dsn-global-headers-charset", !returned->type.parameter("charset"),
                 "message/global-headers has a charset parameter");
        const auto human = d_.status > 0 ? std::string_view(d_.parts[0].raw) : std::string_view{};
        line_lengths(human);
        line_lengths(d_.status_part().raw);
    }

    // RFC 6522 §3: the subtype of the second part. RFC 6533 names none for its own, so both will do there.
    bool is_report_type(std::string_view type) const {
        return same_word(type, "delivery-status") ||
               (d_.is_global() && same_word(type, "global-delivery-status"));
    }

    void line_lengths(std::string_view text) {
        std::size_t longest = 0;
        while (!text.empty()) {
            const auto end = std::min(text.find("\r\n"), text.size());
            longest = std::max(longest, end);
            text.remove_prefix(std::min(end + 2, text.size()));
        }
        hold("dsn-line-too-long", longest <= longest_line, fmt::format("a line of {} octets", longest));
    }

    void status_part() {
        const auto& part = d_.status_part();
        if (!d_.is_global()) {
            const bool seven = std::ranges::none_of(part.raw, is_8bit);
            hold("dsn-status-encoding", part.encoding == "7bit" && seven,
                 seven ? fmt::format("Content-Transfer-Encoding: {}", shown(part.encoding))
                       : "an octet above 127 in it");
        }
        hold("dsn-groups", !d_.about_message.fields.fields.empty() && !d_.recipients.empty(),
             d_.recipients.empty() ? "no recipient's fields" : "it begins with a recipient's fields");
        for (const auto* group : groups())
            for (const auto& f : group->fields.fields)
                hold("dsn-groups", !f.name.empty(), fmt::format("a line that is no field: {}", shown(f.raw)));
        const auto doubled = d_.status_text.find("\r\n\r\n\r\n");
        const bool at_end = doubled != std::string::npos &&
                            trimmed_lines(std::string_view(d_.status_text).substr(doubled)).empty();
        hold("dsn-groups", doubled == std::string::npos || at_end,
             "more than one blank line between two groups");
    }

    void about_message() {
        const auto& group = d_.about_message;
        occurs_once(group);
        hold("dsn-reporting-mta", group.find("Reporting-MTA") != nullptr, "no Reporting-MTA field");
        typed(group, typed_of_message);
        mta_name(group, "Reporting-MTA");
        date(group, "Arrival-Date");
    }

    void about_recipient(const dsn_group& group) {
        occurs_once(group);
        const auto whose = shown(group.raw.substr(0, group.raw.find("\r\n")));
        hold("dsn-final-recipient", group.find("Final-Recipient") != nullptr,
             "no Final-Recipient field in the group of " + whose);
        const auto action = group.action();
        hold("dsn-action", std::ranges::find(actions, action) != actions.end(),
             action.empty() ? "no Action field in the group of " + whose
                            : fmt::format("Action: {} in the group of {}", shown(action), whose));
        status(group, action, whose);
        typed(group, typed_of_recipient);
        mta_name(group, "Remote-MTA");
        diagnostic(group);
        languages(group);
        date(group, "Last-Attempt-Date");
        date(group, "Will-Retry-Until");
        if (group.find("Will-Retry-Until"))
            hold("dsn-will-retry-until", action == "delayed",
                 fmt::format("Will-Retry-Until with Action: {}", shown(action)));
    }

    void status(const dsn_group& group, const std::string& action, const std::string& whose) {
        const auto* field = group.find("Status");
        hold("dsn-status", field != nullptr, "no Status field in the group of " + whose);
        if (!field) return;
        const auto code = without_comments(field->value);
        hold("dsn-status-code", is_status_code(code), fmt::format("Status: {}", shown(field->value)));
        if (!is_status_code(code)) return;
        // RFC 3464 §2.3.3: a failure may be of either class; what was relayed with loss keeps its code.
        const bool good = action == "failed"                              ? code[0] == '4' || code[0] == '5'
                          : action == "delayed"                           ? code[0] == '4'
                          : action == "delivered" || action == "expanded" ? code[0] == '2'
                                                                          : true;
        hold("dsn-status-class", good, fmt::format("Action: {} with Status: {}", action, code));
    }

    // RFC 6533 §4.1: only what is told in several languages comes more than once.
    void occurs_once(const dsn_group& group) {
        for (const auto& f : group.fields.fields)
            if (!f.name.empty() && !same_word(f.name, "Localized-Diagnostic") &&
                !upper(f.name).starts_with("X-"))
                hold("dsn-field-twice", group.fields.count(f.name) == 1,
                     fmt::format("{} occurs {} times in one group", f.name, group.fields.count(f.name)));
    }

    template <class Names>
    void typed(const dsn_group& group, const Names& names) {
        for (const char* name : names)
            if (const auto* field = group.find(name)) {
                const auto value = parse_typed_value(field->value);
                hold("dsn-field-type", is_atom(value.type) && !value.value.empty(),
                     fmt::format("{}: {}, expected a type, a semicolon and a value", name,
                                 shown(field->value)));
            }
    }

    void mta_name(const dsn_group& group, const char* name) {
        const auto* field = group.find(name);
        if (!field) return;
        const auto value = parse_typed_value(field->value);
        if (value.type != "dns") return;
        const auto host = without_comments(value.value);
        hold("dsn-mta-name", is_domain(host) || is_address_literal(host),
             fmt::format("{}: dns; {}", name, shown(host)));
    }

    void diagnostic(const dsn_group& group) {
        const auto* field = group.find("Diagnostic-Code");
        if (!field) return;
        const auto value = parse_typed_value(field->value);
        if (value.type == "smtp")
            hold("dsn-smtp-diagnostic", is_smtp_diagnostic(value.value),
                 fmt::format("Diagnostic-Code: {}, expected a reply of SMTP behind the semicolon",
                             shown(field->value)));
    }

    // RFC 6533 §4.1: Localized-Diagnostic: Language-Tag ";" text
    void languages(const dsn_group& group) {
        std::vector<std::string> tags;
        for (std::size_t n = 1; const auto* field = group.fields.find("Localized-Diagnostic", n); ++n) {
            const auto tag = parse_typed_value(field->value).type;
            hold("dsn-localized-diagnostic", !tag.empty() && std::ranges::find(tags, tag) == tags.end(),
                 fmt::format("Localized-Diagnostic: {}", shown(field->value)));
            tags.push_back(tag);
        }
    }

    void date(const dsn_group& group, const char* name) {
        const auto* field = group.find(name);
        if (!field) return;
        const auto fits = check_date_time(field->value);
        hold("dsn-date", fits.has_value(),
             fits ? ""
                  : fmt::format("{}: {} is no date-time: {}", name, shown(field->value), fits.error().text));
    }

    std::vector<const dsn_group*> groups() const {
        std::vector<const dsn_group*> all{&d_.about_message};
        for (const auto& group : d_.recipients)
            all.push_back(&group);
        return all;
    }
    std::string field_value(const char* name) const {
        const auto* field = d_.whole.find(name);
        return field ? field->value : std::string{};
    }
    static std::string_view trimmed_lines(std::string_view text) {
        const auto first = text.find_first_not_of("\r\n \t");
        return first == std::string_view::npos ? std::string_view{} : text.substr(first);
    }

    const dsn& d_;
    std::optional<std::string_view> reverse_path_;
    dsn_judgement out_;
};

} // namespace

dsn_judgement judge_dsn(const dsn& d, std::optional<std::string_view> reverse_path) {
    return dsn_judge(d, reverse_path).judge();
}

} // namespace mailspec::wire
