// Commands, parameters, pipelining, endings, TLS and octets at remote hosts; see host_checks.hpp.
#include "harness/script/host_checks.hpp"
#include "harness/script/tls_versions.hpp"
#include "harness/wire/octets.hpp"
#include "harness/world/smtp_host.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace mailspec::script {
namespace {

using stage = host_finding::what;
using world::host_command;
using world::host_session;

host_finding trouble(std::string sentence) {
    host_finding f;
    f.kind = stage::trouble;
    f.actual = std::move(sentence);
    return f;
}

host_finding holds_at(const host_session* session) {
    host_finding f;
    f.session = session;
    return f;
}

// Values that mean the same in any case.
bool is_keyword_value(const std::string& keyword) {
    return keyword == "BODY" || keyword == "RET" || keyword == "NOTIFY";
}

// The commands of that verb since the last MAIL of a session.
std::vector<const host_command*> of_last_transaction(const host_session& s, const std::string& verb) {
    std::vector<const host_command*> found;
    for (const auto& c : s.commands) {
        if (c.verb == "MAIL") found.clear();
        if (c.verb == verb) found.push_back(&c);
    }
    return found;
}

} // namespace

host_finding host_checks::check(const suite::expect_parameter& e) const {
    const host_session* session = nullptr;
    for (const auto* s : at(e.where)) // the last one with a transaction
        if (!of_last_transaction(*s, "MAIL").empty()) session = s;
    std::string address;
    if (e.recipient) {
        const auto filled = context_.values.octets(*e.recipient, context_.place);
        if (!filled) return trouble(filled.error());
        address = *filled;
    }
    const auto subject = e.recipient ? fmt::format("RCPT for <{}>", address) : e.verb;
    auto value = in_words(e.value);
    if (!value.empty()) value = (e.value.equals ? "=" : " ") + value;
    const auto expected =
        fmt::format("{} at {} {} {}{}{}", subject, script::in_words(e.where), e.negative ? "without" : "with",
                    e.keyword, value, e.bare && !e.negative ? ", which has no value" : "");
    std::vector<const host_command*> looked_at;
    if (session)
        for (const auto* c : of_last_transaction(*session, e.verb))
            if (!e.recipient || world::host_path_of(c->argument).address == address) looked_at.push_back(c);
    if (looked_at.empty()) return finding(stage::not_yet, e.where, expected, "no such command");
    for (const auto* c : looked_at) {
        const auto path = world::host_path_of(c->argument);
        const auto parameter = std::ranges::find(path.parameters, e.keyword,
                                                 [](const auto& p) -> const std::string& { return p.first; });
        bool there = parameter != path.parameters.end();
        if (there && e.bare && !e.negative) {
            there = parameter->second.empty();
        } else if (there && is_keyword_value(e.keyword) && e.value.equals) {
            const auto wanted = context_.values.octets(*e.value.equals, context_.place);
            if (!wanted) return trouble(wanted.error());
            there = wire::same_word(*wanted, parameter->second);
        } else if (there) {
            const auto fitting = fits(e.value, parameter->second);
            if (!fitting) return trouble(fitting.error());
            there = *fitting;
        }
        if (there == e.negative) return finding(stage::never, e.where, expected, c->line);
    }
    return holds_at(session);
}

host_finding host_checks::check(const suite::expect_command& e) const {
    const auto* session = one(e.where);
    int count = 0;
    std::string last;
    for (const auto& c : session ? session->commands : std::vector<host_command>{}) {
        if (!wire::same_word(c.verb, e.verb)) continue;
        const auto fitting = fits(e.argument, c.argument);
        if (!fitting) return trouble(fitting.error());
        if (*fitting) ++count;
        last = c.line;
    }
    const auto place = script::in_words(e.where);
    auto command = e.verb;
    if (const auto words = in_words(e.argument); !words.empty())
        command += e.argument.matches ? fmt::format(" with an argument that matches {}", words) : " " + words;
    if (e.negative) {
        if (!session)
            return finding(stage::never, e.where, fmt::format("no {} at {}", command, place),
                           "no connection");
        if (count == 0) return holds_at(session);
        return finding(stage::never, e.where, fmt::format("no {} at {}", command, place), last);
    }
    const int wanted = e.count.value_or(1);
    const auto expected = e.count ? fmt::format("{} at {}: {}", command, place, wanted)
                                  : fmt::format("{} at {}", command, place);
    const auto actual = last.empty() ? "no such command" : e.count ? std::to_string(count) : last;
    if (session && (e.count ? count == wanted : count >= 1)) return holds_at(session);
    return finding(e.count && count > wanted ? stage::never : stage::not_yet, e.where, expected, actual);
}

host_finding host_checks::check(const suite::expect_command_order& e) const {
    const auto* session = one(e.where);
    std::size_t next = 0;
    for (const auto& c : session ? session->commands : std::vector<host_command>{})
        if (next < e.verbs.size() && wire::same_word(c.verb, e.verbs[next])) ++next;
    if (next == e.verbs.size()) return holds_at(session);
    return finding(
        stage::not_yet, e.where,
        fmt::format("at {} in this order: {}", script::in_words(e.where), fmt::join(e.verbs, ", ")),
        fmt::format("no {} {}", e.verbs[next],
                    next == 0 ? "at all" : fmt::format("behind {}", e.verbs[next - 1])));
}

