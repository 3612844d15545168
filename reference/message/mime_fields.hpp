// The Content-* fields of a part's header, read into it: RFC 2045 §5 to §8, RFC 2183, RFC 3282, RFC 2557 §4,
// RFC 1864. Sets neither ranges nor what the part holds.
#pragma once
#include "reference/message/mime_tree.hpp"

namespace refmail::message {

// `in_digest`: what has no Content-Type is a message/rfc822 (RFC 2046 §5.1.5).
void read_content_fields(std::string_view header, bool in_digest, mime_part& into);

} // namespace refmail::message
