// The steps about all that a command of IMAP brought, `count` and `not`, and about what a server announced
// last; see interpreter.hpp. What must not come is known when the command is over, and not before.
#include "harness/script/imap_edits.hpp"
#include "harness/script/imap_match.hpp"
#include "harness/script/interpreter.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace mailspec::script {
namespace {

using brought = server_event::what;
using heard_kind = wire::imap_response::kind;

} // namespace

struct interpreter::command_window {
    imap_dialog::window responses;
    std::string cut; // how waiting for its end came to nothing; empty: it is whole
    bool stopped = false;
};

// What belongs to the command that is meant: the one that a tagged `S:` just ended, or the current one, whose
// end is awaited. What it did not bring is known by then, and not before.
net::task<interpreter::command_window> interpreter::window_of_command(server_connection& conn) {
    auto& dialog = conn.imap();
    command_window w;
    if (dialog.just_settled()) {
        w.responses = dialog.last_window();
        co_return w;
    }
    const auto patience = environment_.target.reply_timeout;
    const auto until = net::deadline::in(patience).earlier(limit_);
    while (!dialog.current().empty() && !dialog.end_of_current()) {
        const bool heard = co_await hear(conn, until);
        if (heard) continue;
        const auto* event = co_await conn.next(until);
        w.stopped = event->kind == brought::cancelled;
        w.cut = imap_ending(conn, *event, patience);
        break;
    }
    w.responses = dialog.current_window();
    co_return w;
}

step_result interpreter::not_at_its_end(const server_connection& conn, const command_window& w,
                                        const std::string& wanted) const {
    if (w.stopped) return troubled("the run was stopped");
    return does_not_hold(wanted + "\nnot met: the command's tagged response has not come",
                         conn.imap().shown(w.responses) + w.cut);
}

// `example`: a response that the step is about.
void interpreter::note_window(const suite::step& s, const server_connection& conn, imap_dialog::window w,
                              std::optional<std::string> example) {
    const auto octets = conn.imap().octets_of(w);
    judged step{judged::what::imap_window, &s, s.claim, conn.stream(), octets.offset, octets.length, {}};
    step.about = std::move(example).value_or("");
    outcome_.steps.push_back(std::move(step));
}

interpreter::result interpreter::count_responses(const suite::step& s, const suite::expect_server& e,
                                                 server_connection& conn) {
    const auto command = co_await window_of_command(conn);
    const auto w = command.responses;
    const auto& dialog = conn.imap();
    const auto context = context_of(conn);
    std::uint64_t count = 0;
    for (auto i = w.from; i < w.to; ++i) {
        const auto& h = dialog.all()[i];
        bool one = false;
        for (const auto& pattern : e.tiers.front().any_of) {
            const auto* wanted = std::get_if<suite::imap_response_pattern>(&pattern);
            if (!wanted || !h.is(heard_kind::untagged)) continue;
            const auto matched = match_imap(*wanted, *h.response, context);
            if (!matched) co_return troubled("`" + s.source + "`: " + matched.error());
            one = one || matched->held;
        }
        count += one ? 1 : 0;
    }
    const auto so_many = fmt::format("{} of {}", *e.count, describe(e.tiers.front()));
    if (!command.cut.empty()) co_return not_at_its_end(conn, command, so_many);
    if (count != *e.count) co_return does_not_hold(so_many, fmt::format("{} of\n{}", count, dialog.shown(w)));
    const auto* wanted = std::get_if<suite::imap_response_pattern>(&e.tiers.front().any_of.front());
    note_window(s, conn, w, wanted ? example_of(*wanted, context) : std::nullopt);
    co_return holds();
}

interpreter::result interpreter::expect_no_response(const suite::step& s,
                                                    const suite::expect_no_response& e) {
    auto* conn = co_await reach(s.connection);
    if (!conn) co_return reach_failure_;
    const auto command = co_await window_of_command(*conn);
    const auto w = command.responses;
    const auto& dialog = conn->imap();
    const auto context = context_of(*conn);
    for (auto i = w.from; i < w.to; ++i) {
        const auto& h = dialog.all()[i];
        if (!h.is(heard_kind::untagged)) continue;
        const auto matched = match_imap(e.pattern, *h.response, context);
        if (!matched) co_return troubled("`" + s.source + "`: " + matched.error());
        if (matched->held) co_return does_not_hold("no " + describe(e.pattern), h.response->raw);
    }
    if (!command.cut.empty()) co_return not_at_its_end(*conn, command, "no " + describe(e.pattern));
    note_window(s, *conn, w, example_of(e.pattern, context));
    co_return holds();
}

interpreter::result interpreter::expect_capabilities(const suite::step& s,
                                                     const suite::expect_capabilities& e) {
    auto* conn = co_await reach(s.connection);
    if (!conn) co_return reach_failure_;
    if (conn->imap().all().empty()) { // the greeting may list them
        const auto until = net::deadline::in(environment_.target.reply_timeout).earlier(limit_);
        (void)co_await hear(*conn, until);
    }
    if (!conn->imap().capabilities()) {
        auto asked = co_await ask_imap(*conn, "CAPABILITY");
        if (!asked) co_return asked.error();
    }
    const auto* announced = conn->imap().capabilities();
    if (!announced) co_return does_not_hold("a list of capabilities", "none was sent");
    const auto& from = conn->imap().all()[conn->imap().capabilities_from()];
    for (const auto& check : e.checks) {
        const bool there = std::ranges::any_of(
            *announced, [&](const auto& name) { return wire::same_word(name, check.name); });
        if (there == check.lacks)
            co_return does_not_hold(
                fmt::format("capabilities {} {}", check.lacks ? "without" : "with", check.name),
                from.response->raw);
    }
    outcome_.steps.push_back({judged::what::imap, &s, s.claim, conn->stream(), from.offset, from.length, {}});
    co_return holds();
}

interpreter::result interpreter::compress(const suite::step& s) {
    auto* conn = co_await reach(s.connection);
    if (!conn) co_return reach_failure_;
    conn->start_compression([this](net::stream_ptr stream, std::string already_read) {
        return environment_.connections.compress(std::move(stream), std::move(already_read));
    });
    co_return holds();
}

} // namespace mailspec::script
