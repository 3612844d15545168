// Steps about bounces and other delivery status notifications (RFC 3464), and about time: a retry, a clock
// that is moved. Plain data; docs/suite-world.md, "Bounces and other reports" and "Time", is the manual.
#pragma once
#include "harness/suite/step_hosts.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace mailspec::suite {

struct expect_dsn { // expect [no] dsn [for ADDRESS] [at mx] [action delayed]; dsns [for ADDRESS] 1
    bool negative = false;
    std::optional<text_template> recipient; // of the original message
    std::optional<at_host> where;           // nullopt: the mailbox of {sender}
    std::string action;                     // empty: any
    std::optional<int> count;
    std::chrono::milliseconds within{20000};
};
struct expect_dsn_field { // expect dsn [message] NAME VALUE | ~regex~ | absent | is date-time
    bool per_message = false;
    bool absent = false;
    std::string name;
    value_check value;
    std::string type; // date-time
};
struct expect_dsn_recipients { // expect dsn recipients 2
    int count = 0;
};
struct expect_dsn_part { // expect dsn part 3 type T | header NAME ... | [not] contains "TEXT" | ~regex~
    int part = 1;
    enum class kind { type, header, contains, matches };
    kind what = kind::type;
    bool negative = false;
    std::string name; // of the header field, or the content type
    value_check value;
    std::optional<text_template> text; // contains, matches
};
struct expect_dsn_returns { // expect dsn returns message|headers|nothing
    enum class what { message, headers, nothing };
    what wanted = what::headers;
};
struct expect_dsn_language_neutral {};

struct retry_delivery {}; // retry
struct advance_clock {    // clock advance 4h
    std::chrono::seconds by{0};
};

} // namespace mailspec::suite
