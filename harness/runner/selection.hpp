// Which cases a run is about: selectors, files, --exclude, --level, --security, --shard. It decides nothing
// about skipping: what a target lacks is needs.hpp's.
#pragma once
#include "harness/runner/selector.hpp"
#include "harness/suite/test_case.hpp"

#include <expected>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace mailspec::runner {

struct shard {
    int index = 1, count = 1; // 2/8
};
std::expected<shard, std::string> parse_shard(std::string_view text);

struct selection {
    std::vector<std::string> selectors; // as typed, without paths; with no paths either: everything
    std::set<std::string> from_files;   // ids of the cases of files that were named
    bool paths_named = false;
    std::vector<std::string> exclude;
    std::set<suite::level> levels; // empty: all
    bool security_only = false;
    shard part;
};

// The selected cases, in the order of `all`. The error is a sentence: what matched nothing, and what may
// have been meant. `extra`: ids that selectors may name besides (ambient rules).
using case_list = std::vector<const suite::test_case*>;
std::expected<case_list, std::string> select_cases(const selection& wanted, const case_list& all,
                                                   std::span<const std::string> extra = {});

// Is something that is not a case (an ambient rule) meant?
bool is_selected(const selection& wanted, std::string_view id, std::span<const suite::requirement> cited);
bool is_excluded(const selection& wanted, std::string_view id, std::span<const suite::requirement> cited);

} // namespace mailspec::runner
