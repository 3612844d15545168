// The configuration file: YAML, described in docs/reference.md. Unknown keys are errors, and every
// error is a configuration_error that names file, line and key.
#pragma once
#include "reference/daemon/configuration_error.hpp"
#include "reference/daemon/settings.hpp"

#include <string>

namespace refmail::daemon {

settings read_configuration(const std::string& path);
settings parse_configuration(const std::string& text, const std::string& name); // name: for errors

// A setting from that file that proved unusable later (a port in use, no such user): with its line.
configuration_error place_in_file(const std::string& path, const bad_setting& wrong);

} // namespace refmail::daemon
