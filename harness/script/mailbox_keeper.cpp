// Making and removing the mailboxes of a case; see the header. RFC 9051 §6.3.4, §6.3.5, §6.3.10, §6.3.12.
#include "harness/script/mailbox_keeper.hpp"

#include "harness/script/maildrop_keeper.hpp"
#include "harness/suite/services.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace mailspec::script {
namespace {

using world::imap_quoted;

bool speaks_pop3(const suite::test_case& c) {
    return suite::protocol_of(c.service) == suite::protocol::pop3;
}

std::string service_of(const target::target_info& target) {
    for (const char* service : {"imap", "imaps"})
        if (target.services.contains(service)) return service;
    return {};
}

// "" "/" of (("" "/")), the first of the personal namespaces (RFC 9051 §6.3.10).
const std::vector<wire::imap_value>* first_namespace(const world::imap_answer& answer) {
    for (const auto& r : answer.untagged) {
        if (!r.is_data("NAMESPACE") || r.arguments() == r.data.end()) continue;
        const auto& personal = *r.arguments();
        if (personal.is_list() && !personal.items.empty() && personal.items.front().items.size() >= 2)
            return &personal.items.front().items;
    }
    return nullptr;
}

bool has_8bit_header(const std::string& message) {
    const auto end = std::min(message.find("\r\n\r\n"), message.size());
    return std::any_of(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(end), wire::is_8bit);
}

} // namespace

mailbox_keeper::mailbox_keeper(const suite::test_case& c, const case_environment& environment,
                               case_outcome& outcome)
    : case_(c)
    , environment_(environment)
    , outcome_(outcome) {}

bool mailbox_keeper::wanted(const suite::test_case& c) {
    return c.mailboxes > 0 || c.account_alone || !c.messages.empty();
}

std::string mailbox_keeper::lacking(const suite::test_case& c, const target::target_info& target) {
    if (!wanted(c) || !service_of(target).empty()) return {};
    if (speaks_pop3(c) && c.mailboxes == 0) return maildrop_keeper::lacking(c, target);
    return "its mailboxes cannot be prepared: the target has no imap service (--imap HOST:PORT, or "
           "`services:` of its "
           "profile)";
}

net::task<mailbox_keeper::done> mailbox_keeper::log_in() {
    session_ = {};
    used_before_ = utf8_enabled_ = false;
    const auto service = service_of(environment_.target);
    if (service.empty()) co_return std::unexpected("the target has no IMAP service to prepare mailboxes by");
    const auto until = net::deadline::in(environment_.target.reply_timeout);
    auto stream = co_await environment_.connections.connect(service, until);
    if (!stream)
        co_return std::unexpected(fmt::format("cannot connect to {}: {}", service, stream.error().text));
    world::imap_client::settings how;
    how.tls_first = suite::is_tls_service(service);
    how.patience = environment_.target.reply_timeout;
    how.told = written_down();
    session_.client = std::make_unique<world::imap_client>(std::move(*stream), std::move(how));
    const auto& account = environment_.accounts.front();
    co_return co_await session_.client->log_in(account.user, account.password);
}

std::function<void(bool, std::string_view)> mailbox_keeper::written_down() {
    return [this](bool sent, std::string_view octets) {
        using what = net::transcript_entry::what;
        outcome_.conversation.add(sent ? what::sent : what::received, keeper_connection, std::string(octets),
                                  "harness");
    };
}

// A session that cases before this one used, or else one of its own.
net::task<mailbox_keeper::done> mailbox_keeper::open() {
    if (environment_.sessions) session_ = environment_.sessions->take(environment_.accounts.front().user);
    used_before_ = session_.client != nullptr;
    if (!used_before_) co_return co_await log_in();
    outcome_.conversation.add(net::transcript_entry::what::noted, keeper_connection,
                              "on a session that the harness has kept open since an earlier case", "harness");
    session_.client->report_to(written_down());
    co_return done{};
}

// Kept for the next case of the account, if it is as this one found it.
net::task<void> mailbox_keeper::leave() {
    if (!session_.client) co_return;
    const bool as_it_was = sound_ && !utf8_enabled_ && !session_.client->broken();
    if (environment_.sessions && as_it_was)
        environment_.sessions->keep(environment_.accounts.front().user, std::move(session_));
    else
        co_await session_.client->log_out();
    session_ = {};
}

