// The lexical layer of header fields: folding white space, comments, atoms, quoted strings.
// RFC 5322 §3.2 with §4.1. Each function takes its token from the front of `text`.
// Octets above 127 pass in comments and quoted strings (mail in the wild has them), never in atoms.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace refmail::message {

// Skips [CFWS]. False if a comment is not closed; then nothing useful is left in `text`.
bool skip_cfws(std::string_view& text);

// 1*atext, or "" if none is there. With `eight_bit`, octets above 127 count as atext (display names).
std::string_view take_atom(std::string_view& text, bool eight_bit = false);

// The content of a quoted-string that begins at the front, unquoted; nothing if it is not closed.
std::optional<std::string> take_quoted_string(std::string_view& text);

// "[...]" with its brackets; nothing if it is not closed or holds what dtext excludes.
std::optional<std::string> take_domain_literal(std::string_view& text);

} // namespace refmail::message
