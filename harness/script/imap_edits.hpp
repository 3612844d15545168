// The ways in which one IMAP response could have been wrong: each a name and the octets in its place. For
// mutants_imap; it knows no recording and no step.
#pragma once
#include "harness/suite/step_imap.hpp"
#include "harness/wire/imap_response.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mailspec::script {

struct imap_edit {
    std::string name; // "number 3 becomes 4"
    std::string raw;
};

std::vector<imap_edit> imap_edits_of(const wire::imap_response& response);

// A response that the pattern would match; nullopt where it speaks of what only the run knew.
std::optional<std::string> example_of(const suite::imap_response_pattern& pattern);

} // namespace mailspec::script
