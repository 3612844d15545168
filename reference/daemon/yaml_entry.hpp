// A place in a YAML file that knows its key and line, and reads itself as what is expected there.
// Every complaint is a configuration_error "file:line: key: what was found, what to write".
#pragma once
#include "net/endpoint.hpp"

#include <yaml-cpp/yaml.h>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace refmail::daemon {

class yaml_entry {
  public:
    static yaml_entry from_file(const std::string& path);
    static yaml_entry from_text(const std::string& text, const std::string& name);

    bool exists() const { return node_.IsDefined() && !node_.IsNull(); }
    bool is_map() const { return node_.IsMap(); }
    // Complains about each key that is not in the list, with the nearest one that is.
    void allow_only(std::initializer_list<std::string_view> keys) const;
    yaml_entry operator[](const std::string& key) const;
    // What a complaint is about: a key in any letter case, or an item of a list by its number from 1.
    yaml_entry child(const std::string& key) const;

    std::string text() const;
    std::vector<std::string> texts() const; // a sequence, or a single one
    std::vector<yaml_entry> items() const;
    std::vector<std::pair<std::string, yaml_entry>> members() const; // in file order; no key twice
    bool boolean() const;
    std::uint64_t count() const;       // 1 and more
    std::uint16_t port() const;        // 1 to 65535
    std::uint64_t octets() const;      // 1048576, 64 KiB, 50 MiB, 1 GiB
    std::chrono::seconds time() const; // 90, 90 s, 5 min, 4 h, 5 d
    std::vector<net::endpoint> endpoints() const;
    std::string one_of(std::initializer_list<std::string_view> choices) const;

    [[noreturn]] void refuse(const std::string& why) const;

  private:
    yaml_entry(YAML::Node node, std::string file, std::string key, int line)
        : node_(std::move(node))
        , file_(std::move(file))
        , key_(std::move(key))
        , line_(line) {}

    YAML::Node node_;
    std::string file_, key_;
    int line_; // of the node, or of the map that lacks it
};

} // namespace refmail::daemon
