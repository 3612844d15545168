// One IMAP response as the server sent it: every octet kept, read as a tree, every deviation of its form
// noted. It refuses nothing that can be read at all; what a response may say, and when, is imap_judge's. RFC
// 9051 §7, §9, RFC 3501 §9 and the extensions that use the same grammar.
#pragma once
#include "harness/wire/deviation.hpp"
#include "harness/wire/imap_value.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::wire {

struct imap_response {
    enum class kind { tagged, untagged, continuation };
    std::string raw; // with its literals and line end
    kind what = kind::untagged;
    std::string tag;       // tagged
    std::string condition; // OK NO BAD PREAUTH BYE in capitals; empty: data, or a continuation
    // The response code, its name first; nullopt: none. What its grammar does not have as values is one atom.
    std::optional<std::vector<imap_value>> code;
    std::string text;             // behind the code, of a condition or a continuation
    std::size_t text_at = 0;      // where it begins in raw
    std::vector<imap_value> data; // untagged data: 3, EXISTS
    std::vector<deviation> deviations;

    std::string name() const;                    // of data, in capitals: "EXISTS", "FETCH", "LIST"
    std::optional<std::uint64_t> number() const; // 3 of `3 EXISTS`
    std::string code_name() const;               // in capitals; empty: no code
    bool is_data(std::string_view name) const;   // untagged, with that name
    // What follows the name (and the number before it): of data.
    std::vector<imap_value>::const_iterator arguments() const;
};

// Reads from the front of a buffer.
enum class imap_state { incomplete, complete, not_a_response };
struct parsed_imap {
    imap_state state = imap_state::incomplete;
    imap_response response; // complete: the response. not_a_response: raw holds the offending line
    std::size_t used = 0;   // octets to take from the buffer
    std::size_t wanted = 0; // incomplete: it cannot be complete before the buffer has so many octets
};
parsed_imap parse_imap_response(std::string_view buffer);

// What CAPABILITY (data or code) lists, as announced. Empty: the response has none.
std::vector<std::string> imap_capabilities_of(const imap_response& response);

} // namespace mailspec::wire
