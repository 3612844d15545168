// Reading fixtures; see the header.
#include "harness/suite/fixtures.hpp"

#include "harness/suite/nearest_word.hpp"
#include "harness/suite/suite_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace mailspec::suite {

namespace fs = std::filesystem;

namespace {

// RFC 5322 §2.1: lines end with CRLF. Files are kept with LF; a CR that stands before an LF stays one.
std::string with_crlf(const std::string& text) {
    std::string octets;
    octets.reserve(text.size() + text.size() / 32);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) octets += '\r';
        octets += text[i];
    }
    return octets;
}

} // namespace

fixture_folder::fixture_folder(const fs::path& root)
    : folder_(root.empty() ? fs::path() : root / "fixtures") {}

std::expected<fixture_octets, std::string> fixture_folder::find(const std::string& name) {
    if (const auto known = read_.find(name); known != read_.end()) return known->second;
    if (folder_.empty()) return std::unexpected("there is no folder of suites to take fixtures from");
    std::vector<problem> problems;
    const auto file = folder_ / (name + ".eml");
    std::error_code failure;
    if (!fs::is_regular_file(file, failure))
        return std::unexpected(fmt::format("unknown fixture `{}`, expected {}.eml in {}{}", name, name,
                                           folder_.string(), known()));
    const auto text = read_text(file, problems);
    if (!text) return std::unexpected(problems.front().text);
    return read_[name] = std::make_shared<const std::string>(with_crlf(*text));
}

// "; there are five-lines, plain"
std::string fixture_folder::known() const {
    std::vector<std::string> names;
    std::error_code failure;
    for (fs::directory_iterator at(folder_, failure), end; !failure && at != end; at.increment(failure))
        if (at->path().extension() == ".eml") names.push_back(at->path().stem().string());
    std::ranges::sort(names);
    return names.empty() ? "" : "; there are " + word_list(names);
}

} // namespace mailspec::suite
