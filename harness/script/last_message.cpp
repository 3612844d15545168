// A small message of the harness's own, sent through the service of the case on a connection of its own:
// once it has arrived, what was sent before and is not there will not come. A refusal is no verdict on the
// server. RFC 5321 §3.3; RFC 2033 (LHLO); RFC 3207; RFC 4616 (AUTH PLAIN).
#include "harness/script/interpreter.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/core.h>

namespace mailspec::script {
namespace {

using outcome = std::expected<void, std::string>;

// The connection's number in transcripts; scripts count from 1.
constexpr int last_message_connection = 0;

class plain_client {
  public:
    plain_client(server_connection& conn, std::chrono::milliseconds patience, net::deadline limit)
        : conn_(conn)
        , patience_(patience)
        , limit_(limit) {}

    net::task<outcome> reply(std::string command, char severity) {
        const auto until = net::deadline::in(patience_).earlier(limit_);
        const auto* event = co_await conn_.next(until);
        const bool came = event->kind == server_event::what::reply;
        if (!came || event->reply.code[0] != severity)
            co_return std::unexpected(
                fmt::format("{} was answered by {}", command, came ? wire::quoted(event->raw) : "no reply"));
        conn_.take();
        co_return outcome{};
    }

    net::task<outcome> ask(std::string line, char severity) {
        conn_.queue(line + "\r\n");
        co_await conn_.flush(limit_);
        auto verb = line.substr(0, line.find(' '));
        co_return co_await reply(std::move(verb), severity);
    }

    net::task<outcome> secure() {
        if (auto ok = co_await ask("STARTTLS", '2'); !ok) co_return ok;
        const net::tls_options any_certificate;
        const auto until = net::deadline::in(patience_).earlier(limit_);
        const auto facts = co_await conn_.start_tls(any_certificate, until);
        if (!facts) co_return std::unexpected("the TLS handshake failed: " + facts.error().text);
        co_return outcome{};
    }

  private:
    server_connection& conn_;
    std::chrono::milliseconds patience_;
    net::deadline limit_;
};

} // namespace

net::task<std::expected<void, std::string>> interpreter::send_last_message(std::string recipient,
                                                                           std::string token) {
    const auto& service = case_.service;
    opening how;
    how.service = service;
    auto opened = co_await connect(last_message_connection, how);
    if (!opened.held()) co_return std::unexpected(opened.actual);
    auto& conn = *connections_.at(last_message_connection);
    plain_client client(conn, environment_.target.reply_timeout, limit_);
    const auto hello = fmt::format("{} {}", service == "lmtp" ? "LHLO" : "EHLO", client_name);

    auto ok = co_await client.reply("the connection", '2');
    if (ok) ok = co_await client.ask(hello, '2');
    auto sender = fmt::format("{}@{}", token, client_name);
    if (ok && is_submission(service)) {
        if (environment_.accounts.empty()) co_return std::unexpected("no account is leased to submit it");
        const auto& account = environment_.accounts.front();
        sender = account.address;
        if (!is_implicit_tls(service)) {
            ok = co_await client.secure();
            if (ok) ok = co_await client.ask(hello, '2');
        }
        const auto credentials = base64(std::string(1, '\0') + account.user + '\0' + account.password);
        if (ok) ok = co_await client.ask("AUTH PLAIN " + credentials, '2');
    }
    if (ok) ok = co_await client.ask(fmt::format("MAIL FROM:<{}>", sender), '2');
    if (ok) ok = co_await client.ask(fmt::format("RCPT TO:<{}>", recipient), '2');
    if (ok) ok = co_await client.ask("DATA", '3');
    if (ok) {
        auto text = fmt::format("From: <{}>\r\nTo: <{}>\r\nDate: Mon, 01 Sep 2025 10:00:00 +0000\r\n"
                                "Message-ID: <{}@{}>\r\nSubject: {}\r\n\r\nThe last message of a case.\r\n.",
                                sender, recipient, token, client_name, token);
        ok = co_await client.ask(std::move(text), '2');
    }
    if (ok) ok = co_await client.ask("QUIT", '2');
    co_await drop(last_message_connection);
    co_return ok;
}

} // namespace mailspec::script
