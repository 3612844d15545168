// Canonical line ends: a mailbox may keep messages with LF, the wire and our checks have CRLF.
#pragma once
#include <string>
#include <string_view>

namespace mailspec::world {

// LF without CR before it becomes CRLF; everything else, a lone CR too, stays as it is. Where the first line
// ends in CRLF the mailbox keeps messages as they came, and nothing is changed.
std::string with_crlf(std::string_view octets);

} // namespace mailspec::world
