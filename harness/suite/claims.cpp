// Walks steps backwards to the last that states an expectation. A handshake counts only where nothing else
// is expected: `tls` in front of a dialog prepares it. Follows docs/suite-language.md, "Verdicts and the
// claim". Does not ask whether the claim can fail in practice; lint_script.cpp and `mailspec mutate` do.
#include "harness/suite/claims.hpp"

#include "harness/suite/script_parser.hpp"

#include <algorithm>
#include <ranges>

namespace mailspec::suite {

namespace {

bool is_expectation(const step& s) {
    return can_fail(s) && !std::holds_alternative<start_tls>(s.body) &&
           !std::holds_alternative<open_connection>(s.body);
}

template <typename Steps, typename Visit>
void for_each_inner(Steps& s, Visit visit) {
    if (auto* block = std::get_if<repeat_block>(&s.body)) visit(block->steps);
    if (auto* block = std::get_if<fragment_block>(&s.body)) visit(block->steps);
    if (auto* block = std::get_if<either_block>(&s.body))
        for (auto& branch : block->branches)
            visit(branch);
}

bool mark_last_handshake(std::vector<step>& steps) {
    for (auto& s : steps | std::views::reverse)
        if (can_fail(s)) return s.claim = true;
    return false;
}

} // namespace

bool mark_last_expectation(std::vector<step>& steps, bool into_fragments) {
    for (auto& s : steps | std::views::reverse) {
        if (is_expectation(s)) return s.claim = true;
        if (auto* block = std::get_if<repeat_block>(&s.body))
            if (mark_last_expectation(block->steps, into_fragments)) return true;
        if (auto* block = std::get_if<fragment_block>(&s.body))
            if (into_fragments && mark_last_expectation(block->steps, true)) return true;
        if (auto* block = std::get_if<either_block>(&s.body)) {
            bool marked = false;
            for (auto& branch : block->branches)
                marked |= mark_last_expectation(branch, into_fragments) || mark_last_handshake(branch);
            if (marked) return true;
        }
    }
    return false;
}

bool has_claim(const std::vector<step>& steps) {
    return std::ranges::any_of(steps, [](const step& s) {
        bool found = s.claim;
        for_each_inner(s, [&](const std::vector<step>& inner) { found = found || has_claim(inner); });
        return found;
    });
}

void clear_claims(std::vector<step>& steps) {
    for (auto& s : steps) {
        s.claim = false;
        for_each_inner(s, [](std::vector<step>& inner) { clear_claims(inner); });
    }
}

} // namespace mailspec::suite
