// The ambient rules of IMAP: the part of the table of ambient_rules.hpp that imap_lexer, imap_response,
// imap_grammar and imap_judge hold responses against. All names begin with imap-. RFC 9051, RFC 3501, RFC
// 7162.
#pragma once
#include "harness/wire/ambient_rules.hpp"

namespace mailspec::wire {

std::span<const ambient_rule> imap_rules();

} // namespace mailspec::wire
