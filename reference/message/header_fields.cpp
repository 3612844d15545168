// Fields, folded lines, and where a header section ends: RFC 5322 §2.1, §2.2, §2.2.3, for whatever is stored.
// A line that is no field belongs to no field; the header goes on behind it, as mail programs read it.
#include "reference/message/header_fields.hpp"

#include "reference/message/mailbox.hpp"
#include "reference/message/octet_class.hpp"

namespace refmail::message {

namespace {

std::string_view take_line(std::string_view& text) {
    const auto end = text.find('\n');
    const auto line = end == std::string_view::npos ? text : text.substr(0, end + 1);
    text.remove_prefix(line.size());
    return line;
}

bool is_empty_line(std::string_view line) {
    return line == "\r\n" || line == "\n";
}

std::string_view name_of(std::string_view line) {
    std::size_t size = 0;
    while (size < line.size() && line[size] > 32 && line[size] < 127 && line[size] != ':')
        ++size;
    // RFC 5322 §4.5: obs- fields have blanks in front of the colon.
    const auto colon = line.find_first_not_of(" \t", size);
    return colon != std::string_view::npos && line[colon] == ':' ? line.substr(0, size) : line.substr(0, 0);
}

} // namespace

std::size_t header_size(std::string_view text) {
    auto rest = text;
    while (!rest.empty()) {
        if (is_empty_line(take_line(rest))) break;
    }
    return text.size() - rest.size();
}

std::optional<header_field> header_fields::next() {
    const auto all = rest_;
    const auto first = take_line(rest_);
    if (first.empty() || is_empty_line(first)) {
        rest_ = {};
        return std::nullopt;
    }
    while (!rest_.empty() && is_blank(rest_.front()))
        take_line(rest_);
    return header_field{name_of(first), all.substr(0, all.size() - rest_.size())};
}

std::optional<std::string> field_text(std::string_view header, std::string_view name) {
    header_fields fields(header);
    while (const auto field = fields.next()) {
        if (field->is(name)) return unfold(field->body());
    }
    return std::nullopt;
}

std::string unfold(std::string_view body) {
    constexpr std::string_view around = " \t\r\n";
    const auto first = body.find_first_not_of(around);
    if (first == std::string_view::npos) return {};
    body = body.substr(first, body.find_last_not_of(around) + 1 - first);
    std::string out;
    out.reserve(body.size());
    while (!body.empty()) {
        const auto end = body.find('\n');
        auto line = body.substr(0, end);
        body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
        if (end != std::string_view::npos && line.ends_with('\r')) line.remove_suffix(1);
        out += line;
    }
    return out;
}

void set_once(std::optional<std::string>& to, const header_field& from) {
    if (!to) to = unfold(from.body());
}

} // namespace refmail::message
