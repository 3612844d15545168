// The steps of IMAP connections: commands with their tags and literals, and `S:`, a response that is to come;
// see interpreter.hpp. Which responses belong to a command is imap_dialog's, what a pattern matches
// imap_match's; steps about all that a command brought are in interpreter_imap_window.cpp.
#include "harness/script/imap_match.hpp"
#include "harness/script/interpreter.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace mailspec::script {
namespace {

using brought = server_event::what;
using response_kind = suite::imap_response_pattern::kind;
using heard_kind = wire::imap_response::kind;

} // namespace

struct interpreter::imap_match_found {
    std::optional<std::size_t> at; // index of the response that matches
    bound_names bound;
};

// ---- sending -------------------------------------------------------------------------------------

// A response or a line that is none; false: the end, or nothing in time.
net::task<bool> interpreter::hear(server_connection& conn, net::deadline until) {
    const auto* event = co_await conn.next(until);
    if (event->kind != brought::reply && event->kind != brought::malformed) co_return false;
    conn.imap().add(*event);
    conn.take();
    co_return true;
}

// RFC 9051 §4.3: a synchronizing literal is sent once the server has asked for it. A tagged response in place
// of that, or the end of the connection, ends the command there: whatever `S:` is next meets it.
interpreter::result interpreter::await_continuation(server_connection& conn, std::string tag, bool& ended) {
    auto& dialog = conn.imap();
    auto next = dialog.all().size();
    co_await conn.flush(limit_);
    const auto until = net::deadline::in(environment_.target.reply_timeout).earlier(limit_);
    for (;;) {
        for (; next < dialog.all().size(); ++next) {
            if (dialog.at(next).is(heard_kind::continuation)) {
                dialog.take(next);
                co_return holds();
            }
        }
        ended = !tag.empty() && dialog.tagged(tag).has_value();
        if (ended) co_return holds();
        const bool heard = co_await hear(conn, until);
        if (heard) continue;
        const auto* event = co_await conn.next(until);
        ended = event->ended();
        if (ended) co_return holds();
        if (event->kind == brought::cancelled) co_return troubled("the run was stopped");
        co_return does_not_hold("a continuation request for the literal",
                                fmt::format("none within {}", describe(environment_.target.reply_timeout)));
    }
}

interpreter::result interpreter::send_imap(const suite::step& s, server_connection& conn) {
    const auto place = place_of(s.connection);
    std::string tag;
    text_with_waits text;
    const suite::text_template* from = nullptr;
    if (const auto* command = std::get_if<suite::send_command>(&s.body)) {
        tag = conn.imap().new_tag();
        from = &command->text;
    } else if (const auto* line = std::get_if<suite::send_line>(&s.body)) {
        from = &line->text;
    } else if (const auto* raw = std::get_if<suite::send_raw>(&s.body)) {
        from = &raw->text;
    }
    if (from) {
        auto made = values_.octets_with_waits(*from, place);
        if (!made) co_return troubled("`" + s.source + "`: " + made.error());
        text = std::move(*made);
        if (!std::holds_alternative<suite::send_raw>(s.body)) text.octets += "\r\n";
    } else {
        auto made = text_to_send(s, place);
        if (!made) co_return troubled(made.error());
        text.octets = std::move(*made);
    }
    if (!tag.empty()) conn.queue(tag + " ");
    if (tag.empty()) tag = conn.imap().newest();
    std::size_t sent = 0;
    for (const auto wait : text.waits) {
        conn.queue(std::string_view(text.octets).substr(sent, wait - sent));
        sent = wait;
        bool ended = false;
        auto asked_for = co_await await_continuation(conn, tag, ended);
        if (!asked_for.held() || ended) co_return asked_for;
    }
    conn.queue(std::string_view(text.octets).substr(sent));
    co_return holds();
}

// ---- expecting -----------------------------------------------------------------------------------

imap_match_context interpreter::context_of(const server_connection& conn) {
    expansion_place place{.service = conn.service()};
    return {values_, std::move(place), patterns_, bound_};
}

