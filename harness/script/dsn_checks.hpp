// Holds the `expect dsn ...` steps against a delivery status notification that was read. Waits for nothing.
// docs/suite-world.md, "Bounces and other reports"; RFC 3464 §2, RFC 6522 §3.
#pragma once
#include "harness/script/reply_match.hpp"
#include "harness/script/step_result.hpp"
#include "harness/wire/dsn.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mailspec::script {

// The notification that `expect dsn` found last, and the group that it is about; null: of no recipient.
struct found_dsn {
    wire::dsn report;
    std::size_t group = 0; // of report.recipients
    const wire::dsn_group* about() const {
        return group < report.recipients.size() ? &report.recipients[group] : nullptr;
    }
};

// What is looked for: a notification about that recipient (empty: any), with that action (empty: any).
struct dsn_wanted {
    std::string recipient, action;
    std::string in_words() const; // "a DSN for a@b.test with Action: failed"
};
// The group of it that fits; nullopt: it is about others.
std::optional<std::size_t> group_wanted(const wire::dsn& report, const dsn_wanted& wanted);

step_result check_dsn(const found_dsn& found, const suite::step_body& body, const match_context& context);

// Which header `part N header FIELD` means: of what is returned, a message or its header alone, that one's;
// but Content-... fields, and all fields of other parts, are the part's own.
bool is_of_enclosed(const wire::mime_part& part, std::string_view field);

// How much of the original comes back (RFC 3461 §4.3).
suite::expect_dsn_returns::what returned_of(const wire::dsn& report);

} // namespace mailspec::script
