// Encoded words in header fields: RFC 2047, with the language of RFC 2231 §5. As tolerant as mail programs
// are: of words that are too long, within quoted strings, or next to other text. What cannot be decoded, and
// words of unknown charsets, stay as they are. Encodes nothing.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace refmail::message {

// Unfolded text of a field in, UTF-8 out. RFC 2047 §6.2: blanks between two words vanish. Raw 8-bit octets
// are taken for UTF-8 where they are that, else for windows-1252.
std::string decode_encoded_words(std::string_view text);

// How long the encoded word at the front is; 0: there is none.
std::size_t encoded_word_size(std::string_view text);

} // namespace refmail::message
