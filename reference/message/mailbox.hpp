// The address of a mailbox in an envelope: local-part and domain (RFC 5321 §2.3.11).
// The local-part is held unquoted, so that "joe", "\j\o\e" and joe are one (RFC 5321 §4.1.2: quoted
// forms MUST be treated as equivalent); to_string() writes it with the least quoting possible.
// Refuses nothing: parsing is in path.hpp.
#pragma once
#include <string>
#include <string_view>

namespace refmail::message {

struct mailbox {
    std::string local_part; // unquoted octets, letter case as sent
    std::string domain;     // as sent; "[127.0.0.1]" for an address literal; empty only in <postmaster>

    bool is_ascii() const; // else only SMTPUTF8 can carry it (RFC 6531)
    bool is_literal() const { return domain.starts_with('['); }
    // At least two labels, or an address literal: what RFC 6409 §4.2 asks of a submission.
    bool is_fully_qualified() const;
    std::string to_string() const; // "joe@example.test", "\"joe smith\"@example.test", "postmaster"

    // Local-parts compare exactly (RFC 5321 §2.4), domains without regard to case.
    friend bool operator==(const mailbox& a, const mailbox& b);
};

// A reverse-path: a mailbox, or null (`<>`).
struct reverse_path {
    bool null = true;
    mailbox address;

    std::string to_string() const { return null ? "<>" : "<" + address.to_string() + ">"; }
};

// RFC 5321 §4.5.1: postmaster is a local name in any letter case.
bool is_postmaster(std::string_view local_part);

// RFC 5233: "alice+lists" is user "alice", detail "lists". No separator, or nothing before it: no detail.
struct sub_address {
    std::string_view user;
    std::string_view detail;
    bool has_detail = false;
};
sub_address split_sub_address(std::string_view local_part, char separator = '+');

// Dot-string if it fits, else the shortest Quoted-string (RFC 5321 §4.1.2: "minimum quoting possible").
std::string quote_local_part(std::string_view local_part);

// ASCII only, as in all of SMTP.
bool equals_ignoring_case(std::string_view a, std::string_view b);
std::string lower_case(std::string_view text);

} // namespace refmail::message
