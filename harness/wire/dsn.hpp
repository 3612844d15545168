// A delivery status notification read without loss: a multipart/report whose second part tells of a message
// and of its recipients in groups of fields. It takes what real servers send, also where a document forbids
// that; what is wrong with it is dsn_rules'. RFC 3464 §2, RFC 6522 §3, RFC 6533 §4.
#pragma once
#include "harness/wire/mime.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::wire {

// "rfc822; a@b.example" (RFC 3464 §2.1.2).
struct typed_value {
    std::string type;  // lower case; empty: there is no semicolon
    std::string value; // trimmed, with its comments
};
typed_value parse_typed_value(std::string_view unfolded_value);

// A group of fields: the first is about the message, each other about one recipient.
struct dsn_group {
    std::string raw;
    message fields; // no body

    const header_field* find(std::string_view name) const { return fields.find(name); }
    bool names(std::string_view address) const; // as Final-Recipient or Original-Recipient
    std::string action() const;                 // lower case, without comments; empty: none
};

struct dsn {
    message whole;
    content_type type;
    std::vector<mime_part> parts; // of the report
    std::size_t status = 0;       // index of the part that tells
    bool closed = false;          // the last part ends in its closing delimiter
    dsn_group about_message;
    std::vector<dsn_group> recipients;
    std::string status_text; // of that part, decoded

    const mime_part& status_part() const { return parts[status]; }
    bool is_global() const; // message/global-delivery-status (RFC 6533 §4.1)
    // What is returned of the original: its part, or null.
    const mime_part* returned() const;
    // The n-th part from 1, or null. That part of a report without parts is the message itself.
    const mime_part* part(std::size_t n) const {
        return n >= 1 && n <= parts.size() ? &parts[n - 1] : nullptr;
    }
};

// nullopt: it has no part message/delivery-status (or global), so it tells a program nothing.
std::optional<dsn> read_dsn(std::string_view raw);

// RFC 5321 §2.4: domains are the same in any case, local parts are not.
bool same_address(std::string_view a, std::string_view b);

} // namespace mailspec::wire
