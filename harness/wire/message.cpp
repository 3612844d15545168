// Taking a message apart; see message.hpp.
#include "harness/wire/message.hpp"

#include "harness/wire/octets.hpp"

#include <algorithm>

namespace mailspec::wire {
namespace {

std::string_view take_line(std::string_view& rest) {
    const auto end = rest.find("\r\n");
    const auto line = rest.substr(0, end == std::string_view::npos ? end : end + 2);
    rest.remove_prefix(line.size());
    return line;
}

// RFC 5322 §2.2: field-name = 1*ftext, printable but the colon; §4.5 lets white space stand before it.
std::string_view name_of(std::string_view field) {
    const auto colon = field.find(':');
    if (colon == std::string_view::npos) return {};
    const auto name = trimmed(field.substr(0, colon));
    const bool fits = std::ranges::all_of(name, [](char c) { return c > ' ' && c < 127; });
    return fits ? name : std::string_view{};
}

std::string unfolded(std::string_view text) {
    std::string result;
    while (!text.empty()) // RFC 5322 §2.2.3: only the CRLF goes, the white space behind it stays
        result += without_line_end(take_line(text));
    return std::string(trimmed(result));
}

} // namespace

const header_field* message::find(std::string_view name, std::size_t nth) const {
    for (const auto& f : fields)
        if (same_word(f.name, name) && --nth == 0) return &f;
    return nullptr;
}

std::size_t message::count(std::string_view name) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(fields, [&](const auto& f) { return same_word(f.name, name); }));
}

message parse_message(std::string_view raw) {
    message m;
    while (!raw.empty()) {
        const auto line = take_line(raw);
        if (line == "\r\n") {
            m.has_body = true;
            m.body = raw;
            break;
        }
        if (is_wsp(line.front()) && !m.fields.empty())
            m.fields.back().raw += line;
        else
            m.fields.push_back({std::string(line), {}, {}});
    }
    for (auto& field : m.fields) {
        field.name = name_of(field.raw);
        const std::size_t behind = field.name.empty() ? 0 : field.raw.find(':') + 1;
        field.value = unfolded(std::string_view(field.raw).substr(behind));
    }
    return m;
}

} // namespace mailspec::wire
