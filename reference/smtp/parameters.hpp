// The parameters behind the path of MAIL and RCPT: RFC 5321 §4.1.2 esmtp-param, and their values:
// SIZE (RFC 1870 §3), BODY (RFC 6152 §2), AUTH (RFC 4954 §5, an xtext). Unknown ones give 555
// (RFC 5321 §4.1.1.11), broken or repeated ones 501. Judges syntax only: policy is the caller's.
#pragma once
#include "reference/message/mailbox.hpp"
#include "reference/smtp/envelope.hpp"
#include "reference/smtp/reply.hpp"

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

namespace refmail::smtp {

struct mail_parameters {
    std::optional<std::uint64_t> size; // beyond 64 bits: the largest number there is
    body_type body = body_type::unspecified;
    std::optional<message::reverse_path> submitter;
};

// `text` is what follows the path: empty, or begins with a blank. `with_auth`: the AUTH parameter is known.
std::expected<mail_parameters, refusal> parse_mail_parameters(std::string_view text, bool with_auth);

// RCPT knows no parameter yet (DSN will bring some): any well-formed one is 555.
std::expected<void, refusal> parse_rcpt_parameters(std::string_view text);

} // namespace refmail::smtp
