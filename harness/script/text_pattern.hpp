// A regular expression of a script, compiled once and matched against octets. Boost.Regex in its ECMAScript
// (Perl) syntax, because std::regex recurses once an octet and overflows the stack on a long body. `.` does
// not match a line end; ^ and $ are the ends of the text.
#pragma once
#include <expected>
#include <memory>
#include <string>
#include <string_view>

namespace mailspec::script {

class text_pattern {
  public:
    // On error: what is wrong with the expression.
    static std::expected<text_pattern, std::string> compile(const std::string& expression);

    // Whether it matches somewhere in the text; an expression that would take for ever is an error,
    // unless the text is absurdly long: then nothing was found.
    std::expected<bool, std::string> found_in(std::string_view text) const;

  private:
    struct compiled;
    std::shared_ptr<const compiled> compiled_;
};

} // namespace mailspec::script