// Looks through what came for the current command, `from` that response on.
std::expected<interpreter::imap_match_found, std::string>
interpreter::find_imap(const suite::imap_response_pattern& pattern, const server_connection& conn,
                       std::size_t from) {
    const auto& dialog = conn.imap();
    const auto context = context_of(conn);
    const auto wanted = pattern.what == response_kind::tagged         ? heard_kind::tagged
                        : pattern.what == response_kind::continuation ? heard_kind::continuation
                                                                      : heard_kind::untagged;
    auto w = dialog.possible_window();
    w.from = std::max(w.from, from);
    if (pattern.what == response_kind::tagged) {
        const auto end = dialog.end_of_current();
        if (end) w = {*end, *end + 1};
        if (!end && !dialog.current().empty()) return imap_match_found{};
    }
    for (auto i = w.from; i < w.to; ++i) {
        const auto& h = dialog.all()[i];
        if (h.taken || !h.is(wanted)) continue;
        auto matched = match_imap(pattern, *h.response, context);
        if (!matched) return std::unexpected(matched.error());
        if (matched->held) return imap_match_found{i, std::move(matched->bound)};
    }
    return imap_match_found{};
}

void interpreter::note_instead(const suite::outcome_tier& tier, const suite::expect_server& e,
                               std::string came) {
    if (!tier.instead) return;
    // Of several weaker outcomes the gravest stays: should (warn) before may (info).
    if (outcome_.instead && *outcome_.instead <= *tier.instead) return;
    std::string wanted;
    for (const auto& other : e.tiers) {
        if (&other == &tier) break;
        wanted += (wanted.empty() ? "" : ", ") + describe(other);
    }
    outcome_.instead = tier.instead;
    outcome_.note = fmt::format("expected {}, got {}", wanted, came);
}

// `event`: nothing more can come that would meet the step (the end, nothing in time); then lower tiers count
// too. Null: more may come, and only a full success counts. `looked`: none of the responses before that one
// is.
std::optional<step_result> interpreter::try_imap(const suite::step& s, const suite::expect_server& e,
                                                 server_connection& conn, const server_event* event,
                                                 std::size_t looked) {
    auto& dialog = conn.imap();
    const bool over = event || dialog.end_of_current();
    const auto from = std::max(over ? 0 : looked, e.then ? dialog.last_taken_end() : 0);
    for (const auto& tier : e.tiers) {
        if (tier.instead && !over) break;
        for (const auto& pattern : tier.any_of) {
            if (const auto* wanted = std::get_if<suite::imap_response_pattern>(&pattern)) {
                auto found = find_imap(*wanted, conn, from);
                if (!found) return troubled("`" + s.source + "`: " + found.error());
                if (!found->at) continue;
                bound_.merge(found->bound);
                const auto h = dialog.at(*found->at);
                const bool completes =
                    h.response->what == heard_kind::tagged && h.response->tag == dialog.current();
                completes ? dialog.settle() : dialog.take(*found->at);
                outcome_.steps.push_back(
                    {judged::what::imap, &s, s.claim, conn.stream(), h.offset, h.length, {}});
                note_instead(tier, e, wire::quoted(h.response->raw));
                return holds();
            }
            const bool close = std::holds_alternative<suite::closed_pattern>(pattern);
            const bool met =
                event && (close ? event->ended() : event->kind == brought::silence && event->raw.empty());
            if (!met) continue;
            outcome_.steps.push_back({close ? judged::what::close : judged::what::silence,
                                      &s,
                                      s.claim,
                                      conn.stream(),
                                      event->offset,
                                      event->raw.size(),
                                      {}});
            note_instead(tier, e, describe(tier));
            if (!close) conn.take();
            return holds();
        }
    }
    return std::nullopt;
}

// Did a branch of the `either` that is at its first steps hear what none of them met?
bool interpreter::heard_by_branches(int connection, const imap_dialog& dialog) const {
    if (!first_of_branch_) return false;
    const auto known = heard_before_branches_.find(connection);
    const auto from = known == heard_before_branches_.end() ? 0 : known->second;
    const auto& all = dialog.all();
    return std::any_of(all.begin() + static_cast<std::ptrdiff_t>(std::min(from, all.size())), all.end(),
                       [](const auto& h) { return !h.taken; });
}

