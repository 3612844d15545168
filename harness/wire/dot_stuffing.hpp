// RFC 5321 §4.5.2: the dot before each line of a message that begins with one. A line ends with CRLF, and
// with nothing else. Neither adds nor takes the dot that ends the data.
#pragma once
#include <string>
#include <string_view>

namespace mailspec::wire {

std::string dot_stuffed(std::string_view message);
std::string dot_unstuffed(std::string_view sent);

} // namespace mailspec::wire
