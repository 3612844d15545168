// Steps that only IMAP connections have: what is expected of a response, as a tree, and commands with tags.
// Plain data; docs/suite-mailboxes.md, "IMAP", is the manual. script/imap_match holds a pattern against a
// response; nothing here knows a socket.
#pragma once
#include "harness/suite/text_template.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mailspec::suite {

// One element of a pattern.
struct imap_pattern {
    enum class kind {
        word,     // FETCH, \Seen, 12, 1:3, {mailbox}, BODY[TEXT]: `text`, as written
        string,   // "text", quoted or literal
        nil,      // NIL
        any,      // _
        number,   // #
        regex,    // ~regex~
        variable, // $uid: `name`
        compared, // >$uid >=$uid <$uid <=$uid !$uid: `relation` to what `name` was bound to
        list,     // ( ... ): `items`
        rest,     // ...
    };
    kind what = kind::any;
    text_template text;
    std::string name;     // without the $
    std::string relation; // ">", ">=", "<", "<=", "!" (another value)
    std::vector<imap_pattern> items;
};

// [APPENDUID $v $uid]; with a ? behind it a response without any code will do too.
struct imap_code_pattern {
    bool optional = false;
    std::vector<imap_pattern> items; // the name first, a word
};

// What follows `S:` or `not`.
struct imap_response_pattern {
    enum class kind { tagged, untagged, continuation };
    kind what = kind::tagged;
    std::vector<std::string> conditions;   // OK NO BAD; untagged also PREAUTH BYE. Empty: data
    std::optional<imap_code_pattern> code; // with conditions or a continuation
    std::optional<text_template> regex;    // of the text behind the code
    std::vector<imap_pattern> data;        // untagged data: 3 EXISTS
    std::string source;                    // as written, for reports
};

// C: SELECT {mailbox}. A tag, the text and CRLF are sent. (C+: DONE is a send_line.)
struct send_command {
    text_template text;
};

// not * ...
struct expect_no_response {
    imap_response_pattern pattern;
};

// expect capabilities has IDLE, lacks STARTTLS
struct capability_check {
    bool lacks = false;
    std::string name; // as announced: "AUTH=PLAIN"
};
struct expect_capabilities {
    std::vector<capability_check> checks;
};

struct start_compression {}; // compress

// One message of `messages:`.
struct fixture_message {
    std::string fixture;            // of suites/fixtures/NAME.eml
    std::vector<std::string> flags; // "\Seen", "$Forwarded"
    std::string date;               // INTERNALDATE as it is sent, without quotes; empty: none is given
};

} // namespace mailspec::suite
