// The configuration file: YAML, described in docs/reference.md. Unknown keys are errors, and every
// error is a configuration_error that names file, line and key.
#pragma once
#include "reference/daemon/settings.hpp"

#include <string>

namespace refmail::daemon {

settings read_configuration(const std::string& path);
settings parse_configuration(const std::string& text, const std::string& name); // name: for errors

} // namespace refmail::daemon
