// Steps that look at what the server under test did to remote hosts: connections, envelopes, parameters,
// TLS, octets. Plain data; docs/suite-world.md, "What they saw", is the manual. Knows no socket.
#pragma once
#include "harness/suite/source_pos.hpp"
#include "harness/suite/text_template.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace mailspec::suite {

// `at mx`, `at a|b`, `at mx[2]`: which host, and which of its connections (from 1; nullopt: the last).
struct at_host {
    std::vector<std::string> any_of;
    std::optional<int> connection;
};

// A value that is compared: equal, or matching a regular expression.
struct value_check {
    std::optional<text_template> equals, matches; // both empty: any value
};

// "TEXT" | contains "TEXT" | ~regex~ | length N
struct body_check {
    enum class kind { equals, contains, matches, length };
    kind what = kind::equals;
    bool decoded = false; // what base64 or quoted-printable hides
    std::optional<text_template> text;
    std::uint64_t length = 0;
};

struct expect_mail { // expect mail at mx [2 times], expect no mail at mx
    at_host where;
    bool negative = false;
    std::optional<int> times;
    std::chrono::milliseconds within{20000};
};
struct expect_connections { // expect connection at, connections at mx 2, no connection at
    at_host where;
    bool negative = false;
    std::optional<int> count;
    std::chrono::milliseconds within{20000};
};
struct expect_tried { // expect tried a, b|c, d
    std::vector<std::vector<std::string>> in_order;
    std::chrono::milliseconds within{20000};
};
struct expect_envelope { // expect sender at mx <...>; expect recipients at mx <...>, <...>
    at_host where;
    bool sender = false;
    std::vector<text_template> addresses; // without angle brackets
};
struct expect_parameter { // expect [no] parameter at mx MAIL SIZE=1000 | SIZE ~regex~
    at_host where;
    bool negative = false;
    std::string verb;                       // MAIL, RCPT
    std::optional<text_template> recipient; // RCPT <a@{zone}>
    std::string keyword;
    bool bare = false; // written without value: it must have none
    value_check value;
};
struct expect_command { // expect [no] command at mx EHLO ~regex~; commands at mx RCPT 2
    at_host where;
    bool negative = false;
    std::string verb;
    value_check argument;
    std::optional<int> count;
    std::chrono::milliseconds within{20000};
};
struct expect_command_order { // expect commands at mx in order EHLO, MAIL, RCPT, DATA, message, QUIT
    at_host where;
    std::vector<std::string> verbs;
    std::chrono::milliseconds within{20000};
};
struct expect_pipelined { // expect [not] pipelined at mx RCPT
    at_host where;
    bool negative = false;
    std::string verb;
};
struct expect_closed { // expect closed at mx quit
    at_host where;
    enum class how { quit, eof, reset, open };
    how wanted = how::quit;
    std::chrono::milliseconds within{20000};
};
struct expect_host_tls { // expect [no] tls at mx [sni NAME] [version 1.2+] [failed]
    at_host where;
    bool negative = false;
    bool failed = false;
    std::optional<text_template> server_name;
    std::string min_version;
    std::chrono::milliseconds within{20000};
};
struct expect_octets { // expect [no] octets at mx ~regex~
    at_host where;
    bool negative = false;
    text_template regex;
};
struct expect_wire_body : body_check {}; // expect wire body ...: of the message that `expect mail` looked at
struct expect_fetches {                  // expect [no] fetch at mta-sts, fetches at mta-sts 1
    at_host where;
    bool negative = false;
    std::optional<int> count;
    std::chrono::milliseconds within{20000};
};

// In the script of a host only: what the server under test must send it, and the end of the script.
struct expect_client { // C: EHLO | C: MAIL FROM:<...> | C: ~regex~ | C: message | C: close
    enum class kind { verb, line, matches, message, close };
    kind what = kind::verb;
    std::optional<text_template> text;
};
struct serve_as_stock {}; // serve: from here on as the stock would
struct hold_back {};      // hold: until the case says `release`

struct release_host { // release mx: one `hold` of that host is over
    std::string host;
};

} // namespace mailspec::suite
