// See the header.
#include "harness/wire/dsn.hpp"

#include "harness/wire/octets.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace mailspec::wire {
namespace {

constexpr std::string_view plain_status = "message/delivery-status";
constexpr std::string_view global_status = "message/global-delivery-status";

// RFC 3461 §4: "+" and two digits are an octet.
std::string from_xtext(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool coded = text[i] == '+' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                           hex_digit(text[i + 2]) >= 0;
        result += coded ? static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])) : text[i];
        if (coded) i += 2;
    }
    return result;
}

void append_utf8(std::string& out, unsigned long c) { // RFC 3629 §3
    const auto octet = [&](unsigned long v) { out += static_cast<char>(v); };
    if (c < 0x80) return octet(c);
    if (c < 0x800) {
        octet(0xc0 | c >> 6);
    } else {
        if (c < 0x10000) {
            octet(0xe0 | c >> 12);
        } else {
            octet(0xf0 | c >> 18);
            octet(0x80 | (c >> 12 & 0x3f));
        }
        octet(0x80 | (c >> 6 & 0x3f));
    }
    octet(0x80 | (c & 0x3f));
}

// RFC 6533 §3: "\x{E9}" is that character.
std::string from_unitext(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto end = text.find('}', i);
        const bool coded =
            text.substr(i).starts_with("\\x{") && end != std::string_view::npos && end < i + 10;
        if (!coded) {
            result += text[i];
            continue;
        }
        unsigned long value = 0;
        for (const char c : text.substr(i + 3, end - i - 3))
            value = value * 16 + static_cast<unsigned long>(std::max(0, hex_digit(c)));
        append_utf8(result, value);
        i = end;
    }
    return result;
}

// Some MTAs write <a@b> where the address alone belongs.
std::string_view bare(std::string_view address) {
    if (address.starts_with('<') && address.ends_with('>')) return address.substr(1, address.size() - 2);
    return address;
}

bool field_names(const header_field* field, std::string_view address) {
    if (!field) return false;
    const auto typed = parse_typed_value(field->value);
    const std::string forms[] = {typed.value, without_comments(typed.value)};
    return std::ranges::any_of(forms, [&](const std::string& form) {
        return same_address(bare(form), address) || same_address(from_xtext(bare(form)), address) ||
               (typed.type == "utf-8" && same_address(from_unitext(bare(form)), address));
    });
}

// RFC 3464 §2.1: a blank line stands before each group of recipient fields.
std::vector<std::string> groups_of(std::string_view text) {
    std::vector<std::string> groups;
    std::string current;
    const auto finish = [&] {
        if (!current.empty()) groups.push_back(std::exchange(current, {}));
    };
    while (!text.empty()) {
        const auto end = std::min(text.find("\r\n"), text.size());
        const auto line = text.substr(0, std::min(end + 2, text.size()));
        text.remove_prefix(line.size());
        if (trimmed(without_line_end(line)).empty())
            finish();
        else
            current += line;
    }
    finish();
    return groups;
}

dsn_group group_of(std::string raw) {
    dsn_group group;
    group.fields = parse_message(raw);
    group.raw = std::move(raw);
    return group;
}

bool is_status(std::string_view type) {
    return type == plain_status || type == global_status;
}

// Of a group without any field that only recipients have: it is about the message.
bool is_about_recipient(const dsn_group& group) {
    return std::ranges::any_of(std::initializer_list<std::string_view>{"Final-Recipient", "Action", "Status"},
                               [&](auto name) { return group.find(name) != nullptr; });
}

} // namespace

typed_value parse_typed_value(std::string_view unfolded_value) {
    const auto semicolon = unfolded_value.find(';');
    if (semicolon == std::string_view::npos) return {{}, std::string(trimmed(unfolded_value))};
    return {lower(without_comments(unfolded_value.substr(0, semicolon))),
            std::string(trimmed(unfolded_value.substr(semicolon + 1)))};
}

bool dsn_group::names(std::string_view address) const {
    return field_names(find("Final-Recipient"), address) || field_names(find("Original-Recipient"), address);
}

std::string dsn_group::action() const {
    const auto* field = find("Action");
    return field ? lower(without_comments(field->value)) : std::string{};
}

bool dsn::is_global() const {
    return status_part().type.type == global_status;
}

const mime_part* dsn::returned() const {
    return status + 1 < parts.size() ? &parts[status + 1] : nullptr;
}

std::optional<dsn> read_dsn(std::string_view raw) {
    dsn found;
    found.whole = parse_message(raw);
    found.type = content_type_of(found.whole);
    if (found.type.type.starts_with("multipart/")) {
        const auto* boundary = found.type.parameter("boundary");
        auto split = split_multipart(found.whole.body, boundary ? *boundary : "");
        found.parts = std::move(split.parts);
        found.closed = split.closed;
    } else if (is_status(found.type.type)) { // the report alone, without its container
        found.parts.push_back({std::string(raw), found.whole, found.type, transfer_encoding_of(found.whole)});
        found.closed = true;
    }
    const auto tells =
        std::ranges::find_if(found.parts, [](const auto& p) { return is_status(p.type.type); });
    if (tells == found.parts.end()) return std::nullopt;
    found.status = static_cast<std::size_t>(tells - found.parts.begin());
    found.status_text = tells->decoded();
    bool first = true;
    for (auto& text : groups_of(found.status_text)) {
        auto group = group_of(std::move(text));
        if (std::exchange(first, false) && !is_about_recipient(group))
            found.about_message = std::move(group);
        else
            found.recipients.push_back(std::move(group));
    }
    return found;
}

bool same_address(std::string_view a, std::string_view b) {
    const auto at = a.rfind('@'), in_b = b.rfind('@');
    if (at == std::string_view::npos || in_b == std::string_view::npos) return a == b;
    return a.substr(0, at) == b.substr(0, in_b) && same_word(a.substr(at), b.substr(in_b));
}

} // namespace mailspec::wire
