// What a message is made of: the tree of its parts, with where each stands. RFC 2045 §5, RFC 2046 §5.1 and
// §5.2, RFC 2183, RFC 2231, RFC 6532 §3.7 (message/global). For messages as they are, not as they should be:
// whatever the octets, there is a tree, its ranges nest, and IMAP's grammar can express it. Past the limits,
// what would have parts is a leaf of type application/octet-stream, and further parts belong to the one
// before. Decodes no content. Work grows with the size of the message, not with its depth.
#pragma once
#include "reference/message/mime_parameters.hpp"
#include "reference/message/octet_range.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace refmail::message {

struct mime_disposition {
    std::string type; // "attachment", as sent
    std::vector<mime_parameter> parameters;
};

// A message, or a part of one.
struct mime_part {
    enum class kind {
        leaf,
        multipart, // children: its parts, at least one (an empty text/plain where the message has none)
        message,   // message/rfc822, message/global; children: the embedded message, alone
    };
    kind holds = kind::leaf;
    octet_range header;      // to behind the empty line that ends it
    octet_range body;        // begins where the header ends
    std::uint64_t lines = 0; // line ends in the body

    // Content-Type; text/plain; charset=us-ascii if there is none or it cannot be read (RFC 2045 §5.2),
    // message/rfc822 in a multipart/digest (RFC 2046 §5.1.5). Letter case as sent: compare with is().
    std::string type, subtype;
    std::vector<mime_parameter> parameters;
    std::string encoding = "7bit";                             // Content-Transfer-Encoding, as sent
    std::optional<std::string> id, description, md5, location; // Content-*, unfolded
    std::optional<mime_disposition> disposition;
    std::vector<std::string> languages;

    std::vector<mime_part> children;

    bool is(std::string_view its_type) const;
    bool is(std::string_view its_type, std::string_view its_subtype) const;
    // The value of a parameter of Content-Type, in UTF-8; "" if it is not there.
    std::string_view parameter(std::string_view name) const;
    // The embedded message of a kind::message.
    const mime_part& embedded() const { return children.front(); }
};

struct mime_limits {
    std::size_t depth = 50;   // parts within parts
    std::size_t parts = 1000; // in all
};

// The whole message; ranges are offsets into it.
mime_part parse_mime(std::string_view message, const mime_limits& limits = {});

} // namespace refmail::message
