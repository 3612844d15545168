// The steps that look at remote hosts: waiting for what must come, and the scripts of the hosts themselves;
// see interpreter.hpp. What is held against what is host_checks'.
#include "harness/script/host_checks.hpp"
#include "harness/script/interpreter.hpp"
#include "harness/script/message_checks.hpp"
#include "harness/suite/script_parser.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::script {
namespace {

constexpr std::chrono::milliseconds default_patience{20000};

template <typename Body>
std::chrono::milliseconds patience_of(const Body& body) {
    if constexpr (requires { body.within; })
        return body.within;
    else
        return default_patience;
}

// The steps that host_checks knows.
template <typename Body>
concept checked_at_hosts = requires(const host_checks& checks, const Body& body) {
    checks.check(body);
};

host_finding find_now(const host_checks& checks, const suite::step& s) {
    return std::visit(
        [&]<typename Body>(const Body& body) -> host_finding {
            if constexpr (checked_at_hosts<Body>) return checks.check(body);
            host_finding unknown;
            unknown.kind = host_finding::what::trouble;
            unknown.actual = "this step is not known to the interpreter: " + s.source;
            return unknown;
        },
        s.body);
}

} // namespace

interpreter::result interpreter::bring_up_world() {
    if (case_.world.empty()) co_return holds();
    world_ = std::make_unique<case_world>(case_, environment_, outcome_, values_, steps_done_);
    const auto up = co_await world_->bring_up();
    if (!up) co_return troubled(up.error());
    co_return holds();
}

// Looks again after each thing that happens, until it holds, cannot hold any more, or the time is over.
interpreter::result interpreter::expect_at_hosts(const suite::step& s) {
    if (!world_) co_return troubled("`" + s.source + "`: the case has no remote hosts");
    const auto within = std::visit([](const auto& body) { return patience_of(body); }, s.body);
    const auto until = net::deadline::in(within).earlier(limit_);
    const match_context context{values_, place_of(s.connection), patterns_};
    const host_checks checks(world_->sessions(), environment_.token, context);
    for (;;) {
        auto found = find_now(checks, s);
        using what = host_finding::what;
        if (found.kind == what::trouble) co_return troubled("`" + s.source + "`: " + found.actual);
        if (found.kind == what::holds) co_return held_at_host(s, found);
        const bool hopeless =
            found.kind == what::never || environment_.timeless || branches_waited_ || world_->broken();
        if (hopeless || until.passed()) {
            if (found.kind == what::not_yet) found.actual += fmt::format(", within {}", describe(within));
            auto r = does_not_hold(std::move(found.expected), std::move(found.actual));
            r.seen = std::move(found.seen);
            co_return r;
        }
        co_await world_->changed().wait(until);
    }
}

step_result interpreter::release(const suite::release_host& step) {
    if (!world_) return troubled("`release " + step.host + "`: the case has no remote hosts");
    world_->release(step.host);
    return holds();
}

// Where every branch of an `either` begins at a remote host, they are waited for together: none of them may
// use up the time in which another holds. True: that was so, and the branches themselves need not wait.
net::task<bool> interpreter::wait_for_a_branch(const suite::either_block& block) {
    const auto at_hosts = [](const auto& branch) {
        return !branch.empty() && suite::looks_at_hosts(branch.front()) &&
               !std::holds_alternative<suite::expect_wire_body>(branch.front().body);
    };
    if (!world_ || environment_.timeless || !std::ranges::all_of(block.branches, at_hosts)) co_return false;
    std::chrono::milliseconds within{0};
    for (const auto& branch : block.branches)
        within =
            std::max(within, std::visit([](const auto& b) { return patience_of(b); }, branch.front().body));
    const auto until = net::deadline::in(within).earlier(limit_);
    const auto decides = [&](const auto& branch) {
        const match_context context{values_, place_of(branch.front().connection), patterns_};
        const host_checks checks(world_->sessions(), environment_.token, context);
        const auto found = find_now(checks, branch.front());
        return found.kind == host_finding::what::holds || found.kind == host_finding::what::trouble;
    };
    while (std::ranges::none_of(block.branches, decides) && !until.passed() && !world_->broken())
        co_await world_->changed().wait(until);
    co_return true;
}

step_result interpreter::held_at_host(const suite::step& s, const host_finding& found) {
    const int stream = found.session ? static_cast<int>(found.session->order) - 1 : -1;
    outcome_.steps.push_back({judged::what::host, &s, s.claim, stream, 0, 0});
    if (found.mail) {
        judged_report(found.mail->content, found.mail->sender.address);
        look_at(found.mail->content, stream);
        wire_ = found.mail->wire;
    }
    return holds();
}

step_result interpreter::check_wire_body(const suite::step& s, const suite::expect_wire_body& e) {
    if (!wire_) return troubled("`" + s.source + "` stands before any `expect mail` that holds");
    // What begins with an empty line has no header section.
    const auto blank = wire_->starts_with("\r\n") ? 0 : wire_->find("\r\n\r\n");
    const auto from = blank == std::string::npos ? wire_->size()
                                                 : blank + (blank == 0 && wire_->starts_with("\r\n") ? 2 : 4);
    wire::message as_sent;
    as_sent.body = wire_->substr(from);
    const match_context context{values_, place_of(s.connection), patterns_};
    auto r = check_body(as_sent, e, context);
    if (r.held())
        outcome_.steps.push_back(
            {judged::what::message, &s, s.claim, message_stream_, outcome_.deliveries.size() - 1, 0});
    return r;
}

// ---- scripts of hosts ----------------------------------------------------------------------------

// A host's own script that was not followed is where the case failed, whatever came of it afterwards.
step_result interpreter::host_script_result(step_result came_out) const {
    const auto broken = world_ ? world_->broken() : std::nullopt;
    if (!broken || came_out.kind == step_result::what::trouble) return came_out;
    auto r = does_not_hold(fmt::format("at {}, on connection {}: {}", broken->session->host,
                                       broken->session->number, broken->wanted),
                           broken->got);
    r.seen = in_words(*broken->session);
    r.at = broken->at;
    r.claim = broken->at->claim;
    return r;
}

// Dialogs that have begun are waited for: what they want may still be on its way.
interpreter::result interpreter::finish_host_scripts() {
    if (!world_) co_return holds();
    const auto until = net::deadline::in(default_patience).earlier(limit_);
    for (auto left = world_->unfinished(); left; left = world_->unfinished()) {
        if (world_->broken()) co_return holds(); // told by host_script_result
        if (environment_.timeless || until.passed()) {
            auto r = does_not_hold(fmt::format("at {}, on connection {}: {}", left->session->host,
                                               left->session->number, left->wanted),
                                   fmt::format("nothing within {}\r\nseen: {}", describe(default_patience),
                                               in_words(*left->session)));
            r.at = left->at;
            r.claim = left->at->claim;
            co_return r;
        }
        co_await world_->changed().wait(until);
    }
    for (const auto* step : world_->claims(false)) {
        auto r = does_not_hold("`" + step->source + "` in the script of a host",
                               "the host's dialog never got there");
        r.at = step;
        r.claim = true;
        co_return r;
    }
    for (const auto* step : world_->claims(true))
        outcome_.steps.push_back({judged::what::host, step, true, -1, 0, 0});
    co_return holds();
}

} // namespace mailspec::script
