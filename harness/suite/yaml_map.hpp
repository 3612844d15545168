// Checked reading of a YAML mapping: every key is known, stands once and has the type asked for, or there
// is a problem with its line and column. Included by the readers of YAML files only, for yaml-cpp's
// headers are heavy. Knows no key by name.
#pragma once
#include "harness/suite/suite_file.hpp"

#include <yaml-cpp/yaml.h>

namespace mailspec::suite {

// One YAML file: its tree, its text for what the tree forgets (block strings), and where problems go.
class yaml_source {
  public:
    yaml_source(const std::string& yaml, std::string name, std::vector<problem>& problems);

    const YAML::Node& root() const { return root_; } // null after a syntax error, which is reported
    source_pos position(const YAML::Node& node) const;
    void report(const YAML::Node& node, std::string text);
    void report(const source_pos& at, std::string text);

    // A `|` block with the place of its first octet; anything else is a problem, told at its key. `what`:
    // what stands in it.
    std::optional<script_source> block_string(const YAML::Node& node, const written& key,
                                              const char* what = "steps");

  private:
    std::vector<std::string> lines_;
    std::string name_;
    std::vector<problem>& problems_;
    YAML::Node root_;
};

class yaml_map {
  public:
    // `what` names the mapping in messages: "a suite". Empty `keys`: any key is fine. `at`: its own key, or
    // the file's beginning.
    yaml_map(yaml_source& source, const YAML::Node& node, const source_pos& at, const std::string& what,
             const std::vector<std::string>& keys);

    const std::vector<std::pair<YAML::Node, YAML::Node>>& entries() const { return entries_; }
    source_pos place(const std::string& key) const;            // of the key
    YAML::Node value(const std::string& key) const;            // undefined when absent
    std::optional<written> text(const std::string& key) const; // one value
    std::vector<written> words(const std::string& key) const;  // one or a list
    std::optional<written> required_text(const std::string& key) const;

  private:
    yaml_source& source_;
    std::string what_;
    source_pos at_;
    std::vector<std::pair<YAML::Node, YAML::Node>> entries_;
};

} // namespace mailspec::suite
