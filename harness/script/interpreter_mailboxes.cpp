// What the harness does on a connection of IMAP before a script has it: greeting, TLS, login, SELECT. It is
// marked in the transcript, and no claim is judged by it; see interpreter.hpp and docs/suite-mailboxes.md,
// "Where a script starts".
#include "harness/script/interpreter.hpp"
#include "harness/suite/services.hpp"
#include "harness/wire/octets.hpp"
#include "harness/world/imap_client.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace mailspec::script {
namespace {

using brought = server_event::what;
using world::imap_quoted;

bool announces(const server_connection& conn, std::string_view name) {
    const auto* known = conn.imap().capabilities();
    return known && std::ranges::any_of(*known, [&](const auto& c) { return wire::same_word(c, name); });
}

// A login that is refused says something of the account, not of the server.
bool is_login(std::string_view command) {
    return command.starts_with("LOGIN") || command.starts_with("AUTHENTICATE");
}

// Within blocks, too.
const suite::step* first_step_on(const std::vector<suite::step>& steps, int connection) {
    for (const auto& s : steps) {
        const suite::step* found = nullptr;
        if (const auto* repeat = std::get_if<suite::repeat_block>(&s.body))
            found = first_step_on(repeat->steps, connection);
        else if (const auto* fragment = std::get_if<suite::fragment_block>(&s.body))
            found = first_step_on(fragment->steps, connection);
        else if (const auto* either = std::get_if<suite::either_block>(&s.body))
            for (const auto& branch : either->branches)
                found = found ? found : first_step_on(branch, connection);
        else if (s.connection == connection)
            found = &s;
        if (found) return found;
    }
    return nullptr;
}

std::string verb_of(std::string_view command) {
    return std::string(is_login(command) ? command.substr(0, command.find(' ')) : command);
}

} // namespace

std::string interpreter::state_of(const std::string& service, const std::string& asked) const {
    if (!asked.empty()) return asked;
    const auto spoken = suite::protocol_of(service);
    if (spoken == suite::protocol_of(case_.service) && !case_.state.empty()) return case_.state;
    return spoken == suite::protocol::imap ? "auth" : spoken == suite::protocol::pop3 ? "transaction" : "";
}

interpreter::result interpreter::prepare_mailboxes() {
    if (environment_.recorded_mailboxes) {
        mailboxes_ = *environment_.recorded_mailboxes;
        co_return holds();
    }
    if (!mailbox_keeper::wanted(case_)) co_return holds();
    if (environment_.accounts.empty()) co_return troubled("no account is leased to make mailboxes in");
    keeper_ = std::make_unique<mailbox_keeper>(case_, environment_, outcome_);
    auto prepared = co_await keeper_->prepare(mailboxes_);
    outcome_.mailboxes = mailboxes_;
    co_return prepared;
}

// The first connection is in its state before the first step, whichever connection that one is about: what a
// second one does meanwhile is what a case may want the first to see.
interpreter::result interpreter::open_first() {
    const auto state = state_of(case_.service, "");
    const bool early = !state.empty() && state != "nonauth" && state != "authorization";
    const auto* first = first_step_on(case_.script, 1);
    const bool opens = first && (std::holds_alternative<suite::open_connection>(first->body) ||
                                 std::holds_alternative<suite::fresh_connection>(first->body));
    if (!early || !first || opens) co_return holds();
    const auto* conn = co_await reach(1);
    if (conn) co_return holds();
    auto failed = reach_failure_;
    failed.at = first;
    co_return failed;
}

interpreter::result interpreter::enter_state(server_connection& conn, std::string state) {
    if (state.empty() || state == "nonauth" || state == "authorization") co_return holds();
    conn.note("what follows is done before the script, by the harness");
    auto entered = holds();
    if (suite::protocol_of(conn.service()) == suite::protocol::pop3)
        entered = co_await enter_pop3_state(conn);
    else
        entered = co_await enter_imap_state(conn, std::move(state));
    if (entered.held()) conn.note("the script has the connection from here on");
    co_return not_reached(std::move(entered));
}

