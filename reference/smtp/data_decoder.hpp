// The content of DATA, line by line: finds CRLF.CRLF and nothing else as its end, takes away stuffed dots
// (RFC 5321 §4.5.2), and notices bare CR, bare LF and overlong lines (§2.3.8, §4.5.3.1.6).
// Never takes a bare CR or LF for a line end: whatever a message holds, its end is found where a strict
// client put it, so nothing can be smuggled behind it. Holds no content.
#pragma once
#include <cstddef>
#include <string_view>

namespace refmail::smtp {

class data_decoder {
  public:
    enum class result {
        line, // `line` is set: unstuffed, with its CRLF; a view into the input
        more, // no complete line left in the input: call again with this rest and more behind it
        end,  // the end of data has been taken
    };
    enum class fault { none, bare_cr, bare_lf, line_too_long };

    explicit data_decoder(std::size_t longest_line)
        : longest_line_(longest_line) {}

    // Takes one line off the front of `input`. Once fault() says so, lines are only good for skipping.
    result next(std::string_view& input, std::string_view& line);

    fault first_fault() const { return fault_; }

  private:
    void blame(fault f) {
        if (fault_ == fault::none) fault_ = f;
    }

    std::size_t longest_line_;
    bool in_overlong_line_ = false; // its front has been thrown away already
    fault fault_ = fault::none;
};

} // namespace refmail::smtp
