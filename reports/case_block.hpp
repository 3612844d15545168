// How one case looks on the terminal: its line, and below it what a reader needs to act: the clause, Expected
// and Actual, where the case stands, the conversation. Used by console.cpp for the tree and for what follows
// it.
#pragma once
#include "reports/result.hpp"

#include <ostream>
#include <string>
#include <vector>

namespace reports {

// Colours, as ANSI select-graphic-rendition sequences.
namespace colour {
inline constexpr const char* bold = "\x1b[1m";
inline constexpr const char* red = "\x1b[31m";
inline constexpr const char* green = "\x1b[32m";
inline constexpr const char* yellow = "\x1b[33m";
inline constexpr const char* cyan = "\x1b[36m";
inline constexpr const char* grey = "\x1b[90m";
} // namespace colour

class case_block {
  public:
    case_block(std::ostream& out, bool with_colour)
        : out_(out)
        , with_colour_(with_colour) {}

    void write(const case_result& c, bool with_transcript);
    std::string painted(const std::string& text, const char* in) const;

  private:
    void headline(const case_result& c);
    void findings(const case_result& c);
    void field(const std::string& label, const std::string& text);

    std::ostream& out_;
    bool with_colour_;
};

std::vector<std::string> lines_of(const std::string& text); // each printable

} // namespace reports
