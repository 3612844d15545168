// The fragments that a script can call, nearest first: the suite's own, those of fragments.yaml in its
// folder and the folders above it, those of the protocol. Finds them; resolver.hpp puts them in place.
// Follows docs/suite-language.md, "Blocks".
#pragma once
#include "harness/suite/needs.hpp"
#include "harness/suite/services.hpp"
#include "harness/suite/suite_file.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::suite {

struct fragment {
    std::string name;
    protocol spoken = protocol::smtp; // whose language its script is written in
    source_pos at;
    std::vector<need> needs;
    std::vector<step> steps;
    bool broken = false; // its script has problems, reported where it stands
    bool used = false;
};

using fragment_set = std::map<std::string, std::unique_ptr<fragment>, std::less<>>;

// Checks names and needs.
fragment_set make_fragments(std::vector<written_fragment> read, std::vector<problem>& problems);

class fragment_scope {
  public:
    void add(std::shared_ptr<fragment_set> set) { sets_.push_back(std::move(set)); }

    // NAME@SERVICE before NAME, in the nearest set that has either in the language of the service; null when
    // none does.
    fragment* find(std::string_view name, std::string_view service) const;
    std::vector<std::string> names(std::string_view service) const; // the same, without those @SERVICE

  private:
    std::vector<std::shared_ptr<fragment_set>> sets_;
};

// The fragments.yaml files met so far, each read once.
class fragment_files {
  public:
    // fragments.yaml in `folder` and the folders above it up to `top`, then those of smtp, imap and pop3 of
    // `root`.
    // Nothing of a folder or root that is empty.
    void add_to(fragment_scope& scope, const std::filesystem::path& folder, const std::filesystem::path& top,
                const std::filesystem::path& root, std::vector<problem>& problems);

    struct file {
        std::string name; // as it stands in messages
        std::shared_ptr<fragment_set> set;
    };
    const std::map<std::filesystem::path, file>& all() const { return read_; }

  private:
    std::shared_ptr<fragment_set> read(const std::filesystem::path& path, std::vector<problem>& problems);

    std::map<std::filesystem::path, file> read_; // by canonical path; a null set: there is no such file
};

} // namespace mailspec::suite
