// Delivery status notifications: what is to be told about which recipient, and the message that tells it.
// Pure text, no clock, no disk. RFC 3461 (when and to whom), RFC 3464 (the form), RFC 6522
// (multipart/report), RFC 3463 (status codes), RFC 6533 (UTF-8 addresses). No notice is ever made about a
// notice: the caller asks nothing for a null reverse-path (RFC 5321 §4.5.5, §6.1).
#pragma once
#include "reference/queue/entry.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace refmail::report {

enum class action { failed, delayed, delivered, relayed, expanded };

struct reported_recipient {
    queue::recipient who; // its last_* fields and status are what is reported
    report::action action = action::failed;
    queue::seconds_since_1970 will_retry_until = 0; // delayed only
};

struct notification {
    std::string reporting_mta; // our host name
    std::string message_id;    // "<unique@host>"
    std::string boundary;      // unique, of letters, digits and ".-_=" (RFC 2046 §5.1.1)
    queue::seconds_since_1970 now = 0;
    int utc_offset_minutes = 0;
    queue::entry about; // its own recipients are not looked at
    std::vector<reported_recipient> recipients;
    // Will the notification reach the sender as 8-bit octets? True for a mailbox here; for others nobody
    // knows, and all of it is 7-bit text, or can be left out (RFC 6522 §3).
    bool way_back_is_eight_bit = false;
};

// A longer original comes back as its header section only (RFC 3461 §6.2): no need to read more of it.
inline constexpr std::size_t largest_returned = 256 * 1024;

// Does NOTIFY of this recipient ask for it? RFC 3461 §4.1, §5.2.
bool is_wanted(const queue::recipient& who, report::action what);

// The whole message, CRLF line ends, without Return-Path. `original`: the message as queued (CRLF), or its
// first largest_returned + 1 octets; of it as much is returned as RET and the action allow (RFC 3461 §4.3,
// §6.2: only headers unless failed). It is 7-bit unless way_back_is_eight_bit or the sender's address is not
// ASCII: then the notification itself needs SMTPUTF8.
std::string compose(const notification& what, std::string_view original);

} // namespace refmail::report
