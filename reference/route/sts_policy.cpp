// MTA-STS as it is written down; see the header.
#include "reference/route/sts_policy.hpp"

#include "reference/message/mailbox.hpp"
#include "reference/message/path.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace refmail::route {
namespace {

bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// sts-ext-name, sts-policy-ext-name: a letter or digit, then up to 31 of these.
bool is_field_name(std::string_view name) {
    return !name.empty() && name.size() <= 32 && is_alphanumeric(name[0]) &&
           std::ranges::all_of(name,
                               [](char c) { return is_alphanumeric(c) || c == '_' || c == '-' || c == '.'; });
}

// sts-ext-value: visible ASCII without "=" and ";".
bool is_txt_value(std::string_view value) {
    return !value.empty() &&
           std::ranges::all_of(value, [](char c) { return c > ' ' && c <= '~' && c != '=' && c != ';'; });
}

bool is_id(std::string_view value) {
    return !value.empty() && value.size() <= 32 && std::ranges::all_of(value, is_alphanumeric);
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

// One record that begins with the version: its id, unless it is broken.
std::optional<std::string> id_in(std::string_view record) {
    std::optional<std::string> id;
    record.remove_prefix(record.find(';')); // behind the version
    // 1*(sts-field-delim sts-field) [sts-field-delim]
    while (!record.empty()) {
        record.remove_prefix(1);
        const auto end = std::min(record.find(';'), record.size());
        const auto field = trimmed(record.substr(0, end));
        record.remove_prefix(end);
        if (field.empty() && record.empty()) break; // the delimiter at the end
        const auto equals = field.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        const auto name = field.substr(0, equals), value = field.substr(equals + 1);
        if (!is_field_name(name) || !is_txt_value(value)) return std::nullopt;
        if (name == "id" && !is_id(value)) return std::nullopt;
        // §3.2: of a field that is there twice, the first counts.
        if (name == "id" && !id) id = value;
    }
    return id;
}

// sts-policy-ext-value: UTF-8 without control characters, and no space at its ends.
bool is_policy_value(std::string_view value) {
    return !value.empty() &&
           std::ranges::all_of(value, [](unsigned char c) { return c >= ' ' && c != 0x7f; });
}

bool is_mx_pattern(std::string_view value) {
    if (value.starts_with("*.")) value.remove_prefix(2);
    return message::parse_domain(value).has_value();
}

// What was read so far; a field counts the first time only.
struct policy_fields {
    bool has_version = false;
    std::optional<sts_policy::mode> mode;
    std::optional<std::uint32_t> max_age;
    std::vector<std::string> mx;

    // What is wrong with the field; empty: nothing.
    std::string take(std::string_view name, std::string_view value) {
        if (name == "version") {
            if (!has_version && value != "STSv1") return fmt::format("version '{}' is not STSv1", value);
            has_version = true;
        } else if (name == "mode") {
            return take_mode(value);
        } else if (name == "max_age") {
            return take_max_age(value);
        } else if (name == "mx") {
            if (!is_mx_pattern(value))
                return fmt::format("mx '{}' is no host name or *. and a domain", value);
            mx.push_back(message::lower_case(value));
        }
        return {};
    }

  private:
    std::string take_mode(std::string_view value) {
        if (mode) return {};
        if (value == "enforce") mode = sts_policy::mode::enforce;
        if (value == "testing") mode = sts_policy::mode::testing;
        if (value == "none") mode = sts_policy::mode::none;
        return mode ? "" : fmt::format("mode '{}' is none of enforce, testing, none", value);
    }
    std::string take_max_age(std::string_view value) {
        if (max_age) return {};
        std::uint64_t seconds = 0;
        const bool digits = !value.empty() && value.size() <= 10 &&
                            std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
        if (!digits) return fmt::format("max_age '{}' is no number of seconds", value);
        for (const char c : value)
            seconds = seconds * 10 + static_cast<std::uint64_t>(c - '0');
        // §3.2: "maximum value of 31557600", a year: who says more means as long as possible.
        max_age = static_cast<std::uint32_t>(std::min<std::uint64_t>(seconds, 31557600));
        return {};
    }
};

} // namespace

bool matches_name(std::string_view pattern, std::string_view host) {
    if (host.ends_with('.')) host.remove_suffix(1);
    if (pattern.ends_with('.')) pattern.remove_suffix(1);
    if (!pattern.starts_with("*.")) return message::equals_ignoring_case(pattern, host);
    const auto dot = host.find('.');
    return dot != std::string_view::npos && dot > 0 &&
           message::equals_ignoring_case(pattern.substr(2), host.substr(dot + 1));
}

bool sts_policy::names(std::string_view host) const {
    return std::ranges::any_of(mx, [&](const std::string& pattern) { return matches_name(pattern, host); });
}

std::optional<std::string> sts_id_in(const std::vector<dns::record_data>& txt) {
    // §3.1: "records that do not begin with "v=STSv1;" are discarded. If the number of resulting records is
    // not one ... senders MUST assume the recipient domain does not have an available MTA-STS Policy". White
    // space may stand in front of the semicolon (sts-field-delim).
    std::vector<std::string_view> left;
    for (const auto& record : txt) {
        const auto* text = std::get_if<std::string>(&record);
        if (!text || !text->starts_with("v=STSv1")) continue;
        const auto behind = text->find_first_not_of(" \t", 7);
        if (behind != std::string::npos && (*text)[behind] == ';') left.push_back(*text);
    }
    if (left.size() != 1) return std::nullopt;
    return id_in(left.front());
}

std::expected<sts_policy, std::string> parse_sts_policy(std::string_view text) {
    policy_fields fields;
    for (int number = 1; !text.empty(); ++number) {
        // sts-policy-term = LF / CRLF
        const auto end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        while (line.ends_with(' ') || line.ends_with('\t'))
            line.remove_suffix(1);
        if (line.empty() && text.empty()) break;
        const auto wrong = [&](std::string_view why) {
            return std::unexpected(fmt::format("line {}: {}", number, why));
        };
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || !is_field_name(line.substr(0, colon)))
            return wrong("no key with a colon behind it");
        const auto value = trimmed(line.substr(colon + 1));
        if (!is_policy_value(value)) return wrong("no value, or one with control characters");
        if (const auto why = fields.take(line.substr(0, colon), value); !why.empty()) return wrong(why);
    }
    if (!fields.has_version) return std::unexpected("there is no version");
    if (!fields.mode) return std::unexpected("there is no mode");
    if (!fields.max_age) return std::unexpected("there is no max_age");
    if (fields.mx.empty() && *fields.mode != sts_policy::mode::none)
        return std::unexpected("there is no mx, and the mode is not none");
    return sts_policy{*fields.mode, std::move(fields.mx), *fields.max_age};
}

} // namespace refmail::route
