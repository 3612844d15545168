// Delivery status notifications: what is to be told about which recipient, and the message that tells it.
// Pure text, no clock, no disk. RFC 3461 (when and to whom), RFC 3464 (the form), RFC 6522
// (multipart/report), RFC 3463 (status codes), RFC 6533 (UTF-8 addresses). No notice is ever made about a
// notice: the caller asks nothing for a null reverse-path (RFC 5321 §4.5.5, §6.1).
#pragma once
#include "reference/queue/entry.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace refmail::report {

enum class action { failed, delayed, delivered, relayed, expanded };

struct reported_recipient {
    queue::recipient who; // its last_* fields and status are what is reported
    report::action action = action::failed;
    std::string final_recipient; // the address that was tried, when it is not who.address (an alias)
    queue::seconds_since_1970 will_retry_until = 0; // delayed only
};

struct notification {
    std::string reporting_mta;        // our host name
    std::string message_id, boundary; // unique
    queue::seconds_since_1970 now = 0;
    int utc_offset_minutes = 0;
    queue::entry about; // sender, envelope_id, ret, received, smtputf8, from_host
    std::vector<reported_recipient> recipients;
};

// Does NOTIFY of this recipient ask for it? RFC 3461 §4.1, §5.2.
bool is_wanted(const queue::recipient& who, report::action what);

// The whole message, CRLF line ends, without Return-Path. `original`: the message as queued (CRLF), of which
// as much is returned as RET and the action allow (RFC 3461 §5.1, §6.3: only headers unless failed).
std::string compose(const notification& what, std::string_view original);

} // namespace refmail::report
