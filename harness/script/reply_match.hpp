// Holds an `S:` pattern against what came from the server, and puts patterns into words. Waits for nothing.
#pragma once
#include "harness/script/expansion.hpp"
#include "harness/script/pattern_cache.hpp"
#include "harness/script/server_connection.hpp"

#include <expected>
#include <string>

namespace mailspec::script {

struct match_context {
    const expansion& values;
    expansion_place place;
    pattern_cache& patterns;
    expansion::names* bound = nullptr; // where names that POP3 patterns bind go
};

// What of the pattern does not hold; empty when all of it does. On error: why that cannot be said.
using unmet = std::expected<std::string, std::string>;
// Another code, or an end instead of a reply: what came says it all.
inline constexpr const char* something_else = "something else";

unmet match(const suite::server_pattern& pattern, const server_event& event, const match_context& context);
unmet match_reply(const suite::reply_pattern& pattern, const wire::smtp_reply& reply,
                  const match_context& context);

std::string describe(const suite::server_pattern& pattern); // "250 has SIZE, lines 2+"
std::string describe(const suite::outcome_tier& tier);      // "421 or close"
std::string describe(std::chrono::milliseconds duration);   // "10 s", "300 ms"
std::string times(std::size_t n);                           // "once", "3 times"

} // namespace mailspec::script
