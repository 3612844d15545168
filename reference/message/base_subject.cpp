// The procedure of RFC 5256 §2.1, step by step, with the grammar of its §5. Time is in proportion to the
// subject: blobs are looked at once.
#include "reference/message/base_subject.hpp"

#include "reference/message/encoded_words.hpp"
#include "reference/message/header_fields.hpp"
#include "reference/message/mailbox.hpp"

#include <algorithm>

namespace refmail::message {

namespace {

bool starts(std::string_view text, std::string_view word) {
    return equals_ignoring_case(text.substr(0, word.size()), word);
}

bool ends(std::string_view text, std::string_view word) {
    return text.size() >= word.size() && equals_ignoring_case(text.substr(text.size() - word.size()), word);
}

// (1)
std::string on_one_line(std::string_view subject) {
    std::string out;
    for (char c : decode_encoded_words(unfold(subject))) {
        const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        if (!blank)
            out += c;
        else if (!out.ends_with(' '))
            out += ' ';
    }
    return out;
}

std::size_t blanks_at(std::string_view text, std::size_t at) {
    return std::min(text.find_first_not_of(" \t", at), text.size()) - at;
}

// subj-blob = "[" *BLOBCHAR "]" *WSP; 0: none
std::size_t blob_size(std::string_view text) {
    if (!text.starts_with('[')) return 0;
    const auto end = text.find_first_of("[]", 1);
    if (end == std::string_view::npos || text[end] != ']') return 0;
    return end + 1 + blanks_at(text, end + 1);
}

// subj-refwd = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"; 0: none
std::size_t reply_mark_size(std::string_view text) {
    std::size_t size = starts(text, "fwd") ? 3 : starts(text, "re") || starts(text, "fw") ? 2 : 0;
    if (size == 0) return 0;
    size += blanks_at(text, size);
    size += blob_size(text.substr(size));
    return text.substr(size).starts_with(':') ? size + 1 : 0;
}

class extraction {
  public:
    explicit extraction(std::string_view text)
        : text_(text) {}
    subject_base run() {
        do {
            remove_trailers();
            remove_front();
        } while (remove_forward_frame());
        return {std::string(text_), reply_};
    }

  private:
    void remove_trailers();      // (2)
    void remove_front();         // (3) to (5)
    bool remove_forward_frame(); // (6)

    std::string_view text_;
    bool reply_ = false;
};

void extraction::remove_trailers() {
    for (;;) {
        if (text_.ends_with(' ')) {
            text_.remove_suffix(1);
        } else if (ends(text_, "(fwd)")) {
            text_.remove_suffix(5);
            reply_ = true;
        } else {
            return;
        }
    }
}

void extraction::remove_front() {
    for (;;) {
        text_.remove_prefix(blanks_at(text_, 0));
        std::size_t blobs = 0, last_blob = 0;
        while (const auto size = blob_size(text_.substr(blobs))) {
            last_blob = blobs;
            blobs += size;
        }
        if (const auto mark = reply_mark_size(text_.substr(blobs))) {
            text_.remove_prefix(blobs + mark); // subj-leader
            reply_ = true;
            continue;
        }
        // A blob is removed only if that leaves something.
        text_.remove_prefix(blobs < text_.size() ? blobs : last_blob);
        return;
    }
}

bool extraction::remove_forward_frame() {
    if (!starts(text_, "[fwd:") || !text_.ends_with(']')) return false;
    text_.remove_prefix(5);
    text_.remove_suffix(1);
    reply_ = true;
    return true;
}

} // namespace

subject_base base_subject(std::string_view subject) {
    const auto text = on_one_line(subject);
    return extraction(text).run();
}

} // namespace refmail::message
