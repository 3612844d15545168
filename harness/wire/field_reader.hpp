// Reads the tokens of a structured header field from left to right. Comments and white space between them
// are stepped over; quoted strings and nested comments are whole. RFC 5322 §3.2.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mailspec::wire {

class field_reader {
  public:
    explicit field_reader(std::string_view value)
        : value_(value) {}

    std::size_t offset() const { return at_; }
    bool at_end() const { return at_ >= value_.size(); }
    char peek() const { return at_end() ? '\0' : value_[at_]; }
    bool take(char c); // exactly this octet, here

    bool skip_white();   // FWS; whether there was some
    bool skip_comment(); // one, with those inside it; false: it is not closed
    bool skip_cfws();    // comments and FWS; false: a comment is not closed

    std::optional<std::string_view> atom();          // 1*atext
    std::optional<std::string_view> dot_atom();      // atoms joined by single dots
    std::optional<std::string_view> quoted_string(); // with its quotes
    std::optional<std::string_view> domain_literal();
    std::optional<std::string_view> digits(std::size_t least, std::size_t most);

  private:
    std::string_view value_;
    std::size_t at_ = 0;
};

bool is_atext(char c); // RFC 5322 §3.2.3

} // namespace mailspec::wire
