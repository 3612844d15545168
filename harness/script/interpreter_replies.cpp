// `S:`: waiting for what the server says and judging it; see interpreter.hpp.
#include "harness/script/interpreter.hpp"
#include "harness/suite/services.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace mailspec::script {
namespace {

using brought = server_event::what;

judged::what judged_as(const server_event& event) {
    if (event.kind == brought::silence) return judged::what::silence;
    if (event.kind == brought::closed || event.kind == brought::reset) return judged::what::close;
    return event.pop3 ? judged::what::pop3 : judged::what::reply;
}

// A server that is too busy says so in its greeting (RFC 5321 §3.1, §3.8; RFC 1939 §4 has no other way).
bool turns_away(const server_event& event) {
    if (event.pop3) return event.pop3->what == wire::pop3_response::kind::err;
    return event.reply.code == "421";
}

} // namespace

// With `silence` among the outcomes its duration is the patience, be it longer than the target's or not.
std::chrono::milliseconds interpreter::patience_for(const suite::expect_server& e) const {
    std::optional<std::chrono::milliseconds> silent;
    for (const auto& tier : e.tiers)
        for (const auto& pattern : tier.any_of)
            if (const auto* silence = std::get_if<suite::silence_pattern>(&pattern))
                silent = std::min(silent.value_or(silence->duration), silence->duration);
    return silent.value_or(environment_.target.reply_timeout);
}

interpreter::result interpreter::expect_server(const suite::step& s, const suite::expect_server& e) {
    auto* conn = co_await reach(s.connection);
    if (!conn) co_return reach_failure_;
    if (suite::protocol_of(conn->service()) == suite::protocol::imap)
        co_return co_await expect_imap(s, e, *conn);
    const auto patience = net::deadline::in(patience_for(e));
    const auto until = patience.earlier(limit_);
    const auto* event = co_await conn->next(until);
    if (event->kind == brought::cancelled) co_return troubled("the run was stopped");
    // Silence that the end of the case cuts short is none.
    if (event->kind == brought::silence && until.at < patience.at)
        co_return reply_mismatch(e, *conn, *event, something_else);

    const match_context context{values_, place_of(s.connection), patterns_, &bound_};
    std::string why, wanted;
    for (const auto& tier : e.tiers) {
        for (const auto& pattern : tier.any_of) {
            auto left = match(pattern, *event, context);
            if (!left) co_return troubled("`" + s.source + "`: " + left.error());
            if (left->empty()) {
                settle(s, tier, *conn, *event, wanted);
                co_return holds();
            }
            // The most telling reason is that of a pattern that was nearly met.
            if (why.empty() || why == something_else) why = std::move(*left);
        }
        wanted += (wanted.empty() ? "" : ", ") + describe(tier);
    }
    co_return reply_mismatch(e, *conn, *event, std::move(why));
}

void interpreter::settle(const suite::step& s, const suite::outcome_tier& tier, server_connection& conn,
                         const server_event& event, const std::string& wanted) {
    outcome_.steps.push_back({judged_as(event), &s, s.claim, conn.stream(), event.offset, event.raw.size()});
    if (tier.instead) {
        // Of several weaker outcomes the gravest stays: should (warn) before may (info).
        if (!outcome_.instead || *tier.instead < *outcome_.instead) {
            outcome_.instead = tier.instead;
            const auto came = event.kind == brought::reply ? wire::quoted(event.raw) : describe(tier);
            outcome_.note = fmt::format("expected {}, got {}", wanted, came);
        }
    }
    if (event.kind == brought::reply || event.kind == brought::silence) conn.take();
}

step_result interpreter::reply_mismatch(const suite::expect_server& e, const server_connection& conn,
                                        const server_event& event, std::string why) const {
    if (!conn.greeted() && event.kind == brought::reply && turns_away(event))
        return troubled("the server turned the connection away: " + wire::quoted(event.raw));

    std::string expected;
    for (const auto& tier : e.tiers)
        if (!tier.instead || expected.empty()) expected += (expected.empty() ? "" : "\n") + describe(tier);
    if (why != something_else) expected += "\nnot met: " + why;

    switch (event.kind) {
    case brought::closed: return does_not_hold(std::move(expected), "connection closed");
    case brought::reset: return does_not_hold(std::move(expected), "connection reset");
    case brought::flood: return does_not_hold(std::move(expected), flooded);
    case brought::silence: {
        auto text = limit_.passed()
                        ? fmt::format("no reply within the {} of the whole case", describe(case_.timeout))
                        : fmt::format("no reply within {}", describe(patience_for(e)));
        if (!event.raw.empty()) text = "no complete " + text.substr(3) + "; so far: " + event.raw;
        if (!conn.write_failure().empty()) text += fmt::format(" ({})", conn.write_failure());
        return does_not_hold(std::move(expected), std::move(text));
    }
    default: return does_not_hold(std::move(expected), event.raw);
    }
}

} // namespace mailspec::script
