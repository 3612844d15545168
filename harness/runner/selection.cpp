// Choosing cases; see the header.
#include "harness/runner/selection.hpp"

#include "harness/target/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace mailspec::runner {

namespace {

bool any_matches(const std::vector<selector>& selectors, std::string_view id,
                 std::span<const suite::requirement> cited) {
    return std::ranges::any_of(selectors, [&](const selector& s) { return s.matches(id, cited); });
}

std::expected<std::vector<selector>, std::string> parsed(const std::vector<std::string>& texts) {
    std::vector<selector> out;
    for (const auto& text : texts) {
        auto one = selector::parse(text);
        if (!one) return std::unexpected(one.error());
        out.push_back(std::move(*one));
    }
    return out;
}

// Without an error of grammar, which select_cases() has reported before.
std::vector<selector> parsed_well(const std::vector<std::string>& texts) {
    return parsed(texts).value_or(std::vector<selector>{});
}

// A sentence for the first selector that means nothing that exists.
std::string unmatched(const std::vector<selector>& selectors, const case_list& all,
                      std::span<const std::string> extra) {
    for (const auto& s : selectors) {
        if (std::ranges::any_of(all, [&](const auto* c) { return s.matches(c->id, c->requirements); }))
            continue;
        if (std::ranges::any_of(extra, [&](const auto& id) { return s.matches(id, {}); })) continue;
        std::vector<std::string> known;
        for (const auto* c : all) {
            known.push_back(c->suite);
            known.push_back(c->id);
        }
        const auto near = target::nearest(s.text(), known);
        return fmt::format("no case matches `{}`. {}`mailspec list` shows them all.", s.text(),
                           near.empty() ? "" : fmt::format("Did you mean `{}`? ", near));
    }
    return {};
}

} // namespace

std::expected<shard, std::string> parse_shard(std::string_view text) {
    shard s{0, 0};
    const auto slash = text.find('/');
    const auto* end = text.data() + text.size();
    bool good = slash != std::string_view::npos;
    if (good) {
        const auto first = std::from_chars(text.data(), end, s.index);
        const auto second = std::from_chars(text.data() + slash + 1, end, s.count);
        good = first.ec == std::errc{} && first.ptr == text.data() + slash && second.ec == std::errc{} &&
               second.ptr == end && s.index >= 1 && s.index <= s.count;
    }
    if (!good)
        return std::unexpected(
            fmt::format("--shard {}: write which part of how many, as in 2/8 (1/8 is the first)", text));
    return s;
}

bool is_selected(const selection& wanted, std::string_view id, std::span<const suite::requirement> cited) {
    if (wanted.selectors.empty() && !wanted.paths_named) return true;
    return any_matches(parsed_well(wanted.selectors), id, cited);
}

bool is_excluded(const selection& wanted, std::string_view id, std::span<const suite::requirement> cited) {
    return any_matches(parsed_well(wanted.exclude), id, cited);
}

std::expected<case_list, std::string> select_cases(const selection& wanted, const case_list& all,
                                                   std::span<const std::string> extra) {
    const auto take = parsed(wanted.selectors);
    const auto leave = parsed(wanted.exclude);
    if (!take) return std::unexpected(take.error());
    if (!leave) return std::unexpected("--exclude: " + leave.error());
    if (auto lost = unmatched(*take, all, extra); !lost.empty()) return std::unexpected(std::move(lost));
    if (auto lost = unmatched(*leave, all, extra); !lost.empty())
        return std::unexpected("--exclude: " + lost);

    const bool everything = wanted.selectors.empty() && !wanted.paths_named;
    case_list chosen;
    for (const auto* c : all) {
        const bool meant =
            everything || wanted.from_files.contains(c->id) || any_matches(*take, c->id, c->requirements);
        if (!meant || any_matches(*leave, c->id, c->requirements)) continue;
        if (!wanted.levels.empty() && !wanted.levels.contains(c->level)) continue;
        if (wanted.security_only && c->security.empty()) continue;
        chosen.push_back(c);
    }
    if (chosen.empty()) {
        const bool narrowed = !wanted.exclude.empty() || !wanted.levels.empty() || wanted.security_only;
        return std::unexpected(
            narrowed ? "nothing is selected: --exclude, --level and --security leave no case of "
                       "those that the selectors name"
                     : "nothing is selected but ambient rules, and these are judged while cases "
                       "run: name cases too, such as smtp");
    }

    case_list part;
    for (std::size_t i = 0; i < chosen.size(); ++i)
        if (int(i % std::size_t(wanted.part.count)) == wanted.part.index - 1) part.push_back(chosen[i]);
    if (part.empty())
        return std::unexpected(fmt::format("nothing is selected: there are only {} cases for {} shards",
                                           chosen.size(), wanted.part.count));
    return part;
}

} // namespace mailspec::runner
