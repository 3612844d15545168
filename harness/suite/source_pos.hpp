// Where something stands in a suite file, for messages and reports. Lines and
// columns count from 1, columns in octets, as compilers do. Knows no YAML and no
// script.
#pragma once
#include <string>

namespace mailspec::suite {

struct source_pos {
    std::string file; // as the user would type it
    int line = 0;
    int column = 0;
};

// One mistake in a suite; str() gives "file:line:col: text".
struct problem {
    source_pos at;
    std::string text; // what was found, what was expected, what to write

    std::string str() const;
};

} // namespace mailspec::suite
