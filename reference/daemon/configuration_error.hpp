// A configuration that cannot be used: the one exception of the daemon, caught in main. The text is
// for people, complete: "refmaild.yaml:12: limits.idle: ...".
// bad_setting is for who finds a setting unusable without having read the file: it knows the keys, and
// place_in_file() (configuration.hpp) finds their line.
#pragma once
#include <stdexcept>
#include <string>
#include <vector>

namespace refmail::daemon {

struct configuration_error : std::runtime_error {
    explicit configuration_error(const std::string& text)
        : std::runtime_error(text) {}
};

struct bad_setting : configuration_error {
    // `keys`: from the top of the file; a number counts the items of a list from 1. `subject` says the
    // same in words, for a run without a file; empty: `why` is enough.
    bad_setting(std::vector<std::string> keys, const std::string& subject, std::string why)
        : configuration_error(subject.empty() ? why : subject + ": " + why)
        , keys(std::move(keys))
        , why(std::move(why)) {}
    std::vector<std::string> keys;
    std::string why;
};

} // namespace refmail::daemon