host_finding host_checks::check(const suite::expect_pipelined& e) const {
    const auto* session = one(e.where);
    bool sent = false, ahead = false;
    for (const auto& c : session ? session->commands : std::vector<host_command>{}) {
        if (!wire::same_word(c.verb, e.verb)) continue;
        sent = true;
        ahead = ahead || c.ahead;
    }
    const auto place = script::in_words(e.where);
    const auto expected =
        e.negative
            ? fmt::format("{} at {} sent only when the command before it was answered", e.verb, place)
            : fmt::format("{} at {} sent before the command in front of it was answered", e.verb, place);
    if (!sent) return finding(stage::not_yet, e.where, expected, "no such command");
    if (ahead != e.negative) return holds_at(session);
    const bool over = e.negative || session->ended != host_session::end::open;
    return finding(over ? stage::never : stage::not_yet, e.where, expected,
                   ahead ? "it was on its way before" : "it came after the answer");
}

host_finding host_checks::check(const suite::expect_closed& e) const {
    using how = suite::expect_closed::how;
    using end = host_session::end;
    static constexpr const char* words[] = {"QUIT, then closed", "closed without QUIT", "reset",
                                            "still open"};
    const auto* session = one(e.where);
    const auto expected =
        fmt::format("the connection to {}: {}", script::in_words(e.where), words[static_cast<int>(e.wanted)]);
    if (!session) return finding(stage::not_yet, e.where, expected, "no connection");
    how came = how::open;
    if (session->ended == end::quit) came = how::quit;
    if (session->ended == end::eof) came = how::eof;
    if (session->ended == end::reset) came = how::reset;
    if (came == e.wanted) return holds_at(session);
    return finding(came == how::open ? stage::not_yet : stage::never, e.where, expected,
                   words[static_cast<int>(came)]);
}

// A client that finishes the handshake, looks at the certificate, and leaves without a word has refused it
// too.
host_finding host_checks::check(const suite::expect_host_tls& e) const {
    const auto list = at(e.where);
    const auto place = script::in_words(e.where);
    const auto refused = [](const host_session& s) {
        if (s.tls_failed) return true;
        const bool said_something =
            std::ranges::any_of(s.commands, [](const auto& c) { return c.secured && c.verb != "QUIT"; });
        return s.tls && !said_something && s.ended != host_session::end::open;
    };
    if (e.failed) {
        for (const auto* s : list)
            if (refused(*s)) return holds_at(s);
        return finding(stage::not_yet, e.where, fmt::format("a TLS handshake at {} that fails", place),
                       list.empty() ? "no connection" : "none failed");
    }
    const auto* session = list.empty() ? nullptr : list.back();
    if (e.negative) {
        const auto expected = "no TLS on the connection to " + place;
        if (!session) return finding(stage::never, e.where, expected, "no connection");
        return session->tls ? finding(stage::never, e.where, expected, session->tls->version)
                            : holds_at(session);
    }
    auto expected = "a connection to " + place + " inside TLS";
    if (!e.min_version.empty()) expected += fmt::format(", version {} or later", e.min_version);
    std::string name;
    if (e.server_name) {
        const auto filled = context_.values.octets(*e.server_name, context_.place);
        if (!filled) return trouble(filled.error());
        name = *filled;
        expected += ", SNI " + name;
    }
    if (!session) return finding(stage::not_yet, e.where, expected, "no connection");
    if (!session->tls) return finding(stage::not_yet, e.where, expected, "no TLS");
    const auto& facts = *session->tls;
    if (!e.min_version.empty() && tls_version_number(facts.version) < tls_version_number(e.min_version))
        return finding(stage::never, e.where, expected, facts.version);
    if (e.server_name && !wire::same_word(facts.server_name, name))
        return finding(stage::never, e.where, expected,
                       facts.server_name.empty() ? "no SNI" : "SNI " + facts.server_name);
    return holds_at(session);
}

host_finding host_checks::check(const suite::expect_octets& e) const {
    const auto expression = context_.values.regex(e.regex, context_.place);
    if (!expression) return trouble(expression.error());
    const auto expected = fmt::format("{}octets at {} that match ~{}~", e.negative ? "no " : "",
                                      script::in_words(e.where), *expression);
    const auto list = at(e.where);
    for (const auto* s : list) {
        const auto found = context_.patterns.found(*expression, s->octets);
        if (!found) return trouble(found.error());
        if (*found) return e.negative ? finding(stage::never, e.where, expected, s->octets) : holds_at(s);
    }
    if (e.negative)
        return list.empty() ? finding(stage::never, e.where, expected, "no connection")
                            : holds_at(list.back());
    return finding(stage::not_yet, e.where, expected, list.empty() ? "no connection" : list.back()->octets);
}

host_finding host_checks::check(const suite::expect_fetches& e) const {
    int count = 0;
    const host_session* last = nullptr;
    for (const auto* s : at(e.where))
        for (const auto& c : s->commands)
            if (c.verb == "GET") {
                ++count;
                last = s;
            }
    const auto place = script::in_words(e.where);
    if (e.negative)
        return count == 0
                   ? host_finding{}
                   : finding(stage::never, e.where, "no fetch of the policy at " + place, "it was fetched");
    const int wanted = e.count.value_or(1);
    const auto expected = e.count ? fmt::format("fetches of the policy at {}: {}", place, wanted)
                                  : "the policy fetched at " + place;
    if (e.count ? count == wanted : count >= 1) return holds_at(last);
    return finding(count > wanted ? stage::never : stage::not_yet, e.where, expected, std::to_string(count));
}

} // namespace mailspec::script
