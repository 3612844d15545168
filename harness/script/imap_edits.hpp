// The ways in which one IMAP response could have been wrong: each a name and the octets in its place. For
// mutants_imap; it knows no recording and no step. And a response as a pattern has it, for what must not
// come.
#pragma once
#include "harness/script/imap_match.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mailspec::script {

struct imap_edit {
    std::string name; // "number 3 becomes 4"
    std::string raw;
};

std::vector<imap_edit> imap_edits_of(const wire::imap_response& response);

// An untagged response that the pattern matches, with what is bound in this run; nullopt where none was
// thought of.
std::optional<std::string> example_of(const suite::imap_response_pattern& pattern,
                                      const imap_match_context& context);

} // namespace mailspec::script