net::task<std::expected<interpreter::own_answer, step_result>> interpreter::ask_imap(server_connection& conn,
                                                                                     std::string command) {
    auto& dialog = conn.imap();
    own_answer answer;
    answer.from = dialog.all().size();
    const auto tag = dialog.new_own_tag();
    conn.queue(fmt::format("{} {}\r\n", tag, command));
    co_await conn.flush(limit_);
    const auto until = net::deadline::in(environment_.target.reply_timeout).earlier(limit_);
    bool heard = true;
    while (heard && !dialog.tagged(tag))
        heard = co_await hear(conn, until);
    const auto end = dialog.tagged(tag);
    dialog.settle_own(tag);
    const auto wanted = fmt::format("OK to {}, which the harness sent", verb_of(command));
    if (!end) {
        const auto* event = co_await conn.next(until);
        if (event->kind == brought::cancelled) co_return std::unexpected(troubled("the run was stopped"));
        const auto got = event->kind == brought::closed ? "connection closed"
                         : event->kind == brought::reset
                             ? "connection reset"
                             : "no tagged response within " + describe(environment_.target.reply_timeout);
        co_return std::unexpected(not_reached(does_not_hold(wanted, got)));
    }
    answer.tagged = dialog.all()[*end].response;
    if (answer.tagged->condition == "OK") co_return answer;
    if (is_login(command))
        co_return std::unexpected(
            troubled(fmt::format("{} as {} was answered by {}", verb_of(command),
                                 environment_.accounts.front().user, wire::quoted(answer.tagged->raw))));
    co_return std::unexpected(not_reached(does_not_hold(wanted, answer.tagged->raw)));
}

interpreter::result interpreter::enter_imap_state(server_connection& conn, std::string state) {
    const auto until = net::deadline::in(environment_.target.reply_timeout).earlier(limit_);
    const bool heard = co_await hear(conn, until);
    if (!heard) co_return troubled("the server did not greet");
    const auto greeting = conn.imap().all().front().response;
    if (!greeting || greeting->condition == "BYE")
        co_return troubled("the server turned the connection away: " +
                           wire::quoted(greeting ? greeting->raw : conn.imap().all().front().raw));
    if (greeting->condition != "PREAUTH") {
        auto secured = co_await secure(conn);
        if (!secured.held()) co_return secured;
        auto known = co_await log_in_imap(conn);
        if (!known.held()) co_return known;
    }
    if (state == "selected" || state == "examine") {
        if (mailboxes_.names.empty()) co_return troubled("no mailbox was made to be selected");
        const auto* verb = state == "examine" ? "EXAMINE " : "SELECT ";
        const auto selected = co_await ask_imap(conn, verb + mailboxes_.names.front());
        if (!selected) co_return selected.error();
    }
    conn.imap().forget_heard();
    co_return holds();
}

// RFC 9051 §6.2.3, §11.2: LOGINDISABLED says that no password is taken without TLS.
interpreter::result interpreter::secure(server_connection& conn) {
    if (!conn.imap().capabilities()) {
        const auto asked = co_await ask_imap(conn, "CAPABILITY");
        if (!asked) co_return asked.error();
    }
    if (!announces(conn, "LOGINDISABLED") || !announces(conn, "STARTTLS") || conn.tls()) co_return holds();
    const auto agreed = co_await ask_imap(conn, "STARTTLS");
    if (!agreed) co_return agreed.error();
    const net::tls_options any_certificate;
    const auto until = net::deadline::in(environment_.target.reply_timeout).earlier(limit_);
    const auto facts = co_await conn.start_tls(any_certificate, until);
    if (!facts) co_return does_not_hold("a TLS handshake", "the TLS handshake failed: " + facts.error().text);
    co_return holds();
}

interpreter::result interpreter::log_in_imap(server_connection& conn) {
    if (environment_.accounts.empty()) co_return troubled("no account is leased to log in with");
    const auto& account = environment_.accounts.front();
    auto command = fmt::format("LOGIN {} {}", imap_quoted(account.user), imap_quoted(account.password));
    if (conn.tls() && announces(conn, "LOGINDISABLED") && announces(conn, "SASL-IR"))
        command =
            "AUTHENTICATE PLAIN " + base64(std::string(1, '\0') + account.user + '\0' + account.password);
    const auto known = co_await ask_imap(conn, std::move(command));
    if (!known) co_return known.error();
    // RFC 9051 §6.2: what was announced before login need not hold after it.
    auto& dialog = conn.imap();
    if (dialog.capabilities() && dialog.capabilities_from() < known->from) dialog.forget_capabilities();
    co_return holds();
}

} // namespace mailspec::script
