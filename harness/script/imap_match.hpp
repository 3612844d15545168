// Holds a pattern of an IMAP step against a response: trees, sets where the grammar has no order, sequence
// sets by what they contain, mailbox names decoded. Binds $names. Waits for nothing and knows no tag: which
// responses belong to a command is the interpreter's. docs/suite-mailboxes.md, "Expecting".
#pragma once
#include "harness/script/expansion.hpp"
#include "harness/script/pattern_cache.hpp"
#include "harness/suite/step_imap.hpp"
#include "harness/wire/imap_response.hpp"

#include <expected>
#include <map>
#include <string>
#include <vector>

namespace mailspec::script {

// $name -> octets: of a string what it means, of a list how it was sent.
using bound_names = std::map<std::string, std::string, std::less<>>;

struct imap_match_context {
    const expansion& values;
    expansion_place place;
    pattern_cache& patterns;
    const bound_names& bound;
};

struct imap_match {
    bool held = false;
    std::string why;   // not held: what of the response does not fit, in a sentence
    int nearness = 0;  // not held: 0, another kind of response; the larger, the more of it fits
    bound_names bound; // held: what is new
};

// On error: why that cannot be said (a placeholder without a value).
using imap_match_result = std::expected<imap_match, std::string>;
imap_match_result match_imap(const suite::imap_response_pattern& pattern, const wire::imap_response& response,
                             const imap_match_context& context);

// What of these responses came nearest, and why it does not fit; "none came" where none is near at all.
std::expected<std::string, std::string> nearest_miss(const suite::imap_response_pattern& pattern,
                                                     const std::vector<const wire::imap_response*>& seen,
                                                     const imap_match_context& context);

std::string describe(const suite::imap_response_pattern& pattern); // as written

} // namespace mailspec::script
