// What IMAP calls the envelope of a message: RFC 9051 §7.5.2, from a header section. Values as they stand in
// the fields, unfolded: encoded words are untouched, 8-bit octets stay. An address that breaks RFC 5322 is
// given as far as it can be understood, with MISSING_MAILBOX and MISSING_DOMAIN (as Dovecot has them) in the
// places that the grammar needs filled; nothing is dropped. When a field comes twice, addresses of both count
// and the first of other fields.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace refmail::message {

// Nothing is NIL. RFC 9051 §7.5.2: without a host it begins a group, whose name is the mailbox; without a
// mailbox too, it ends one.
struct envelope_address {
    std::optional<std::string> name;    // display name, unquoted; else the comment behind the address
    std::optional<std::string> route;   // "@a.test,@b.test"
    std::optional<std::string> mailbox; // local-part, unquoted
    std::optional<std::string> host;

    bool begins_group() const { return !host && mailbox; }
    bool ends_group() const { return !host && !mailbox; }
    bool operator==(const envelope_address&) const = default;
};

struct envelope_data {
    std::optional<std::string> date, subject; // nothing: no such field; "": an empty one
    std::vector<envelope_address> from, sender, reply_to, to, cc, bcc; // sender, reply_to: from by default
    std::optional<std::string> in_reply_to, message_id;
};

envelope_data read_envelope(std::string_view header);

// The addresses of one field's body.
std::vector<envelope_address> read_addresses(std::string_view body);

} // namespace refmail::message
