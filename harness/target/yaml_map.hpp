// A YAML mapping read key by key, with every mistake named by file, line, column and key: the ground
// under profiles and baselines. What nobody asked for is an unknown key, with a suggestion. It goes on
// after a mistake, so that a reader hears of all of them at once. yaml-cpp stays behind this header.
#pragma once
#include <yaml-cpp/yaml.h>

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mailspec::target {

struct file_error {
    std::string file;
    int line = 0, column = 0; // from 1; 0: of the file as a whole
    std::string text;

    std::string str() const; // "file:line:column: text"
};

using file_errors = std::vector<file_error>;

std::vector<std::string> lines_of(file_errors errors); // in the order of the file

class yaml_map {
  public:
    // `path`: the keys above, "start" or "accounts[2]"; empty at the top. `node` must be a mapping:
    // anything else is an error, and the map reads as empty.
    yaml_map(YAML::Node node, std::string path, std::string file, file_errors& errors);

    bool has(const std::string& key);
    std::optional<std::string> text(const std::string& key);
    std::string required_text(const std::string& key, const std::string& what); // what it should say
    std::optional<long> number(const std::string& key, long least, long most);
    std::optional<bool> flag(const std::string& key);
    std::optional<std::chrono::milliseconds> duration(const std::string& key); // 500ms, 30s, 2m
    std::vector<std::string> command(const std::string& key); // a list of words, or a text for the shell
    std::optional<yaml_map> map(const std::string& key);
    YAML::Node node(const std::string& key); // undefined when absent; the caller reads it

    std::vector<std::string> keys() const; // as written
    void no_other_keys();                  // reports what was never asked for

    // An error at a key, or at any node of the file.
    void error(const std::string& key, const std::string& text);
    void error_at(const YAML::Node& node, const std::string& path, const std::string& text);
    std::string path_of(const std::string& key) const;

  private:
    std::optional<std::string> scalar(const std::string& key, const std::string& wanted);

    YAML::Node node_;
    bool is_map_ = true; // false: that is one error already, and nothing more is to be said
    std::string path_, file_;
    file_errors* errors_;
    std::set<std::string> asked_;
};

// The document of a file; an unreadable or malformed one is one error and no node.
std::optional<YAML::Node> read_yaml(const std::string& file, file_errors& errors);

} // namespace mailspec::target
