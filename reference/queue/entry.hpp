// A message that waits to leave, as the queue knows it: whose it is, for whom, what was promised about
// notices (RFC 3461), how far it got. Plain data; file.hpp writes it down, docs/reference.md has the format.
// Times are seconds since 1970, UTC, by the daemon's clock.
#pragma once
#include "reference/message/notify.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace refmail::queue {

using seconds_since_1970 = std::int64_t;

struct recipient {
    enum class state { waiting, done, failed }; // done: delivered or relayed, and reported if wished
    std::string address;                        // "ann@elsewhere.test"; may hold UTF-8 (RFC 6531)
    std::string original_type;                  // ORCPT: "rfc822", "utf-8"; empty: none given
    std::string
        original; // ORCPT's address as it came, xtext and all: it is relayed unchanged (RFC 3461 §5.2.1)
    // The address of RCPT, when an alias here led from it to `address`: reports speak of that one
    // (RFC 3464 §2.3.2). Empty: the same.
    std::string accepted_as;
    message::notify notify; // RFC 3461 §4.1
    recipient::state state = state::waiting;
    std::string last_host;  // who said so last: a name, or empty
    std::string last_reply; // its reply, lines joined by LF; or, when nobody replied, why
    std::string status;     // "4.4.1": of the last attempt
    seconds_since_1970 last_attempt = 0;
    bool delay_reported = false;
    bool operator==(const recipient&) const = default;
};

struct entry {
    enum class ret { unspecified, full, headers }; // RFC 3461 §4.3
    enum class body { unspecified, seven_bit, eight_bit_mime, binary_mime };
    std::string id;          // the name of its files, unique for ever
    std::string sender;      // "joe@example.test"; empty for the null reverse-path
    std::string envelope_id; // ENVID as it came, in xtext, for it is relayed unchanged; empty: none
    entry::ret ret = ret::unspecified;
    entry::body body = body::unspecified;
    bool smtputf8 = false;    // RFC 6531
    bool require_tls = false; // RFC 8689
    std::string user;         // who submitted it; empty for none
    std::string submitter;    // AUTH= of MAIL (RFC 4954 §5); empty: not given; "<>": not known
    std::string from_host;    // the EHLO name of the client that it came from, for reports
    std::string from_address; // and its address: "127.0.0.1", "::1"
    seconds_since_1970 received = 0;
    std::uint64_t size = 0; // octets with CRLF line ends
    bool has_eight_bit = false;
    std::vector<queue::recipient> recipients;
    std::uint32_t attempts = 0;
    seconds_since_1970 next_attempt = 0;
    bool held = false; // by hand: not tried until released
    bool operator==(const entry&) const = default;
};

} // namespace refmail::queue
