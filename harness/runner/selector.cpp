// The selector grammar; see the header.
#include "harness/runner/selector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace mailspec::runner {

namespace {

std::vector<std::string> split_words(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const auto slash = text.find('/');
        words.emplace_back(text.substr(0, slash));
        text = slash == std::string_view::npos ? std::string_view{} : text.substr(slash + 1);
    }
    return words;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// "rfc5321" -> 5321, else 0.
int rfc_number(std::string_view word) {
    if (!word.starts_with("rfc") || word.size() == 3) return 0;
    word.remove_prefix(3);
    int number = 0;
    const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), number);
    return code == std::errc{} && end == word.data() + word.size() ? number : 0;
}

// "4.1.4", "4", "A", "A.2": numbers, the first may be an appendix letter.
bool is_section(std::string_view word) {
    if (word.empty() || word.front() == '.' || word.back() == '.' || word.contains("..")) return false;
    if (word.size() > 1 && word[1] != '.' && !is_digit(word[0])) return false;
    const bool letter = word[0] >= 'A' && word[0] <= 'Z';
    return (letter || is_digit(word[0])) &&
           std::ranges::all_of(word.substr(1), [](char c) { return is_digit(c) || c == '.'; });
}

// * and ? within one word.
bool word_matches(std::string_view pattern, std::string_view word) {
    if (pattern.empty()) return word.empty();
    if (pattern[0] == '*') {
        for (std::size_t skip = 0; skip <= word.size(); ++skip)
            if (word_matches(pattern.substr(1), word.substr(skip))) return true;
        return false;
    }
    if (word.empty() || (pattern[0] != '?' && pattern[0] != word[0])) return false;
    return word_matches(pattern.substr(1), word.substr(1));
}

// Do the words begin with the pattern?
bool begins_with(std::span<const std::string> words, std::span<const std::string> pattern) {
    if (pattern.empty()) return true;
    if (pattern[0] == "**") {
        for (std::size_t skip = 0; skip <= words.size(); ++skip)
            if (begins_with(words.subspan(skip), pattern.subspan(1))) return true;
        return false;
    }
    return !words.empty() && word_matches(pattern[0], words[0]) &&
           begins_with(words.subspan(1), pattern.subspan(1));
}

} // namespace

bool selector::is_path(std::string_view text) {
    return text.starts_with("./") || text.starts_with("../") || text.starts_with("/") || text == "." ||
           text == ".." || text.ends_with(".yaml") || text.ends_with(".yml");
}

std::expected<selector, std::string> selector::parse(std::string_view text) {
    selector s;
    s.text_ = text;
    while (text.ends_with('/'))
        text.remove_suffix(1);
    if (text.empty()) return std::unexpected("a selector is empty: name a suite, such as smtp/rfc5321");
    s.words_ = split_words(text);
    if (std::ranges::any_of(s.words_, [](const auto& w) { return w.empty(); }))
        return std::unexpected(fmt::format("`{}` has an empty word between two slashes", text));

    const auto dash = s.words_[0].find('-');
    if (s.words_.size() == 1 && dash != std::string::npos && rfc_number(s.words_[0].substr(0, dash))) {
        s.clause_ = s.words_[0];
        s.words_.clear();
    } else if (s.words_.size() == 1 && rfc_number(s.words_[0])) {
        s.rfc_ = rfc_number(s.words_[0]);
        s.words_.clear();
    } else if (s.words_.size() > 1 && is_section(s.words_.back())) {
        s.rfc_ = rfc_number(s.words_[s.words_.size() - 2]);
        if (s.rfc_ == 0)
            return std::unexpected(fmt::format(
                "`{}`: a section needs its document before it, as in rfc5321/{}", text, s.words_.back()));
        s.section_ = s.words_.back();
        s.words_.resize(s.words_.size() - 2);
    }
    return s;
}

bool selector::matches(std::string_view id, std::span<const suite::requirement> cited) const {
    if (!begins_with(split_words(id), words_)) return false;
    if (rfc_ == 0 && clause_.empty()) return true;
    return std::ranges::any_of(cited, [&](const suite::requirement& r) {
        if (!clause_.empty()) return r.id == clause_;
        return r.rfc == rfc_ &&
               (section_.empty() || r.section == section_ || r.section.starts_with(section_ + "."));
    });
}

} // namespace mailspec::runner
