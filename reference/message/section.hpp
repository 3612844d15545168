// Finds what FETCH asks for by BODY[section]: RFC 9051 §6.4.5.1. Gives octets as they are in the message,
// undecoded; views where they stand together, a text of its own where fields are picked. Parses no command:
// the section comes in pieces. Partial ranges are up to the caller.
#pragma once
#include "reference/message/mime_tree.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace refmail::message {

struct section {
    enum class what {
        all,               // BODY[], BODY[1.2]
        header,            // HEADER
        header_fields,     // HEADER.FIELDS (...)
        header_fields_not, // HEADER.FIELDS.NOT (...)
        text,              // TEXT
        mime,              // MIME: with a part only
    };
    std::vector<std::uint32_t> part; // "1.2.3"; empty: the message itself
    what wanted = what::all;
    std::vector<std::string> fields; // of header_fields and header_fields_not; any letter case
};

class section_octets {
  public:
    explicit section_octets(std::string_view in_message)
        : view_(in_message) {}
    explicit section_octets(std::string composed)
        : composed_(std::move(composed)) {}
    // Valid as long as this and the message are.
    std::string_view octets() const { return composed_ ? std::string_view(*composed_) : view_; }

  private:
    std::string_view view_;
    std::optional<std::string> composed_;
};

// The part with this number; nothing if there is none. Empty: the message. In what is not multipart, 1 is the
// message or embedded message itself, seen as a body.
const mime_part* find_part(const mime_part& message_tree, const std::vector<std::uint32_t>& part);

// Nothing: there is no such part, or HEADER or TEXT is asked of a part that is no message.
std::optional<section_octets> find_section(const mime_part& message_tree, std::string_view message,
                                           const section& asked);

// The fields whose names are (or, with `others`, are not) among `names`, and the empty line, if there is one.
std::string pick_fields(std::string_view header, const std::vector<std::string>& names, bool others);

} // namespace refmail::message
