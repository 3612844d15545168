// Mail, connections, order and envelopes at remote hosts; see host_checks.hpp. Commands and TLS are in
// host_command_checks.cpp.
#include "harness/script/host_checks.hpp"

#include "harness/wire/octets.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace mailspec::script {
namespace {

using stage = host_finding::what;
using world::host_mail;
using world::host_session;

constexpr std::size_t most_commands_shown = 20; // of a connection

// The domain is the same in any case, the local part is not (RFC 5321 §2.4).
std::string canonical_address(const std::string& address) {
    auto at = address.rfind('@');
    if (at == std::string::npos) return address;
    auto domain = wire::upper(std::string_view(address).substr(at));
    return address.substr(0, at) + domain;
}

std::string first_line(const std::string& reply) {
    return reply.substr(0, reply.find_first_of("\r\n"));
}

std::string bracketed(const std::vector<std::string>& addresses) {
    std::string text;
    for (const auto& a : addresses)
        text += fmt::format("{}<{}>", text.empty() ? "" : ", ", a);
    return text.empty() ? "none" : text;
}

} // namespace

std::string in_words(const suite::at_host& where) {
    const auto names = fmt::format("{}", fmt::join(where.any_of, " or "));
    return where.connection ? fmt::format("{}[{}]", names, *where.connection) : names;
}

std::string in_words(const host_session& s) {
    static constexpr const char* ends[] = {"open", "quit", "closed", "reset"};
    std::string text = fmt::format("{}[{}]:", s.host, s.number);
    if (s.tls) text += fmt::format(" ({})", s.tls->version);
    if (s.tls_failed) text += fmt::format(" (TLS failed: {})", s.tls_error);
    text += "\n";
    for (std::size_t i = 0; i < s.commands.size(); ++i) {
        if (i == most_commands_shown) {
            text += fmt::format("  ... and {} more\n", s.commands.size() - i);
            break;
        }
        const auto& c = s.commands[i];
        const auto line = c.verb == "message" ? "(message)" : wire::quoted(c.line, 200);
        const auto reply = first_line(c.reply);
        text +=
            fmt::format("  {}{} -> {}\n", line, c.ahead ? " (ahead)" : "", reply.empty() ? "nothing" : reply);
    }
    return text + fmt::format("  ({})", ends[static_cast<int>(s.ended)]);
}

std::string host_checks::seen(const std::vector<std::string>& hosts) const {
    std::string text;
    for (const auto& s : sessions_)
        if (std::ranges::find(hosts, s.host) != hosts.end())
            text += (text.empty() ? "" : "\n") + script::in_words(s);
    if (text.empty()) return fmt::format("no connection to {}", fmt::join(hosts, ", "));
    return text;
}

host_finding host_checks::finding(stage kind, const suite::at_host& where, std::string expected,
                                  std::string actual) const {
    host_finding f;
    f.kind = kind;
    f.expected = std::move(expected);
    f.actual = std::move(actual);
    f.seen = seen(where.any_of);
    return f;
}

bool host_checks::is_ours(const host_mail& mail) const {
    const auto has = [&](const std::string& text) { return text.find(token_) != std::string::npos; };
    if (has(mail.content) || has(mail.sender.address)) return true;
    const auto to_ours = [&](const world::host_path& p) { return has(p.address); };
    return std::ranges::any_of(mail.recipients, to_ours) || std::ranges::any_of(mail.refused, to_ours);
}

// Complete ones, in the order in which they were taken.
std::vector<std::pair<const host_session*, const host_mail*>>
host_checks::our_mails(const std::vector<std::string>& hosts) const {
    std::vector<std::pair<const host_session*, const host_mail*>> found;
    for (const auto& s : sessions_)
        if (std::ranges::find(hosts, s.host) != hosts.end())
            for (const auto& mail : s.mails)
                if (mail.complete && is_ours(mail)) found.emplace_back(&s, &mail);
    std::ranges::stable_sort(found, {}, [](const auto& one) { return one.second->order; });
    return found;
}

// Of a|b the one that has mail of ours, else the one that was connected to last.
std::string host_checks::chosen(const suite::at_host& where) const {
    if (where.any_of.size() == 1) return where.any_of.front();
    const auto mails = our_mails(where.any_of);
    if (!mails.empty()) return mails.back().first->host;
    std::string name = where.any_of.front();
    for (const auto& s : sessions_)
        if (std::ranges::find(where.any_of, s.host) != where.any_of.end()) name = s.host;
    return name;
}

host_checks::session_list host_checks::at(const suite::at_host& where) const {
    const auto name = chosen(where);
    session_list list;
    for (const auto& s : sessions_)
        if (s.host == name && (!where.connection || s.number == *where.connection)) list.push_back(&s);
    return list;
}

const host_session* host_checks::one(const suite::at_host& where) const {
    const auto list = at(where);
    return list.empty() ? nullptr : list.back();
}

std::expected<bool, std::string> host_checks::fits(const suite::value_check& wanted,
                                                   std::string_view found) const {
    if (wanted.matches) {
        const auto expression = context_.values.regex(*wanted.matches, context_.place);
        if (!expression) return std::unexpected(expression.error());
        return context_.patterns.found(*expression, found);
    }
    if (!wanted.equals) return true;
    const auto value = context_.values.octets(*wanted.equals, context_.place);
    if (!value) return std::unexpected(value.error());
    return *value == found;
}

