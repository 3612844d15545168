// The regular expressions of one run of a case, each compiled once.
#pragma once
#include "harness/script/text_pattern.hpp"

#include <map>
#include <string>

namespace mailspec::script {

class pattern_cache {
  public:
    std::expected<bool, std::string> found(const std::string& expression, std::string_view text) {
        auto at = patterns_.find(expression);
        if (at == patterns_.end()) {
            auto compiled = text_pattern::compile(expression);
            if (!compiled)
                return std::unexpected("the expression ~" + expression +
                                       "~ is malformed: " + compiled.error());
            at = patterns_.emplace(expression, std::move(*compiled)).first;
        }
        return at->second.found_in(text);
    }

  private:
    std::map<std::string, text_pattern> patterns_;
};

} // namespace mailspec::script
