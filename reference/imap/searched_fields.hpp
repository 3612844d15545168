// What SEARCH compares of a message's header, ready to be compared: the fields that people and programs
// search for, unfolded, decoded and as search_key(), and the day of its Date field. Made once for each
// message and remembered by the folder, so that a second SEARCH opens nothing. Says nothing of other fields,
// nor of those too long to be remembered: the message tells. RFC 9051 §6.4.4.
#pragma once
#include "reference/imap/open_message.hpp"
#include "reference/message/text_search.hpp"

#include <chrono>

namespace refmail::imap {

class searched_fields {
  public:
    // The sign of a field that is remembered; 0: it is none of them.
    static char sign_of(std::string_view field_name);

    static searched_fields of(std::string_view header);
    // As it is remembered. Nothing: it is no such text.
    static std::optional<searched_fields> from(std::string text);
    const std::string& text() const { return text_; }

    // message::field_contains() of the field with this sign. Nothing: only the message tells.
    std::optional<bool> contains(char sign, const message::search_text& sought) const;
    // RFC 9051 §6.4.4: the day that the Date field itself shows. Nothing: there is none.
    const std::optional<std::chrono::sys_days>& sent() const { return sent_; }

  private:
    searched_fields() = default;
    std::string text_;
    std::optional<std::chrono::sys_days> sent_;
    std::size_t left_out_from_ = 0, left_out_ = 0, fields_from_ = 0; // within text_
};

// What is remembered of `of`, made and remembered if need be. Nothing: the message cannot be opened.
std::optional<searched_fields> searched_fields_of(mailbox::folder& in, open_message& of);

} // namespace refmail::imap
