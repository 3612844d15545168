// Reads `SIZE 1..67108864`, `AUTH PLAIN`, `not STARTTLS`, `plaintext-auth`. Case tells keywords from
// features, so `Starttls` is refused rather than guessed at. RFC 5321 §4.1.1.1: ehlo-keyword = (ALPHA /
// DIGIT) *(ALPHA / DIGIT / "-"); docs/suite-language.md, "Needs".
#include "harness/suite/needs.hpp"

#include "harness/suite/services.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace mailspec::suite {

namespace {

bool is_service(std::string_view word) {
    return std::ranges::find(known_services(), word) != known_services().end();
}

// Those of IMAP have further characters (LITERAL+, AUTH=PLAIN), and one has small letters (RFC 9051 §7.2.2).
bool is_keyword(std::string_view word) {
    if (word == "IMAP4rev1" || word == "IMAP4rev2") return true;
    return !word.empty() && word[0] != '-' && std::ranges::all_of(word, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-+=._").contains(c);
    }) && std::ranges::any_of(word, [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_feature(std::string_view word) {
    return !word.empty() && word[0] >= 'a' && word[0] <= 'z' && std::ranges::all_of(word, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

std::optional<std::pair<std::uint64_t, std::uint64_t>> parse_range(std::string_view text) {
    std::uint64_t low = 0, high = 0;
    auto dots = text.find("..");
    if (dots == text.npos) return std::nullopt;
    // RFC 1870 §3 has values of 20 digits; what is more than 64 bits hold is as good as unbounded.
    auto all = [](std::string_view digits, std::uint64_t& value) {
        auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (status == std::errc::result_out_of_range) value = std::numeric_limits<std::uint64_t>::max();
        return status != std::errc::invalid_argument && end == digits.data() + digits.size();
    };
    if (!all(text.substr(0, dots), low) || !all(text.substr(dots + 2), high) || low > high)
        return std::nullopt;
    return std::pair{low, high};
}

} // namespace

std::expected<need, std::string> parse_need(std::string_view word) {
    need result;
    result.word = word;
    std::string_view rest = word;
    if (rest.starts_with("not ")) {
        result.negative = true;
        rest.remove_prefix(4);
    }
    // imap BINARY: of another service than the case's own.
    if (const auto blank = rest.find(' '); blank != rest.npos && is_service(rest.substr(0, blank))) {
        result.service = rest.substr(0, blank);
        result.word.erase(result.word.size() - rest.size(), blank + 1);
        rest.remove_prefix(blank + 1);
    }
    // LITERAL+ or LITERAL-: one of them will do.
    for (auto at = rest.find(" or "); at != rest.npos; at = rest.find(" or ")) {
        const auto last = rest.substr(rest.rfind(" or ") + 4);
        if (!is_keyword(last)) break;
        result.alternatives.emplace_back(last);
        rest.remove_suffix(last.size() + 4);
    }
    auto space = rest.find(' ');
    result.name = rest.substr(0, space);
    rest = space == rest.npos ? std::string_view{} : rest.substr(space + 1);
    result.capability = is_keyword(result.name);
    bool good = result.capability || (is_feature(result.name) && rest.empty() && result.service.empty());
    if (good && rest.find("..") != rest.npos) {
        result.range = parse_range(rest);
        good = result.range.has_value();
    } else {
        result.parameter = rest;
    }
    if (good) return result;
    return std::unexpected(fmt::format(
        "found the need `{}`, expected a capability in capitals (STARTTLS, AUTH "
        "PLAIN, SIZE 1..67108864; LITERAL+ or LITERAL-; of another service, imap BINARY), a feature of "
        "the profile in small letters, or one of these after `not`",
        word));
}

void add_need(std::vector<need>& needs, const need& n) {
    for (auto& other : needs)
        if (other.word == n.word && other.service == n.service) return;
    needs.push_back(n);
}

} // namespace mailspec::suite
