// A master file (RFC 1035 §5.1) as lines of words: comments gone, parentheses joined, quotes and escapes left
// as they are. Knows no type and no name.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::world {

struct zone_problem {
    int line = 1; // of the text
    std::string text;
};

struct master_line {
    int number = 1;                 // where it begins, from 1
    bool indented = false;          // begins with a blank: the owner is that of the record before
    std::vector<std::string> words; // never empty; "quoted ones" with their quotes
    std::string text() const;       // the words, with one space between
};

// What cannot be read is told in `problems` and left out.
std::vector<master_line> read_master_file(std::string_view text, std::vector<zone_problem>& problems);

} // namespace mailspec::world
