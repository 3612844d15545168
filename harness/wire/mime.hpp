// The MIME structure of a message, one level at a time, read without loss: what Content-Type says, the parts
// between the boundaries, what a transfer encoding hides. It repairs nothing: a part that is not closed or a
// parameter that is malformed is a deviation beside the octets. RFC 2045 §5.1, §6.7, §6.8; RFC 2046 §5.1.1.
#pragma once
#include "harness/wire/message.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mailspec::wire {

struct content_type {
    std::string type;                                            // lower case: "multipart/report"
    std::vector<std::pair<std::string, std::string>> parameters; // names in lower case, values unquoted
    bool malformed = false;                                      // RFC 2045 §5.1 does not allow it so

    const std::string* parameter(std::string_view name) const;
};
content_type parse_content_type(std::string_view unfolded_value);
content_type content_type_of(const message& m); // without the field: text/plain (RFC 2045 §5.2)

// The value of Content-Transfer-Encoding in lower case; without the field "7bit" (RFC 2045 §6.1).
std::string transfer_encoding_of(const message& m);
std::string decoded_body(const message& m); // without base64 or quoted-printable; else as it is

struct mime_part {
    std::string raw; // header and body, without the CRLF that belongs to the boundary
    message content;
    content_type type;
    std::string encoding;

    std::string decoded() const; // the body without base64 or quoted-printable; else as it is
};

struct multipart {
    std::string preamble, epilogue;
    std::vector<mime_part> parts;
    bool closed = false; // "--boundary--" was there
};
multipart split_multipart(std::string_view body, std::string_view boundary);

// RFC 5322 §3.2.2: without comments; what stands in quotes stays. White space at both ends goes too.
std::string without_comments(std::string_view value);

} // namespace mailspec::wire
