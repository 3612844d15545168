// The remembered text is a list of sized fields: the number of the day or nothing, the signs of fields that
// are too long to be in it, and each other field as its sign and its text.
#include "reference/imap/searched_fields.hpp"

#include "reference/imap/sized_fields.hpp"
#include "reference/message/date_time.hpp"
#include "reference/message/header_fields.hpp"
#include "reference/message/mailbox.hpp"

#include <charconv>
#include <utility>

namespace refmail::imap {

namespace {

constexpr std::string_view aspect = "searching-1";

// Those with a search key of their own (RFC 9051 §6.4.4), and those by which programs find messages again.
constexpr std::pair<std::string_view, char> signs[] = {
    {"Bcc", 'b'},         {"Cc", 'c'},      {"Date", 'd'},       {"From", 'f'},
    {"In-Reply-To", 'i'}, {"List-Id", 'l'}, {"Message-ID", 'm'}, {"References", 'r'},
    {"Reply-To", 'y'},    {"Sender", 'n'},  {"Subject", 's'},    {"To", 't'},
};
// What is remembered of a message, at most: a list of a thousand recipients is looked for in the message.
constexpr std::size_t most_octets = 4096;

std::string sent_day_text(std::string_view header) {
    const auto field = message::field_text(header, "Date");
    const auto sent = field ? message::read_sent_date(*field) : std::nullopt;
    if (!sent) return {};
    const auto day = std::chrono::floor<std::chrono::days>(sent->at + sent->offset);
    return std::to_string(day.time_since_epoch().count());
}

std::optional<std::chrono::sys_days> day_in(std::string_view digits) {
    int days = 0;
    const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), days);
    if (wrong != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return std::chrono::sys_days(std::chrono::days(days));
}

} // namespace

char searched_fields::sign_of(std::string_view field_name) {
    for (const auto& [name, sign] : signs)
        if (message::equals_ignoring_case(name, field_name)) return sign;
    return 0;
}

searched_fields searched_fields::of(std::string_view header) {
    std::string left_out, fields, one;
    message::header_fields all(header);
    while (const auto field = all.next()) {
        const char sign = sign_of(field->name);
        if (sign == 0 || left_out.contains(sign)) continue;
        one = sign;
        one += message::searched_text(*field);
        if (fields.size() + one.size() > most_octets)
            left_out += sign;
        else
            add_sized(fields, one);
    }
    std::string text;
    add_sized(text, sent_day_text(header));
    add_sized(text, left_out);
    return *from(std::move(text += fields));
}

std::optional<searched_fields> searched_fields::from(std::string text) {
    std::string_view rest = text;
    const auto day = take_sized(rest), left_out = take_sized(rest);
    if (!day || !left_out) return std::nullopt;
    searched_fields out;
    if (!day->empty() && !(out.sent_ = day_in(*day))) return std::nullopt;
    out.left_out_from_ = static_cast<std::size_t>(left_out->data() - text.data());
    out.left_out_ = left_out->size();
    out.fields_from_ = text.size() - rest.size();
    while (!rest.empty())
        if (const auto field = take_sized(rest); !field || field->empty()) return std::nullopt;
    out.text_ = std::move(text);
    return out;
}

std::optional<bool> searched_fields::contains(char sign, const message::search_text& sought) const {
    auto rest = std::string_view(text_).substr(fields_from_);
    while (const auto field = take_sized(rest))
        if (field->front() == sign && sought.is_in(field->substr(1))) return true;
    if (std::string_view(text_).substr(left_out_from_, left_out_).contains(sign)) return std::nullopt;
    return false;
}

std::optional<searched_fields> searched_fields_of(mailbox::folder& in, open_message& of) {
    if (auto known = in.remembered(of.id(), aspect))
        if (auto fields = searched_fields::from(std::move(*known))) return fields;
    if (!of.open()) return std::nullopt;
    auto made = searched_fields::of(of.header());
    in.remember(of.id(), aspect, made.text());
    return made;
}

} // namespace refmail::imap
