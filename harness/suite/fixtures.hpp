// The messages of suites/fixtures: what `{fixture:NAME}` and `messages:` name. Each is read once a load, its
// line ends made CRLF; nothing else of it is changed. Follows docs/suite-mailboxes.md.
#pragma once
#include <expected>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace mailspec::suite {

using fixture_octets = std::shared_ptr<const std::string>;
using fixture_map = std::map<std::string, fixture_octets>; // by name

class fixture_folder {
  public:
    // `root` is the suites folder; empty: there are no fixtures.
    explicit fixture_folder(const std::filesystem::path& root);

    // On error: what was looked for where, and what there is.
    std::expected<fixture_octets, std::string> find(const std::string& name);

  private:
    std::string known() const;

    std::filesystem::path folder_;
    fixture_map read_;
};

} // namespace mailspec::suite