net::task<mailbox_keeper::done> mailbox_keeper::make_ready() {
    auto ok = co_await ask_for_namespace();
    if (ok && case_.account_alone) ok = co_await empty_inbox();
    if (ok) ok = co_await make_mailboxes();
    if (ok) ok = co_await fill();
    co_return ok;
}

net::task<step_result> mailbox_keeper::prepare(mailbox_names& made) {
    if (speaks_pop3(case_) && service_of(environment_.target).empty()) {
        maildrop_keeper without_imap(case_, environment_, outcome_);
        co_return co_await without_imap.prepare();
    }
    auto opened = co_await open();
    auto ok = opened;
    if (opened) ok = co_await make_ready();
    if (!ok && used_before_ && session_.client->broken()) { // it was closed since the earlier case
        names_.clear();
        opened = co_await log_in();
        if (opened) ok = co_await make_ready();
    }
    if (!opened) co_return troubled("the case's mailboxes cannot be prepared: " + opened.error());
    sound_ = ok.has_value();
    made.names = names_;
    made.delimiter = session_.delimiter;
    delimiter_ = session_.delimiter;
    // POP3 has a maildrop for itself (RFC 1939 §4): nobody else may hold it then. A server that is to be
    // stopped would wait for us.
    if (speaks_pop3(case_) || case_.restarts) co_await leave();
    if (ok) co_return holds();
    if (refused_) co_return refused(ok.error());
    co_return not_reached(does_not_hold("the mailboxes of the case made and filled", ok.error()));
}

net::task<mailbox_keeper::done> mailbox_keeper::ask_for_namespace() {
    if (case_.mailboxes == 0 || session_.namespace_known) co_return done{};
    session_.namespace_known = true;
    if (session_.client->offers("NAMESPACE") || session_.client->offers("IMAP4rev2")) {
        const auto answer = co_await session_.client->ask("NAMESPACE");
        if (!answer) co_return std::unexpected(answer.error());
        if (const auto* found = first_namespace(*answer)) {
            session_.prefix = (*found)[0].text;
            session_.delimiter = (*found)[1].is_nil() ? "" : (*found)[1].text;
            co_return done{};
        }
    }
    const auto answer = co_await session_.client->demand("LIST \"\" \"\"");
    if (!answer) co_return std::unexpected(answer.error());
    for (const auto& r : answer->untagged) {
        const auto at = r.arguments();
        if (!r.is_data("LIST") || r.data.end() - at < 2) continue;
        session_.delimiter = at[1].is_nil() ? "" : at[1].text;
    }
    co_return done{};
}

// Neither name is the beginning of the other: a case that lists {mailbox}* sees its own alone.
net::task<mailbox_keeper::done> mailbox_keeper::make_mailboxes() {
    for (int i = 0; i < case_.mailboxes; ++i) {
        auto name = fmt::format("{}{}-{}", session_.prefix, i == 0 ? "box" : "other", environment_.token);
        const auto created = co_await session_.client->ask("CREATE " + name);
        if (!created) co_return std::unexpected(created.error());
        if (!created->ok()) co_return std::unexpected(refusal("CREATE", *created));
        names_.push_back(std::move(name));
    }
    co_return done{};
}

// RFC 9051 §6.3.4, §6.3.12: a server may say NO to a name or a message. BAD says that the command is none,
// and it is. In words that are the same for each case, so that a report can count them.
std::string mailbox_keeper::refusal(std::string_view what, const world::imap_answer& answer) {
    refused_ = answer.condition == "NO";
    const auto& raw = answer.tagged.raw;
    if (!refused_) return fmt::format("{} was answered by {}", what, wire::quoted(raw));
    const auto begin = std::min(answer.tagged.tag.size() + 1, raw.size());
    auto words = raw.substr(begin, raw.find_last_not_of("\r\n") + 1 - begin);
    for (auto at = words.find(environment_.token); at != words.npos; at = words.find(environment_.token, at))
        words.replace(at, environment_.token.size(), "...");
    return fmt::format("the server refused what the case needs first: {}: {}", what, words);
}

