// Reads values off an IMAP response: atoms, strings, lists. It never fails: what breaks the grammar is noted
// and read on past, so that the octets behind it are still understood. It only ever asks for more octets. RFC
// 9051 §4, §9.
#pragma once
#include "harness/wire/deviation.hpp"
#include "harness/wire/imap_value.hpp"

#include <string_view>
#include <vector>

namespace mailspec::wire {

class imap_lexer {
  public:
    // From `at` in the buffer; deviations are appended.
    imap_lexer(std::string_view buffer, std::size_t at, std::vector<deviation>& found);

    // Octets are missing: nothing that was read is to be used, and it cannot do with fewer than `wanted()` in
    // all.
    bool incomplete() const { return wanted_ > 0; }
    std::size_t wanted() const { return wanted_; }

    std::size_t at() const { return at_; }
    bool at_line_end() const { return at_ >= end_; }
    bool take(char c);                               // the next octet, if it is this one
    std::string_view rest();                         // of the line, without its end; stays where it is
    void skip(std::size_t octets) { at_ += octets; } // within the line
    void move_to(std::size_t at);                    // of the buffer

    std::vector<imap_value> values();      // up to the line end
    std::vector<imap_value> code_values(); // up to `]`, which stays
    void line_end();                       // takes it

    void note(std::string_view rule, std::size_t offset, std::string text);

  private:
    std::vector<imap_value> values_until(char close, int depth);
    imap_value value(int depth);
    imap_value list(int depth);
    imap_value too_deep();
    imap_value quoted();
    imap_value atom();
    bool literal(imap_value& into);
    void section();
    void find_line_end();
    void judge_gap(std::size_t from, std::size_t behind, bool after_list, char close);

    std::string_view buffer_;
    std::size_t at_;
    std::size_t end_ = 0;      // of the line that at_ stands in: its CR or LF
    std::size_t line_end_ = 0; // its LF
    std::size_t wanted_ = 0;
    bool in_code_ = false;
    std::vector<deviation>& found_;
};

} // namespace mailspec::wire
