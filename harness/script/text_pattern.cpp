// Regular expressions; see text_pattern.hpp. The one file that includes Boost.Regex.
#include "harness/script/text_pattern.hpp"

#include <boost/regex.hpp>

namespace mailspec::script {

// Reply lines have 512 octets (RFC 5321 §4.5.3.1.5), header fields and bodies of our own messages little
// more.
constexpr std::size_t longest_reasonable = 64 * 1024;

struct text_pattern::compiled {
    boost::regex expression;
};

std::expected<text_pattern, std::string> text_pattern::compile(const std::string& expression) {
    try {
        text_pattern pattern;
        pattern.compiled_ = std::make_shared<compiled>(compiled{boost::regex(expression)});
        return pattern;
    } catch (const boost::regex_error& e) {
        return std::unexpected(std::string(e.what()));
    }
}

std::expected<bool, std::string> text_pattern::found_in(std::string_view text) const {
    try {
        const auto flags = boost::match_single_line | boost::match_not_dot_newline | boost::match_any;
        return boost::regex_search(text.begin(), text.end(), compiled_->expression, flags);
    } catch (const std::runtime_error& e) { // "The complexity of matching ... exceeded predefined bounds"
        // Octets without end are the server's fault, not the expression's: it must not hide a failure behind
        // them.
        if (text.size() > longest_reasonable) return false;
        return std::unexpected(std::string(e.what()));
    }
}

} // namespace mailspec::script
