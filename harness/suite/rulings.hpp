// The headings of suites/rulings.md, `## kebab-name`: what a case's `ruling:` may point to.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace mailspec::suite {

// In the order of the page; empty when there is no such file.
std::vector<std::string> read_rulings(const std::filesystem::path& page);

} // namespace mailspec::suite