net::task<mailbox_keeper::done> mailbox_keeper::fill() {
    const std::string into = speaks_pop3(case_) || names_.empty() ? "INBOX" : names_.front();
    for (const auto& message : case_.messages) {
        auto words = "APPEND " + into;
        if (!message.flags.empty()) words += fmt::format(" ({})", fmt::join(message.flags, " "));
        if (!message.date.empty()) words += fmt::format(" \"{}\"", message.date);
        const auto octets = case_.fixtures.find(message.fixture);
        if (octets == case_.fixtures.end())
            co_return std::unexpected(fmt::format("the fixture `{}` was not loaded", message.fixture));
        // RFC 9755 §4: a server that offers it refuses such messages until then.
        if (!utf8_enabled_ && has_8bit_header(*octets->second) && session_.client->offers("UTF8=ACCEPT")) {
            const auto enabled = co_await session_.client->demand("ENABLE UTF8=ACCEPT");
            if (!enabled) co_return std::unexpected(enabled.error());
            utf8_enabled_ = true;
        }
        const auto put = co_await session_.client->ask_with_literal(std::move(words), *octets->second);
        if (!put) co_return std::unexpected(put.error());
        if (!put->ok())
            co_return std::unexpected(
                refusal(fmt::format("APPEND of the message {}", message.fixture), *put));
    }
    co_return done{};
}

net::task<mailbox_keeper::done> mailbox_keeper::empty_inbox() {
    const auto selected = co_await session_.client->demand("SELECT INBOX");
    if (!selected) co_return std::unexpected(selected.error());
    const bool some = std::ranges::any_of(
        selected->untagged, [](const auto& r) { return r.is_data("EXISTS") && r.number().value_or(0) > 0; });
    if (some) {
        const auto marked = co_await session_.client->demand("STORE 1:* +FLAGS.SILENT (\\Deleted)");
        if (!marked) co_return std::unexpected(marked.error());
    }
    // RFC 9051 §6.4.1: CLOSE removes what is marked, and leaves the mailbox.
    const auto closed = co_await session_.client->demand("CLOSE");
    if (!closed) co_return std::unexpected(closed.error());
    co_return done{};
}

net::task<mailbox_keeper::done> mailbox_keeper::remove(std::string name) {
    const auto answer = co_await session_.client->ask("DELETE " + name);
    if (!answer) co_return std::unexpected(answer.error());
    co_return done{}; // the script may have removed it already
}

// Children first: a mailbox that has some need not go (RFC 9051 §6.3.5).
net::task<mailbox_keeper::done> mailbox_keeper::remove_all() {
    for (const auto& name : names_) {
        std::vector<std::string> children;
        if (!delimiter_.empty()) {
            const auto listed = co_await session_.client->ask(
                fmt::format("LIST \"\" {}", imap_quoted(name + delimiter_ + "*")));
            if (!listed) co_return std::unexpected(listed.error());
            for (const auto& r : listed->untagged)
                if (r.is_data("LIST") && r.data.size() >= 4 && !r.data[3].is_list())
                    children.push_back(imap_quoted(r.data[3].text));
        }
        std::ranges::sort(children, std::ranges::greater{}, &std::string::size);
        children.push_back(imap_quoted(name));
        for (auto& child : children) {
            auto removed = co_await remove(std::move(child));
            if (!removed) co_return removed;
        }
    }
    if (case_.account_alone) co_return co_await empty_inbox();
    co_return done{};
}

net::task<void> mailbox_keeper::clean_up() {
    // A maildrop is emptied before the next case uses it.
    if (names_.empty() && (!case_.account_alone || speaks_pop3(case_))) {
        co_await leave();
        co_return;
    }
    auto removed = done(std::unexpected("not connected"));
    if (session_.client) removed = co_await remove_all();
    if (!removed) { // the server may have been stopped, or closed an idle connection
        removed = co_await log_in();
        if (removed) removed = co_await remove_all();
    }
    sound_ = removed.has_value();
    co_await leave();
    if (!removed)
        outcome_.conversation.add(net::transcript_entry::what::noted, keeper_connection,
                                  "mailboxes of the case are left behind: " + removed.error(), "harness");
}

} // namespace mailspec::script
