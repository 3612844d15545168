// What only POP3 connections have: what the harness does before a script has one; see interpreter.hpp. RFC
// 1939 §4, RFC 2449 §5, RFC 2595 §4.
#include "harness/script/interpreter.hpp"
#include "harness/wire/octets.hpp"
#include "net/event.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace mailspec::script {
namespace {

using brought = server_event::what;
using status = wire::pop3_response::kind;

// A maildrop that another session has just left may be held a moment longer (RFC 2449 §8.1.2).
constexpr std::chrono::milliseconds longest_hold{3000};
constexpr std::chrono::milliseconds between_logins{20};

// What passes before the script: one command, one response.
class pop3_client {
  public:
    pop3_client(server_connection& conn, std::chrono::milliseconds patience, net::deadline limit)
        : conn_(conn)
        , patience_(patience)
        , limit_(limit) {}

    using answer = std::expected<wire::pop3_response, step_result>;

    net::task<answer> response(std::string to_what) {
        const auto until = net::deadline::in(patience_).earlier(limit_);
        const auto* event = co_await conn_.next(until);
        if (event->kind == brought::cancelled) co_return std::unexpected(troubled("the run was stopped"));
        if (event->kind == brought::reply) {
            auto response = *event->pop3;
            conn_.take();
            co_return response;
        }
        const auto got = event->kind == brought::closed      ? std::string("connection closed")
                         : event->kind == brought::reset     ? std::string("connection reset")
                         : event->kind == brought::malformed ? event->raw
                                                             : "no response within " + describe(patience_);
        co_return std::unexpected(not_reached(
            does_not_hold(fmt::format("a response to {}, which the harness sent", to_what), got)));
    }

    net::task<answer> ask(std::string line) {
        conn_.queue(line + "\r\n");
        co_await conn_.flush(limit_);
        auto verb = line.substr(0, line.find(' '));
        co_return co_await response(std::move(verb));
    }

  private:
    server_connection& conn_;
    std::chrono::milliseconds patience_;
    net::deadline limit_;
};

bool offers(const wire::pop3_response& capa, std::string_view keyword, std::string_view parameter = {}) {
    return std::ranges::any_of(wire::pop3_capabilities_of(capa), [&](const auto& c) {
        return c.keyword == keyword &&
               (parameter.empty() ||
                (" " + c.parameters + " ").find(fmt::format(" {} ", parameter)) != std::string::npos);
    });
}

} // namespace

interpreter::result interpreter::enter_pop3_state(server_connection& conn) {
    if (environment_.accounts.empty()) co_return troubled("no account is leased to log in with");
    const auto& account = environment_.accounts.front();
    const auto patience = environment_.target.reply_timeout;
    pop3_client client(conn, patience, limit_);
    const auto greeting = co_await client.response("the connection");
    if (!greeting || greeting->what != status::ok)
        co_return troubled("the server turned the connection away: " +
                           (greeting ? wire::quoted(greeting->raw) : greeting.error().actual));

    auto capa = co_await client.ask("CAPA");
    if (!capa) co_return capa.error();
    // RFC 2595 §4: a server may take passwords under TLS only; then CAPA lists no USER before it.
    if (!offers(*capa, "USER") && offers(*capa, "STLS") && !conn.tls()) {
        const auto agreed = co_await client.ask("STLS");
        if (!agreed) co_return agreed.error();
        if (agreed->what != status::ok)
            co_return does_not_hold("+OK to STLS, which the harness sent", agreed->raw);
        const net::tls_options any_certificate;
        const auto until = net::deadline::in(patience).earlier(limit_);
        const auto facts = co_await conn.start_tls(any_certificate, until);
        if (!facts)
            co_return does_not_hold("a TLS handshake", "the TLS handshake failed: " + facts.error().text);
        capa = co_await client.ask("CAPA");
        if (!capa) co_return capa.error();
    }
    const bool by_user = capa->what != status::ok || offers(*capa, "USER") || !offers(*capa, "SASL", "PLAIN");
    const auto held_until = net::deadline::in(longest_hold).earlier(limit_);
    for (;;) {
        auto command = "AUTH PLAIN " + base64(std::string(1, '\0') + account.user + '\0' + account.password);
        if (by_user) {
            const auto named = co_await client.ask("USER " + account.user);
            if (!named) co_return named.error();
            if (named->what != status::ok)
                co_return troubled(
                    fmt::format("USER {} was answered by {}", account.user, wire::quoted(named->raw)));
            command = "PASS " + account.password;
        }
        const auto known = co_await client.ask(std::move(command));
        if (!known) co_return known.error();
        if (known->what == status::ok) co_return holds();
        const bool held = known->code == "IN-USE" && !environment_.timeless && !held_until.passed();
        if (!held)
            co_return troubled(
                fmt::format("login as {} was answered by {}", account.user, wire::quoted(known->raw)));
        const auto soon = net::deadline::in(between_logins);
        co_await net::sleep_until(soon);
    }
}

} // namespace mailspec::script
