// A regular expression of a script, compiled once and matched against octets. Boost.Regex in its ECMAScript
// (Perl) syntax, because std::regex recurses once an octet and overflows the stack on a long body. `.` does
// not match a line end; ^ and $ are the ends of the text.
#pragma once
#include <expected>
#include <functional>
#include <map>
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
    // The same; what its named groups, `(?<name>...)`, matched is added to `names`.
    using captures = std::map<std::string, std::string, std::less<>>;
    std::expected<bool, std::string> captured_in(std::string_view text, captures& names) const;

  private:
    struct compiled;
    std::shared_ptr<const compiled> compiled_;
};

} // namespace mailspec::script
