// Edit distance (insert, delete, replace, swap of neighbours) with a bound that follows the word's
// length. Words are short; the quadratic table is small. Letters only: knows no language and no
// grammar.
#include "harness/suite/nearest_word.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::suite {

namespace {

std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before, last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before = last;
        std::swap(last, row);
    }
    return last[b.size()];
}

} // namespace

std::string nearest_word(std::string_view word, const std::vector<std::string>& known) {
    std::size_t best = word.size() <= 3 ? 2 : std::max<std::size_t>(3, word.size() / 3 + 1);
    std::string found;
    for (auto& candidate : known) {
        std::size_t difference =
            std::max(candidate.size(), word.size()) - std::min(candidate.size(), word.size());
        if (difference >= best) continue;
        if (auto d = distance(word, candidate); d < best) {
            best = d;
            found = candidate;
        }
    }
    return found;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
    auto found = nearest_word(word, known);
    return found.empty() ? "" : fmt::format(", did you mean `{}`?", found);
}

std::string word_list(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i) text += i + 1 == words.size() ? " or " : ", ";
        text += fmt::format("`{}`", words[i]);
    }
    return text;
}

} // namespace mailspec::suite
