// Sizes are decimal numbers, and a colon ends them; see the header.
#include "reference/imap/sized_fields.hpp"

#include <charconv>

namespace refmail::imap {

void add_sized(std::string& to, std::string_view field) {
    ((to += std::to_string(field.size())) += ':') += field;
}

std::optional<std::string_view> take_sized(std::string_view& from) {
    std::size_t size = 0;
    const auto [end, wrong] = std::from_chars(from.data(), from.data() + from.size(), size);
    const auto digits = static_cast<std::size_t>(end - from.data());
    if (wrong != std::errc() || digits >= from.size() || from[digits] != ':') return std::nullopt;
    if (size > from.size() - digits - 1) return std::nullopt;
    const auto field = from.substr(digits + 1, size);
    from.remove_prefix(digits + 1 + size);
    return field;
}

} // namespace refmail::imap
