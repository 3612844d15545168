// Parameters of Content-Type and Content-Disposition: RFC 2045 §5.1, with the continuations and character
// sets of RFC 2231. Reads what MUAs wrote rather than what they should have: an unquoted value goes up to a
// blank or ';', an unclosed quoted string to the end. Nothing is refused and nothing dropped: what cannot be
// joined or decoded stays a parameter under the name that it has.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace refmail::message {

struct mime_parameter {
    // As sent, without "*0". It ends with "*" where RFC 2231 §4 encoded the value (RFC 9051 §7.5.2).
    std::string name;
    std::string value;    // joined, decoded, in UTF-8 where a charset was told
    std::string extended; // joined, but as it was encoded: "utf-8''%e2%82%ac"; empty where nothing was

    bool operator==(const mime_parameter&) const = default;
};

// The value of the parameter of this name, RFC 2231's form preferred; "" if there is none.
std::string_view parameter_value(const std::vector<mime_parameter>& parameters, std::string_view name);

// `text`: what stands behind the type: "; charset=us-ascii (Plain text)".
std::vector<mime_parameter> read_parameters(std::string_view text);

// token of RFC 2045 §5.1, from the front of `text`; "" if none is there.
std::string_view take_mime_token(std::string_view& text);

} // namespace refmail::message
