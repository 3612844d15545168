// ENVELOPE, BODY and BODYSTRUCTURE as a FETCH response has them: RFC 9051 §7.5.2, §9 (envelope, body). The
// grammar holds whatever the message has in it: 8-bit and long values become literals, NUL is replaced. The
// text does not depend on what the client enabled, so that it can be remembered; but for parameters.
#pragma once
#include "reference/message/envelope_data.hpp"
#include "reference/message/mime_tree.hpp"

#include <string>
#include <string_view>

namespace refmail::imap {

std::string envelope_text(const message::envelope_data& of);

enum class structure_form {
    body,          // BODY: without extension data
    extended,      // BODYSTRUCTURE; parameters of RFC 2231 as they were encoded: 7-bit
    extended_utf8, // BODYSTRUCTURE for clients that speak UTF-8: decoded (RFC 9051 §7.5.2)
};
// `message`: what the tree was made from; envelopes of embedded messages are read from it.
std::string structure_text(const message::mime_part& tree, std::string_view message, structure_form form);

} // namespace refmail::imap
