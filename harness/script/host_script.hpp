// The script of a host -> lines that world/smtp_host follows. Placeholders are filled in, `repeat` is spelt
// out.
#pragma once
#include "harness/script/expansion.hpp"
#include "harness/suite/step.hpp"
#include "harness/world/host_behaviour.hpp"

#include <expected>
#include <span>
#include <string>
#include <vector>

namespace mailspec::script {

struct host_lines {
    std::vector<world::host_line> lines;
    std::vector<const suite::step*> steps; // behind each line
};

// On error: a sentence.
std::expected<host_lines, std::string> host_script(std::span<const suite::step> script, expansion& values);

} // namespace mailspec::script
