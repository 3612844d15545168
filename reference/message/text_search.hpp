// Looks for a text in messages, as SEARCH does: RFC 9051 §6.4.4. Header text is compared with encoded words
// decoded, bodies of text parts with transfer encoding and charset undone, all by search_key(). Works by
// pieces of some ten KiB, whatever the size of the message; stops at the first match. Octets whose encoding
// or charset is unknown are compared as they are. Parts of type text and message (delivery reports and the
// like) are looked into, no others; tags of HTML are text.
#pragma once
#include "reference/message/header_section.hpp"
#include "reference/message/mime_tree.hpp"

#include <string>
#include <string_view>

namespace refmail::message {

// What is looked for: made once, used for many messages. `utf8`: see to_utf8() for other charsets.
class search_text {
  public:
    explicit search_text(std::string_view utf8);
    bool is_empty() const { return key_.empty(); } // found everywhere
    const std::string& key() const { return key_; }
    bool is_in(std::string_view searched_text) const;

  private:
    std::string key_;
};

// What a field says, ready to be searched: unfolded, decoded, as search_key().
std::string searched_text(const header_field& field);

// HEADER, SUBJECT, FROM ...: in any field of this name. An empty text: there is such a field.
bool field_contains(std::string_view header, std::string_view field_name, const search_text& sought);

// BODY: text parts, those of embedded messages too; no header field (RFC 9051 §6.4.4).
bool body_contains(const mime_part& message_tree, std::string_view message, const search_text& sought);

// TEXT: header fields, those of parts and embedded messages too, and bodies.
bool text_contains(const mime_part& message_tree, std::string_view message, const search_text& sought);

} // namespace refmail::message
