// What SORT and THREAD compare of a message's header: RFC 5256 §2, §3, §5. Made once for each message and
// remembered by the folder, so that a second SORT opens nothing.
#pragma once
#include "reference/imap/open_message.hpp"

namespace refmail::imap {

struct header_facts {
    std::optional<std::int64_t> sent; // of the Date field, seconds since 1970, UTC; nothing: no usable one
    std::string subject;              // base subject, as search_key()
    bool is_reply = false;            // RFC 5256 §3: the subject says reply or forward
    std::string from, to, cc;         // addr-mailbox of the first address, as search_key()
    std::optional<std::string> id;    // Message-ID, normalised
    std::vector<std::string> references;

    bool operator==(const header_facts&) const = default;
};

// Nothing: the message cannot be read any more.
std::optional<header_facts> header_facts_of(mailbox::folder& in, mailbox::uid id);

// As it is remembered.
std::string to_text(const header_facts& facts);
std::optional<header_facts> header_facts_from(std::string_view text);

} // namespace refmail::imap
