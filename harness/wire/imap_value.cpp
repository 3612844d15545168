// Values of IMAP responses; see imap_value.hpp.
#include "harness/wire/imap_value.hpp"

#include "harness/wire/octets.hpp"

#include <charconv>

namespace mailspec::wire {

bool imap_value::is_atom(std::string_view word) const {
    return is_atom() && same_word(text, word);
}

std::optional<std::uint64_t> imap_value::number() const {
    std::uint64_t value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (!is_atom() || text.empty() || status != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

std::string octets_of(const imap_value& value, std::string_view raw) {
    if (value.is_list()) return std::string(raw.substr(value.offset, value.length));
    return value.text;
}

} // namespace mailspec::wire
