// How a mistake in a suite is worded for a terminal or an editor: "file:line:col: text", the form that
// editors make a link of. Leaves out line and column where the mistake has none, as that a file cannot be
// read.
#include "harness/suite/source_pos.hpp"

#include <fmt/format.h>

namespace mailspec::suite {

std::string problem::str() const {
    if (at.line == 0) return fmt::format("{}: {}", at.file, text);
    if (at.column == 0) return fmt::format("{}:{}: {}", at.file, at.line, text);
    return fmt::format("{}:{}:{}: {}", at.file, at.line, at.column, text);
}

} // namespace mailspec::suite
