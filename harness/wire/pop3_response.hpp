// One POP3 response as the server sent it: every octet kept, dots unstuffed beside them, every deviation of
// its form noted. It refuses nothing that can be read at all. Whether lines follow a +OK is not in the
// octets: whoever knows the command says so. RFC 1939 §3, RFC 2449 §4 and §8, RFC 5034 §4.
#pragma once
#include "harness/wire/deviation.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mailspec::wire {

struct pop3_response {
    enum class kind { ok, err, continuation };
    std::string raw; // with its line ends and the final dot
    kind what = kind::ok;
    std::string text;               // of the first line, behind the status and one space
    std::string code;               // what stands in [ ] at its front, in capitals: "IN-USE"; empty: nothing
    bool multi_line = false;        // lines follow
    std::vector<std::string> lines; // those, dots unstuffed, without line ends
    std::string content;            // the same as octets, with their line ends
    std::vector<deviation> deviations;
};

// Reads from the front of a buffer. `lines_follow`: if it is +OK, lines and a final dot follow. `scanned`: so
// many octets were there at the last call and the response was incomplete.
enum class pop3_state { incomplete, complete, not_a_response };
struct parsed_pop3 {
    pop3_state state = pop3_state::incomplete;
    pop3_response response; // complete: the response. not_a_response: raw holds the offending line
    std::size_t used = 0;   // octets to take from the buffer
};
parsed_pop3 parse_pop3_response(std::string_view buffer, bool lines_follow, std::size_t scanned = 0);

// What CAPA lists: "SASL PLAIN LOGIN" -> {"SASL", "PLAIN LOGIN"}. Keywords upper-cased; order kept.
struct pop3_capability {
    std::string keyword, parameters;
};
std::vector<pop3_capability> pop3_capabilities_of(const pop3_response& response);

} // namespace mailspec::wire
