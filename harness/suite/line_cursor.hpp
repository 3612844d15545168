// Reads one line of a script, word by word, and remembers the first thing that was wrong with it and where.
// After a failure it stands at the end of the line and gives nothing more, so that a parser need not look
// after every step: it asks ok() once, at the end.
#pragma once
#include "harness/suite/source_pos.hpp"
#include "harness/suite/text_template.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailspec::suite {

class line_cursor {
  public:
    // `line` has no spaces around it; `start` is where its first octet stands. Both outlive the cursor.
    line_cursor(std::string_view line, const source_pos& start)
        : line_(line)
        , start_(start) {}

    bool ok() const { return !found_; }
    const problem& found() const { return *found_; }

    bool at_end() const { return at_ == line_.size(); }
    std::string_view rest() const { return line_.substr(at_); }
    std::size_t offset() const { return at_; }

    std::string_view peek() const;    // the next word, up to a space
    std::string_view word();          // reads it, and the spaces behind it
    bool take(std::string_view word); // reads the next word if it is this one
    bool take_octet(char c);          // reads the next octet if it is this one; spaces behind it stay
    void skip(std::size_t octets);    // reads so many octets
    void skip_spaces();
    void expect_end(std::string_view after); // the line must end here

    // Each reads one thing or fails with what was expected instead.
    std::uint64_t number(std::string_view what);             // 12
    int count(std::string_view what);                        // the same, at most 100000
    std::uint64_t octet_count(std::string_view what);        // 12, 64 KiB, 1 MiB
    std::chrono::milliseconds duration();                    // 200ms, 20s, 2m
    text_template quoted();                                  // "TEXT"
    text_template regex();                                   // ~regex~, compiled once to see that it can be
    text_template to_end();                                  // all that is left, as plain text
    text_template plain(std::size_t octets);                 // so many octets, as plain text
    text_template plain_word(std::string_view stop_at = {}); // up to a space or an octet of stop_at
    bool at_regex() const { return rest().starts_with('~'); }
    bool at_quoted() const { return rest().starts_with('"'); }

    // The first failure counts. `offset` into the line; without it, here.
    void fail(std::string text);
    void fail_at(std::size_t offset, std::string text);
    void fail_expected(std::string_view expected); // found `WORD`, expected ...

  private:
    text_template parsed(std::size_t from, std::size_t length, template_kind kind);

    std::string_view line_;
    source_pos start_;
    std::size_t at_ = 0;
    std::optional<problem> found_;
};

// "200ms" "20s" "2m"; nullopt for anything else.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view word);

} // namespace mailspec::suite
