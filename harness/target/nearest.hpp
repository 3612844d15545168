// "did you mean": the known word closest to what somebody typed. For keys of profiles and baselines,
// selectors and case ids. It decides nothing: a near word is offered, never taken.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace mailspec::target {

// Empty when nothing is near: more than a third of the word (of its last part, behind a slash) would have to
// change.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

// "; did you mean `smtp`?", or empty.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

} // namespace mailspec::target
