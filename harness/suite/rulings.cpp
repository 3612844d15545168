// Reads the headings of suites/rulings.md only; the rulings themselves are for people. A
// page that is not there has no headings, so a case that points to one is told so by the
// loader.
#include "harness/suite/rulings.hpp"

#include <fstream>

namespace mailspec::suite {

std::vector<std::string> read_rulings(const std::filesystem::path& page) {
    std::vector<std::string> headings;
    std::ifstream in(page);
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with("## ")) continue;
        auto end = line.find_last_not_of(" \t\r");
        headings.push_back(line.substr(3, end - 2));
    }
    return headings;
}

} // namespace mailspec::suite
