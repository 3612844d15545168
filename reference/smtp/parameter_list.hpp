// The parameters behind the path of MAIL and RCPT as a list: esmtp-param = esmtp-keyword ["=" esmtp-value],
// one blank between them (RFC 5321 §4.1.2); a value may hold UTF-8 where SMTPUTF8 is in effect (RFC 6531
// §3.3). Refuses what is malformed and a keyword that is given twice; what a keyword means is for others to
// say.
#pragma once
#include "reference/message/path.hpp"
#include "reference/smtp/reply.hpp"

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace refmail::smtp {

struct parameter {
    std::string_view keyword;
    std::optional<std::string_view> value; // disengaged: no "="
    bool is(std::string_view name) const { return message::equals_ignoring_case(keyword, name); }
};

// `text` is what follows the path: empty, or begins with a blank.
std::expected<std::vector<parameter>, refusal> split_parameters(std::string_view text,
                                                                message::characters allowed);

std::unexpected<refusal> bad_parameter(std::string text); // 501 5.5.4
// RFC 5321 §4.1.1.11: 555 for what the server does not recognise.
std::unexpected<refusal> unknown_parameter(const parameter& p);

} // namespace refmail::smtp