std::string host_checks::in_words(const suite::value_check& wanted) const {
    if (wanted.matches)
        return fmt::format(
            "~{}~", context_.values.regex(*wanted.matches, context_.place).value_or(wanted.matches->source));
    if (wanted.equals)
        return context_.values.octets(*wanted.equals, context_.place).value_or(wanted.equals->source);
    return {};
}

host_finding host_checks::check(const suite::expect_mail& e) const {
    const auto mails = our_mails(e.where.any_of);
    const auto place = script::in_words(e.where);
    const auto count = static_cast<int>(mails.size());
    if (e.negative) {
        if (mails.empty()) return {};
        const auto& [session, mail] = mails.back();
        return finding(stage::never, e.where, "no message of ours at " + place,
                       fmt::format("one came on connection {}:\r\n{}", session->number, mail->content));
    }
    const int wanted = e.times.value_or(1);
    const auto expected = e.times ? fmt::format("a message of ours at {}, {}", place, times(wanted))
                                  : "a message of ours at " + place;
    if (count < wanted) return finding(stage::not_yet, e.where, expected, count == 0 ? "none" : times(count));
    if (e.times && count > wanted) return finding(stage::never, e.where, expected, times(count));
    host_finding f;
    f.session = mails.back().first;
    f.mail = mails.back().second;
    return f;
}

host_finding host_checks::check(const suite::expect_connections& e) const {
    const auto list = at(e.where);
    const auto place = script::in_words(e.where);
    const int count = static_cast<int>(list.size());
    if (e.negative) {
        if (list.empty()) return {};
        return finding(stage::never, e.where, "no connection to " + place, "the server connected there");
    }
    const int wanted = e.count.value_or(1);
    const auto expected = wanted == 1 && !e.count ? "a connection to " + place
                                                  : fmt::format("connections to {}: {}", place, wanted);
    if (count < wanted) return finding(stage::not_yet, e.where, expected, std::to_string(count));
    if (e.count && count > wanted) return finding(stage::never, e.where, expected, std::to_string(count));
    return {};
}

// A list that names each host once says in which order they were first connected to; one that names a host
// twice is about every connection, neighbouring ones to the same host being one try.
host_finding host_checks::check(const suite::expect_tried& e) const {
    std::set<std::string> named;
    bool repeats = false;
    suite::at_host all;
    std::string expected;
    for (const auto& group : e.in_order) {
        for (const auto& name : group)
            repeats = !named.insert(name).second || repeats;
        expected += fmt::format("{}{}", expected.empty() ? "" : ", ", fmt::join(group, "|"));
    }
    std::vector<std::string> tried;
    for (const auto& s : sessions_) {
        if (s.host.empty() || s.policy) continue;
        const bool again = repeats ? !tried.empty() && tried.back() == s.host
                                   : std::ranges::find(tried, s.host) != tried.end();
        if (!again) tried.push_back(s.host);
        all.any_of.push_back(s.host);
    }
    std::size_t next = 0;
    stage kind = stage::holds;
    for (const auto& group : e.in_order) {
        std::set<std::string> left(group.begin(), group.end());
        for (; next < tried.size() && !left.empty(); ++next)
            if (left.erase(tried[next]) == 0) kind = stage::never;
        if (kind == stage::holds && !left.empty()) kind = stage::not_yet;
    }
    if (next < tried.size()) kind = stage::never;
    if (kind == stage::holds) return {};
    return finding(kind, all, "tried in this order: " + expected,
                   tried.empty() ? "none was tried" : fmt::format("tried: {}", fmt::join(tried, ", ")));
}

host_finding host_checks::check(const suite::expect_envelope& e) const {
    const host_mail* mail = nullptr;
    const host_session* session = nullptr;
    for (const auto* s : at(e.where))
        if (!s->mails.empty()) {
            session = s;
            mail = &s->mails.back();
        }
    std::vector<std::string> wanted, found;
    for (const auto& text : e.addresses) {
        const auto address = context_.values.octets(text, context_.place);
        if (!address) {
            host_finding trouble;
            trouble.kind = stage::trouble;
            trouble.actual = address.error();
            return trouble;
        }
        wanted.push_back(*address);
    }
    const auto place = script::in_words(e.where);
    const auto expected = e.sender ? fmt::format("the reverse-path <{}> at {}", wanted.front(), place)
                                   : fmt::format("accepted recipients at {}: {}", place, bracketed(wanted));
    if (!mail) return finding(stage::not_yet, e.where, expected, "no transaction");
    if (e.sender)
        found = {mail->sender.address};
    else
        for (const auto& path : mail->recipients)
            found.push_back(path.address);
    const auto sorted = [](std::vector<std::string> list) {
        std::ranges::transform(list, list.begin(), canonical_address);
        std::ranges::sort(list);
        return list;
    };
    if (sorted(wanted) == sorted(found)) {
        host_finding f;
        f.session = session;
        return f;
    }
    const bool over = e.sender || mail->complete || session->ended != host_session::end::open;
    return finding(over ? stage::never : stage::not_yet, e.where, expected, bracketed(found));
}

} // namespace mailspec::script
