// One SMTP (submission, LMTP) reply as the server sent it: every octet kept, every deviation noted.
// It refuses nothing that can be read at all: judging is not rejecting. RFC 5321 §4.2, RFC 2034 §4.
#pragma once
#include "harness/wire/deviation.hpp"

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::wire {

struct smtp_reply {
    std::string raw;                   // with its line ends
    std::string code;                  // "250": three octets as they came, from the first line
    std::vector<std::string> lines;    // text of each line: after the code and separator
    std::vector<std::string> enhanced; // per line: "2.1.0", or empty
    std::vector<deviation> deviations;

    bool is(std::string_view pattern) const; // "250", "25z", "5yz"
};

// Reads from the front of a buffer.
enum class reply_state { incomplete, complete, not_a_reply };
struct parsed_reply {
    reply_state state = reply_state::incomplete;
    smtp_reply reply;     // complete: the reply. not_a_reply: raw holds the offending line
    std::size_t used = 0; // octets to take from the buffer
};
parsed_reply parse_smtp_reply(std::string_view buffer);

// What an EHLO (LHLO) reply offers. Keywords upper-cased; order kept.
struct capability {
    std::string keyword;
    std::string parameters; // as sent, after one space; empty when none
};
struct capability_set {
    std::vector<capability> offered;
    const capability* find(std::string_view keyword) const;
    bool has(std::string_view keyword, std::string_view parameter = {}) const;
};
capability_set capabilities_of(const smtp_reply& ehlo_reply);

} // namespace mailspec::wire
