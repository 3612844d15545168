// User names and passwords made comparable: SASLprep, RFC 4013. Whoever stores a password (or its hash)
// prepares it first, so that equivalent spellings log in alike (RFC 4616 §2).
// Refuses invalid UTF-8, control characters and the other prohibited output of §2.3, and mixed direction.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace refmail::sasl {

// Nothing if the text must not be used; the result may be empty though the text was not.
std::optional<std::string> prepare(std::string_view utf8);

} // namespace refmail::sasl
