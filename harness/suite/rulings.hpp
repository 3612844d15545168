// The headings of suites/rulings.md, `## kebab-name`: what a case's `ruling:` may point to. Judges
// no ruling, and does not ask whether each is used. Follows docs/suite-language.md, the key
// `ruling`.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace mailspec::suite {

// In the order of the page; empty when there is no such file.
std::vector<std::string> read_rulings(const std::filesystem::path& page);

} // namespace mailspec::suite
