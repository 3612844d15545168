// The grammar of addresses in SMTP commands: RFC 5321 §4.1.2 and §4.1.3, whole and strict.
// Paths with source routes are accepted and the route is dropped (§3.3, §4.1.1.3).
// RFC 6531 §3.3 where the caller allows it: UTF-8 in local-parts and domains, sizes in octets all the same.
// Refuses what the grammar refuses, and objects beyond the sizes of §4.5.3.1; says where and why.
#pragma once
#include "reference/message/mailbox.hpp"

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

namespace refmail::message {

struct parse_error {
    std::size_t offset = 0; // octets from the start of the text given
    std::string what;       // for people: "unclosed quoted string"
};

template <class T>
using parsed = std::expected<T, parse_error>;

// RFC 5321 §4.5.3.1.1 to §4.5.3.1.3. The path counts its angle brackets and its source route.
struct size_limits {
    std::size_t local_part = 64;
    std::size_t domain = 255;
    std::size_t path = 256;
};

// Which octets may stand where atext, qtextSMTP and sub-domain do.
enum class characters { ascii, utf8 };

struct forward_path {
    mailbox address;
    bool had_source_route = false;
};

// Reads one path from the front of `text` and leaves the rest there (parameters follow a path).
parsed<reverse_path> take_reverse_path(std::string_view& text, const size_limits& limits = {},
                                       characters allowed = characters::ascii);
parsed<forward_path> take_forward_path(std::string_view& text, const size_limits& limits = {},
                                       characters allowed = characters::ascii); // <postmaster> too

// The whole text is one Mailbox, Domain or address-literal.
parsed<mailbox> parse_mailbox(std::string_view text, const size_limits& limits = {},
                              characters allowed = characters::ascii);
parsed<std::string> parse_domain(std::string_view text, const size_limits& limits = {},
                                 characters allowed = characters::ascii);
parsed<std::string> parse_address_literal(std::string_view text); // with its brackets
bool is_ipv4(std::string_view text);
bool is_ipv6(std::string_view text); // the forms of §4.1.3

// The whole text is a String = Atom / Quoted-string (§4.1.2); gives it unquoted.
parsed<std::string> parse_string(std::string_view text, characters allowed = characters::ascii);

bool is_atext(char c); // of ASCII

} // namespace refmail::message
