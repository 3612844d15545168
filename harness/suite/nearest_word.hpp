// "Did you mean": the word of a list that is closest to a mistyped one. Compares letters only; knows
// no grammar and gives nothing when no word is near enough to be meant, for a wrong hint is worse
// than none.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::suite {

// The closest of `known`, or empty: at most a third of the letters may differ (two in a short word).
std::string nearest_word(std::string_view word, const std::vector<std::string>& known);

// ", did you mean `x`?" or empty.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

// "`a`, `b` or `c`"
std::string word_list(const std::vector<std::string>& words);

} // namespace mailspec::suite
