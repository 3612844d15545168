// Strings made comparable: i;unicode-casemap (RFC 5051), which RFC 5256 §5 asks of SORT and which serves
// SEARCH. Characters become their titlecase, and are decomposed. Two strings are equal, ordered, or one
// within the other as the octets of their keys are. Not for showing to people.
#pragma once
#include <string>
#include <string_view>

namespace refmail::message {

// Octets that are no UTF-8 stay as they are.
std::string search_key(std::string_view utf8);
// Appends; a text may come in pieces that are cut between characters.
void append_search_key(std::string_view utf8, std::string& out);

} // namespace refmail::message
