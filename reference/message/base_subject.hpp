// The base subject of RFC 5256 §2.1, for SORT and THREAD: "Re: [list] Lunch (fwd)" is "Lunch".
#pragma once
#include <string>
#include <string_view>

namespace refmail::message {

struct subject_base {
    std::string text;                 // UTF-8; compare by search_key()
    bool is_reply_or_forward = false; // RFC 5256 §3, REFERENCES: something that says so was taken off
};

// `subject`: the field's body as it stands in the message, encoded words and folds in it.
subject_base base_subject(std::string_view subject);

} // namespace refmail::message
