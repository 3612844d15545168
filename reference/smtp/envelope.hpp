// What a transaction knows besides its content: RFC 5321 §2.3.1, and the facts for the log.
// Handed on with begin_message and not changed afterwards.
#pragma once
#include "reference/message/mailbox.hpp"
#include "reference/message/notify.hpp"
#include "reference/smtp/directory.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace refmail::smtp {

enum class body_type { unspecified, seven_bit, eight_bit_mime, binary_mime }; // RFC 6152, RFC 3030
enum class returned { unspecified, full, headers };                           // RFC 3461 §4.3: RET

struct recipient {
    message::mailbox address;              // as given, without source route
    std::vector<destination> destinations; // never empty
    std::optional<message::mailbox> owner; // RFC 5321 §3.9.2: copies made by a list carry this sender
    message::notify notify;                // RFC 3461 §4.1
    std::string original_type;             // RFC 3461 §4.2: ORCPT, "rfc822", "utf-8"; empty: not given
    std::string original;                  // its address as it came, in xtext or UTF-8 (RFC 6533 §3)
};

struct envelope {
    std::string id; // "SESSION-N": in the Received field, the reply and the log
    message::reverse_path sender;
    std::vector<recipient> recipients; // in RCPT order; the same address twice is there twice
    std::optional<std::uint64_t> declared_size;
    smtp::body_type body = body_type::unspecified;
    // RFC 4954 §5: AUTH= of MAIL; disengaged: not given; null: <>, or not believed.
    std::optional<message::reverse_path> submitter;
    smtp::returned ret = smtp::returned::unspecified;
    std::string envelope_id;  // RFC 3461 §4.4: ENVID as it came, in xtext; empty: not given
    bool smtputf8 = false;    // RFC 6531
    bool require_tls = false; // RFC 8689
    std::string user;         // authenticated, or empty
    std::string helo;
    std::string protocol; // the Received field's "with"
    std::string client_address;

    // The Return-Path of the copies for this recipient.
    message::reverse_path return_path(const recipient& r) const {
        return r.owner ? message::reverse_path{false, *r.owner} : sender;
    }
};

} // namespace refmail::smtp
