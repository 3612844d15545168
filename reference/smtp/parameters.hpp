// What MAIL and RCPT say beside their addresses: SIZE (RFC 1870 §3), BODY (RFC 6152 §2, RFC 3030 §3), AUTH
// (RFC 4954 §5), RET, ENVID, NOTIFY and ORCPT (RFC 3461 §4), SMTPUTF8 (RFC 6531 §3.4), REQUIRETLS (RFC 8689
// §2). Unknown ones, and those of extensions that are not offered, give 555 (RFC 5321 §4.1.1.11), broken or
// repeated ones 501. Judges syntax only: policy is the caller's.
#pragma once
#include "reference/message/mailbox.hpp"
#include "reference/message/notify.hpp"
#include "reference/smtp/envelope.hpp"
#include "reference/smtp/reply.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace refmail::smtp {

// Which extensions are in effect; SIZE and 8BITMIME always are.
struct extensions {
    bool auth = false, dsn = false, smtputf8 = false, chunking = false, binarymime = false,
         requiretls = false;
};

struct mail_parameters {
    std::optional<std::uint64_t> size; // beyond 64 bits: the largest number there is
    body_type body = body_type::unspecified;
    std::optional<message::reverse_path> submitter;
    smtp::returned ret = smtp::returned::unspecified;
    std::string envelope_id; // as it came
    bool smtputf8 = false;
    bool require_tls = false;
};

struct rcpt_parameters {
    message::notify notify;
    std::string original_type, original; // as they came
};

// `text` is what follows the path: empty, or begins with a blank.
std::expected<mail_parameters, refusal> parse_mail_parameters(std::string_view text,
                                                              const extensions& offered);
// `smtputf8`: MAIL had it.
std::expected<rcpt_parameters, refusal>
parse_rcpt_parameters(std::string_view text, const extensions& offered, bool smtputf8 = false);

} // namespace refmail::smtp
