// A message or a part of one, taken apart without being changed: its header section, its body, and what MIME
// says of them (RFC 2045 §5, §6; RFC 2046 §5.1). Views into the text given. Judges nothing: what is malformed
// is simply not there.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace refmail::relay {

struct mime_entity {
    std::string_view header; // with the CRLF of its last field
    std::string_view gap;    // the empty line, or nothing where there is none
    std::string_view body;
    bool has_mime_version = false;
    std::string type;     // "multipart/mixed", lower case; "text/plain" unless told
    std::string boundary; // of a multipart
    std::string encoding; // lower case; "7bit" unless told

    bool is_multipart() const { return type.starts_with("multipart/"); }
    bool is_text() const { return type.starts_with("text/"); }
};

mime_entity read_entity(std::string_view text, std::string_view default_type = "text/plain");

// A multipart's body, cut so that preamble, delimiters, parts and epilogue in their order are the body again.
struct mime_parts {
    struct piece {
        bool part = false; // else preamble, delimiter line or epilogue
        std::string_view octets;
    };
    std::vector<piece> pieces;
};
// Nothing if no delimiter is found. The CRLF in front of a delimiter belongs to it (RFC 2046 §5.1.1).
std::optional<mime_parts> split_multipart(std::string_view body, std::string_view boundary);

// The header section with this Content-Transfer-Encoding in the place of the one it has, or behind the
// others.
std::string with_encoding(std::string_view header, std::string_view encoding);

} // namespace refmail::relay
