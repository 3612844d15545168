// The queue's format: mail for other hosts that was accepted and is held for a relay.
// Two files an entry in DATA/queue/: ID.message, the message as it will be sent but with LF line
// ends, and ID.envelope, a JSON object. The envelope is renamed into place last: an entry exists
// when its envelope does, and a .message alone is what a crash left behind. See docs/reference.md.
#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace refmail::store {

struct held_envelope {
    std::string id;                      // the name of both files, unique
    std::string sender;                  // "joe@example.test"; empty for the null reverse-path
    std::vector<std::string> recipients; // "ann@elsewhere.test", at least one
    std::string body;                    // "7BIT", "8BITMIME", or empty when MAIL did not say
    std::string user;                    // who submitted it; empty for none
    std::string received;                // when: ISO 8601, UTC
    bool operator==(const held_envelope&) const = default;
};

std::string to_json(const held_envelope& e); // one object, one line, LF at the end

// The error says what is wrong with it, for the log.
std::expected<held_envelope, std::string> held_envelope_from_json(std::string_view text);

} // namespace refmail::store
