// encoded-word = "=?" charset "?" encoding "?" encoded-text "?=": RFC 2047 §2. Time is in proportion to the
// text: a word's pieces end at the first '?' at the latest.
#include "reference/message/encoded_words.hpp"

#include "reference/message/charset.hpp"
#include "reference/message/mailbox.hpp"
#include "reference/message/transfer_decoding.hpp"

#include <algorithm>
#include <optional>

namespace refmail::message {

namespace {

struct encoded_word {
    std::string_view charset; // without the language
    char encoding = 'q';      // 'q' or 'b'
    std::string_view text;
    std::size_t size = 0; // with "=?" and "?="
};

std::optional<encoded_word> word_at(std::string_view text) {
    if (!text.starts_with("=?")) return std::nullopt;
    const auto charset_end = text.find_first_of("? \t\r\n()<>@,;:\"/[].=", 2);
    if (charset_end == std::string_view::npos || charset_end == 2 || text[charset_end] != '?')
        return std::nullopt;
    encoded_word word;
    word.charset = text.substr(2, charset_end - 2);
    // RFC 2231 §5: charset ["*" language]
    word.charset = word.charset.substr(0, word.charset.find('*'));
    const auto behind = text.substr(charset_end + 1);
    if (behind.size() < 2 || behind[1] != '?') return std::nullopt;
    word.encoding = lower_case(behind.substr(0, 1)).front();
    if (word.encoding != 'q' && word.encoding != 'b') return std::nullopt;
    const auto text_end = behind.find('?', 2);
    if (text_end == std::string_view::npos || behind.substr(text_end, 2) != "?=") return std::nullopt;
    word.text = behind.substr(2, text_end - 2);
    word.size = charset_end + 1 + text_end + 2;
    return word;
}

// RFC 2047 §4.2: quoted-printable, where "_" is a space, and blanks at the end are content.
std::string decoded_q(std::string_view text) {
    std::string out;
    std::string escape;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '=' && i + 2 < text.size()) {
            escape = text.substr(i, 3);
            const auto octet = transfer_decode(transfer_encoding::quoted_printable, escape);
            if (octet.size() == 1) {
                out += octet;
                i += 2;
                continue;
            }
        }
        out += text[i] == '_' ? ' ' : text[i];
    }
    return out;
}

std::string octets_of(const encoded_word& word) {
    if (word.encoding == 'b') return transfer_decode(transfer_encoding::base64, word.text);
    return decoded_q(word.text);
}

// Neighbouring words of one charset: characters are cut between them by programs that do not know better.
class word_run {
  public:
    explicit word_run(std::string& out)
        : out_(out) {}
    bool is_open() const { return !charset_.empty(); }
    void add(const encoded_word& word) {
        if (!equals_ignoring_case(charset_, word.charset)) end();
        charset_ = word.charset;
        octets_ += octets_of(word);
    }
    void end() {
        if (is_open()) out_ += to_utf8(octets_, charset_).value_or(octets_);
        charset_.clear();
        octets_.clear();
    }

  private:
    std::string& out_;
    std::string charset_;
    std::string octets_;
};

void append_plain(std::string_view text, std::string& out) {
    out += *to_utf8(text, "us-ascii");
}

} // namespace

std::size_t encoded_word_size(std::string_view text) {
    const auto word = word_at(text);
    return word ? word->size : 0;
}

std::string decode_encoded_words(std::string_view text) {
    std::string out;
    word_run run(out);
    while (!text.empty()) {
        const auto at = std::min(text.find("=?"), text.size());
        const auto plain = text.substr(0, at);
        const auto word = word_at(text.substr(at));
        const bool known = word && is_known_charset(word->charset);
        // RFC 2047 §6.2: white space between two encoded words is not shown.
        const bool joins =
            known && run.is_open() && plain.find_first_not_of(" \t\r\n") == std::string_view::npos;
        if (!joins) {
            run.end();
            append_plain(plain, out);
        }
        text.remove_prefix(at);
        if (known) {
            run.add(*word);
            text.remove_prefix(word->size);
        } else if (!text.empty()) {
            // Not to be decoded: it stays, whole if it is a word, that its text is not looked into.
            const auto size = word ? word->size : 2;
            run.end();
            append_plain(text.substr(0, size), out);
            text.remove_prefix(size);
        }
    }
    run.end();
    return out;
}

} // namespace refmail::message
