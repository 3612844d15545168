// Text of any character set as UTF-8: ICU's converters behind the names of MIME. RFC 2045 §2.2, RFC 2978.
// Octets that the charset does not have become U+FFFD; nothing is refused but a charset that is not known.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace refmail::message {

bool is_known_charset(std::string_view name);

// Names to show with BADCHARSET (RFC 9051 §7.1): those that are met in mail, MIME's preferred spelling.
const std::vector<std::string>& common_charsets();

// Nothing: the charset is not known. "us-ascii" text with octets above 127 is taken for UTF-8 where it is
// that, else for windows-1252.
std::optional<std::string> to_utf8(std::string_view text, std::string_view charset);

// The same, piece by piece: characters may be cut between pieces.
class charset_decoder {
  public:
    // Nothing: not known.
    static std::optional<charset_decoder> of(std::string_view charset);
    charset_decoder(charset_decoder&&) noexcept;
    charset_decoder& operator=(charset_decoder&&) noexcept;
    ~charset_decoder();

    void take(std::string_view piece, std::string& out); // appends UTF-8
    void finish(std::string& out);

  private:
    struct state;
    explicit charset_decoder(std::unique_ptr<state> s);
    std::unique_ptr<state> state_;
};

} // namespace refmail::message
