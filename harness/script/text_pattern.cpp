// Regular expressions; see text_pattern.hpp. The one file that includes Boost.Regex.
#include "harness/script/text_pattern.hpp"

#include <boost/regex.hpp>

namespace mailspec::script {

// Reply lines have 512 octets (RFC 5321 §4.5.3.1.5), header fields and bodies of our own messages little
// more.
constexpr std::size_t longest_reasonable = 64 * 1024;

struct text_pattern::compiled {
    boost::regex expression;
    std::vector<std::string> names; // of groups
};

namespace {

std::vector<std::string> names_of_groups(std::string_view expression) {
    std::vector<std::string> names;
    for (auto at = expression.find("(?<"); at != expression.npos; at = expression.find("(?<", at + 1)) {
        const auto rest = expression.substr(at + 3);
        const bool named = !rest.empty() && rest[0] >= 'a' && rest[0] <= 'z';
        if (named && (at == 0 || expression[at - 1] != '\\'))
            names.emplace_back(rest.substr(0, rest.find('>')));
    }
    return names;
}

} // namespace

std::expected<text_pattern, std::string> text_pattern::compile(const std::string& expression) {
    try {
        text_pattern pattern;
        pattern.compiled_ =
            std::make_shared<compiled>(compiled{boost::regex(expression), names_of_groups(expression)});
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

std::expected<bool, std::string> text_pattern::captured_in(std::string_view text, captures& names) const {
    if (compiled_->names.empty()) return found_in(text);
    try {
        boost::match_results<std::string_view::const_iterator> what;
        const auto flags = boost::match_single_line | boost::match_not_dot_newline;
        if (!boost::regex_search(text.begin(), text.end(), what, compiled_->expression, flags)) return false;
        for (const auto& name : compiled_->names)
            names[name] = what[name].str();
        return true;
    } catch (const std::runtime_error& e) {
        if (text.size() > longest_reasonable) return false;
        return std::unexpected(std::string(e.what()));
    }
}

} // namespace mailspec::script
