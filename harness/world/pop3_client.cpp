// A plain client of POP3; see the header.
#include "harness/world/pop3_client.hpp"

#include "harness/wire/octets.hpp"
#include "net/event.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace mailspec::world {
namespace {

using status = wire::pop3_response::kind;

// A maildrop that another session has just left may be held a moment longer (RFC 2449 §8.1.2).
constexpr std::chrono::milliseconds longest_hold{3000};
constexpr std::chrono::milliseconds between_logins{20};

constexpr std::size_t longest_response = 64 * 1024 * 1024; // of one response

bool lists(const wire::pop3_response& capa, std::string_view keyword) {
    return std::ranges::any_of(wire::pop3_capabilities_of(capa),
                               [&](const auto& c) { return c.keyword == keyword; });
}

std::string refusal(std::string_view line, const wire::pop3_response& said) {
    return fmt::format("{} was answered by {}", line.substr(0, line.find(' ')), wire::quoted(said.raw));
}

} // namespace

pop3_client::pop3_client(net::stream_ptr stream, settings how)
    : stream_(std::move(stream))
    , how_(std::move(how)) {}

net::task<client_result<wire::pop3_response>> pop3_client::response(bool lines_follow) {
    const auto until = net::deadline::in(how_.patience);
    std::size_t scanned = 0;
    for (;;) {
        auto parsed = wire::parse_pop3_response(unread_, lines_follow, scanned);
        if (parsed.state == wire::pop3_state::not_a_response)
            co_return std::unexpected("what it says is no response of POP3: " +
                                      wire::quoted(parsed.response.raw));
        if (parsed.state == wire::pop3_state::complete) {
            unread_.erase(0, parsed.used);
            co_return std::move(parsed.response);
        }
        if (unread_.size() > longest_response) co_return std::unexpected("its response has no end");
        scanned = unread_.size();
        std::array<char, 16384> piece;
        const std::span<char> room(piece);
        const auto got = co_await stream_->read_some(room, until);
        if (!got) co_return std::unexpected(reason(got.error()));
        if (how_.told) how_.told(false, {piece.data(), *got});
        unread_.append(piece.data(), *got);
    }
}

net::task<client_result<wire::pop3_response>> pop3_client::ask(std::string line, bool lines_follow) {
    line += "\r\n";
    if (how_.told) how_.told(true, line);
    const auto until = net::deadline::in(how_.patience);
    const auto sent = co_await stream_->write(line, until);
    if (!sent) co_return std::unexpected(reason(sent.error()));
    co_return co_await response(lines_follow);
}

net::task<client_result<wire::pop3_response>> pop3_client::demand(std::string line, bool lines_follow) {
    auto said = co_await ask(line, lines_follow);
    if (said && said->what != status::ok) co_return std::unexpected(refusal(line, *said));
    co_return said;
}

net::task<client_result<void>> pop3_client::start_tls() {
    const net::tls_options any_certificate;
    const auto until = net::deadline::in(how_.patience);
    const auto facts = co_await stream_->start_tls(any_certificate, until);
    if (!facts) co_return std::unexpected("the TLS handshake failed: " + facts.error().text);
    co_return client_result<void>{};
}

net::task<client_result<wire::pop3_response>> pop3_client::send_password(std::string user,
                                                                         std::string password) {
    const auto named = co_await demand("USER " + user);
    if (!named) co_return std::unexpected(named.error());
    co_return co_await ask("PASS " + password);
}

net::task<client_result<void>> pop3_client::log_in(std::string user, std::string password) {
    if (how_.tls_first)
        if (auto secured = co_await start_tls(); !secured) co_return secured;
    const auto greeting = co_await response(false);
    if (!greeting) co_return std::unexpected(greeting.error());
    if (greeting->what != status::ok)
        co_return std::unexpected("it greets with " + wire::quoted(greeting->raw));
    auto capa = co_await demand("CAPA", true);
    // RFC 2595 §4: a server may take passwords under TLS only; then CAPA lists no USER before it.
    if (!stream_->is_tls() && capa && lists(*capa, "STLS") && !lists(*capa, "USER")) {
        const auto agreed = co_await demand("STLS");
        if (!agreed) co_return std::unexpected(agreed.error());
        if (auto secured = co_await start_tls(); !secured) co_return secured;
        capa = co_await demand("CAPA", true);
    }
    // RFC 6856 §2.1: a server may refuse a message in UTF-8 to who did not ask for it, and all that are
    // looked at would be unreadable with it. That it will not hear of it is no reason to stay away.
    if (capa && lists(*capa, "UTF8")) (void)co_await demand("UTF8");
    const auto held_until = net::deadline::in(longest_hold);
    for (;;) {
        const auto let_in = co_await send_password(user, password);
        if (!let_in) co_return std::unexpected(let_in.error());
        if (let_in->what == status::ok) co_return client_result<void>{};
        if (let_in->code != "IN-USE" || held_until.passed())
            co_return std::unexpected(fmt::format("{} (as {})", refusal("PASS", *let_in), user));
        const auto soon = net::deadline::in(between_logins);
        co_await net::sleep_until(soon);
    }
}

} // namespace mailspec::world
