// What is expected of a response of POP3. Plain data; docs/suite-mailboxes.md, "POP3", is the manual.
// script/pop3_match holds it against a response; nothing here knows a socket.
#pragma once
#include "harness/suite/text_template.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mailspec::suite {

struct pop3_check {
    enum class kind {
        text,    // ~regex~: of the first line, behind the status
        any,     // any ~regex~: of the lines that follow
        each,    // each ~regex~
        lines,   // lines N, lines N+
        has,     // of CAPA: has SASL PLAIN
        lacks,   // lacks UTF8
        param,   // param EXPIRE ~regex~
        content, // content "TEXT": the lines that follow, as octets
    };
    kind what = kind::text;
    std::string keyword;               // has, lacks, param
    std::optional<text_template> text; // the regex, the content; of has and lacks: the parameters
    int lines = 0;
    bool or_more = false;
};

struct pop3_pattern {
    std::vector<std::string> statuses; // "+OK", "-ERR", "+"
    std::string code;                  // "IN-USE"; empty: not looked at
    bool code_optional = false;        // written with ?: none will do too
    std::vector<pop3_check> checks;
};

} // namespace mailspec::suite
