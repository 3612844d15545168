// A list of texts as one text, each with its size before it: "3:abc0:1:x". What is remembered of messages is
// kept so. Any octets may stand in a field. Refuses to guess: what is cut or altered is no list.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace refmail::imap {

void add_sized(std::string& to, std::string_view field);

// The first field, which is taken away; a view of the list. Nothing: the list is empty, or none.
std::optional<std::string_view> take_sized(std::string_view& from);

} // namespace refmail::imap
