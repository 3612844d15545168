// Holds a POP3 pattern against a response, and puts it into words. Waits for nothing.
#pragma once
#include "harness/script/reply_match.hpp"
#include "harness/suite/step_pop3.hpp"
#include "harness/wire/pop3_response.hpp"

#include <string>

namespace mailspec::script {

// What its regular expressions capture by name goes into `bound` of the context, where all of it holds.
unmet match_pop3(const suite::pop3_pattern& pattern, const wire::pop3_response& response,
                 const match_context& context);
std::string describe(const suite::pop3_pattern& pattern); // "+OK [IN-USE] lines 2+"

} // namespace mailspec::script
