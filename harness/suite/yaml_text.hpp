// What must hold of the octets of a YAML file before and beside its parser: yaml-cpp takes octets that are
// no UTF-8, stops at NUL with words about escapes, and speaks of maps where a tab is the mistake.
// Tells where and what to write. Knows nothing of suites. YAML 1.2 §5.1, §5.2, §6.1.
#pragma once
#include "harness/suite/source_pos.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace mailspec::suite {

// The first octet that no YAML file may have; none: the text is fit to be parsed. `name` is the file's.
std::optional<problem> unfit_octet(std::string_view text, const std::string& name);

// The last tab that stands in the indentation of one of the lines 1 to `line`: the likely reason why a parser
// gave up there. A tab further down, or behind other text, is none.
std::optional<problem> tab_as_indentation(std::string_view text, const std::string& name, int line);

} // namespace mailspec::suite
