// Holds a delivery status notification against what every one of them must be like, whoever asked for it:
// the rules dsn-... of ambient_rules. It raises no false alarm: what it cannot know (the way by which it
// came, what the envelope of the original carried) it leaves to cases.
#pragma once
#include "harness/wire/ambient_rules.hpp"
#include "harness/wire/dsn.hpp"
#include "harness/wire/smtp_reply.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace mailspec::wire {

struct dsn_judgement {
    std::vector<deviation> found; // offsets into the message, 0 where that says nothing
    rule_set judged;              // the rules that it was held against
};

// `reverse_path`: of the envelope in which it came, without brackets. nullopt: what Return-Path says.
dsn_judgement judge_dsn(const dsn& d, std::optional<std::string_view> reverse_path = std::nullopt);

} // namespace mailspec::wire