interpreter::result interpreter::expect_imap(const suite::step& s, const suite::expect_server& e,
                                             server_connection& conn) {
    if (e.count) co_return co_await count_responses(s, e, conn);
    auto& dialog = conn.imap();
    const auto patience = net::deadline::in(patience_for(e));
    const auto until = patience.earlier(limit_);
    // The end of the case may cut it short, and what came while another branch waited was heard.
    bool silent = until.at == patience.at && !heard_by_branches(s.connection, dialog);
    std::size_t looked = 0;
    for (;;) {
        if (auto done = try_imap(s, e, conn, nullptr, looked)) co_return *done;
        looked = dialog.all().size();
        // The command is over, or the greeting was another one: nothing else will come for it.
        const auto w = dialog.current_window();
        const bool greeted_otherwise = !dialog.any_command() && dialog.current().empty() && w.from == 0 &&
                                       w.to > 0 && !dialog.all().front().taken;
        if (dialog.end_of_current() || greeted_otherwise) {
            server_event nothing_more;
            nothing_more.kind = brought::malformed;
            if (auto done = try_imap(s, e, conn, &nothing_more)) co_return *done;
            co_return imap_mismatch(e, conn, nullptr);
        }
        const bool heard = co_await hear(conn, until);
        silent = silent && !heard;
        if (heard) continue;
        const auto* event = co_await conn.next(until);
        if (event->kind == brought::cancelled) co_return troubled("the run was stopped");
        server_event end = *event;
        // Something did come, if not what was asked for.
        if (!silent && end.kind == brought::silence) end.raw += '\0';
        if (auto done = try_imap(s, e, conn, &end)) co_return *done;
        co_return imap_mismatch(e, conn, event);
    }
}

// `event`: how waiting ended; null: the command was completed, or the greeting is not that.
step_result interpreter::imap_mismatch(const suite::expect_server& e, const server_connection& conn,
                                       const server_event* event) {
    const auto& dialog = conn.imap();
    const auto& all = dialog.all();
    auto w = dialog.current_window();
    w.to = all.size();
    // RFC 9051 §7.1.5: a server that will not serve says so in its greeting; that judges nothing.
    const bool greeting = !dialog.any_command() && w.from == 0;
    if (greeting && !all.empty() && all[0].response && all[0].response->condition == "BYE")
        return troubled("the server turned the connection away: " + wire::quoted(all[0].response->raw));

    std::vector<const wire::imap_response*> seen;
    for (auto i = w.from; i < w.to; ++i)
        if (all[i].response && !all[i].taken) seen.push_back(all[i].response.get());
    const auto context = context_of(conn);
    std::string expected, near;
    for (const auto& tier : e.tiers) {
        if (!tier.instead || expected.empty()) expected += (expected.empty() ? "" : "\n") + describe(tier);
        for (const auto& pattern : tier.any_of)
            if (const auto* wanted = std::get_if<suite::imap_response_pattern>(&pattern);
                wanted && near.empty())
                if (const auto why = nearest_miss(*wanted, seen, context)) near = *why;
    }
    if (!near.empty()) expected += "\nnot met: " + near;

    auto actual = dialog.shown(w, false); // what no step before has met
    if (event) actual += imap_ending(conn, *event, patience_for(e));
    return does_not_hold(std::move(expected), std::move(actual));
}

// How waiting came to its end.
std::string interpreter::imap_ending(const server_connection& conn, const server_event& event,
                                     std::chrono::milliseconds patience) const {
    if (event.kind == brought::closed) return "connection closed";
    if (event.kind == brought::reset) return "connection reset";
    if (event.kind == brought::flood) return flooded;
    auto text = limit_.passed()
                    ? fmt::format("nothing more within the {} of the whole case", describe(case_.timeout))
                    : fmt::format("nothing more within {}", describe(patience));
    if (!event.raw.empty()) text += "; so far: " + event.raw;
    if (!conn.write_failure().empty()) text += fmt::format(" ({})", conn.write_failure());
    return text;
}

} // namespace mailspec::script
