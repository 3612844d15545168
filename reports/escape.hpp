// Makes octets visible, in one way for every report. Printable UTF-8 stays as it is; a backslash becomes \\,
// CR \r, LF \n, TAB \t, and every other octet that is a control, not UTF-8, invisible, or turns the direction
// of writing becomes \xHH. So a server cannot move a reader's cursor, break our XML, or hide a bare LF.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace reports {

// Reversible: unescape_octets gives back exactly what went in.
std::string escape_octets(std::string_view octets);
std::optional<std::string> unescape_octets(std::string_view text); // nothing: a bad escape

// At most `most` octets of it are shown, from the beginning and the end, with the number that is not.
std::string escape_octets_shortened(std::string_view octets, std::size_t most);

// One line of text for people (a title, a reason): as above, but a backslash stays a backslash.
std::string printable(std::string_view text);

// Text for people of any number of lines: only octets that are not UTF-8 are replaced, by \xHH.
std::string valid_utf8(std::string_view text);

} // namespace reports
