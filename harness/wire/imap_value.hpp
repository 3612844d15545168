// What an IMAP response is made of: atoms, strings and lists, each with the place of its octets. Nothing is
// normalised: an atom stands as it was sent, a string is the octets that it means. RFC 9051 §4, §9.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::wire {

struct imap_value {
    enum class kind { atom, quoted, literal, literal8, list };
    kind what = kind::atom;
    std::string text;              // atom: as sent (12, \Seen, NIL, BODY[TEXT]<0>); string: its octets
    std::vector<imap_value> items; // list
    std::size_t offset = 0; // of its first octet in imap_response::raw: the quote, brace or parenthesis
    std::size_t length = 0; // octets there

    bool is_atom() const { return what == kind::atom; }
    bool is_atom(std::string_view word) const; // whatever the case of its letters
    bool is_nil() const { return is_atom("NIL"); }
    bool is_list() const { return what == kind::list; }
    bool is_string() const { return !is_atom() && !is_list(); }
    std::optional<std::uint64_t> number() const; // an atom of digits that fits in 64 bits
    std::size_t end() const { return offset + length; }
};

// For bindings: a string's octets, an atom, or the list as it was sent (`raw`: of its response).
std::string octets_of(const imap_value& value, std::string_view raw);

} // namespace mailspec::wire
