// The regular expressions of one run of a case, each compiled once.
#pragma once
#include "harness/script/text_pattern.hpp"

#include <map>
#include <string>

namespace mailspec::script {

class pattern_cache {
  public:
    std::expected<bool, std::string> found(const std::string& expression, std::string_view text) {
        const auto pattern = compiled(expression);
        if (!pattern) return std::unexpected(pattern.error());
        return (*pattern)->found_in(text);
    }

    // The same; what its named groups matched is added to `names`.
    std::expected<bool, std::string> captured(const std::string& expression, std::string_view text,
                                              text_pattern::captures& names) {
        const auto pattern = compiled(expression);
        if (!pattern) return std::unexpected(pattern.error());
        return (*pattern)->captured_in(text, names);
    }

  private:
    std::expected<const text_pattern*, std::string> compiled(const std::string& expression) {
        auto at = patterns_.find(expression);
        if (at == patterns_.end()) {
            auto made = text_pattern::compile(expression);
            if (!made)
                return std::unexpected("the expression ~" + expression + "~ is malformed: " + made.error());
            at = patterns_.emplace(expression, std::move(*made)).first;
        }
        return &at->second;
    }

    std::map<std::string, text_pattern> patterns_;
};

} // namespace mailspec::script
