// A configuration that cannot be used: the one exception of the daemon, caught in main. The text is
// for people, complete: "refmaild.yaml:12: limits.idle: ...".
#pragma once
#include <stdexcept>
#include <string>

namespace refmail::daemon {

struct configuration_error : std::runtime_error {
    explicit configuration_error(const std::string& text)
        : std::runtime_error(text) {}
};

} // namespace refmail::daemon
