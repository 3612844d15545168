// Asking a service what it offers; see the header.
#include "harness/target/probe.hpp"

#include "harness/target/probe_reading.hpp"
#include "harness/wire/domain.hpp"
#include "net/connect.hpp"
#include "net/endpoint.hpp"

#include <fmt/format.h>

#include <array>

namespace mailspec::target {

namespace {

template <class T>
using outcome = std::expected<T, std::string>;

constexpr std::size_t longest_reply = 1 << 20; // a server that talks without end is not waited for

// The probe's own little client: one command, one reply.
class asker {
  public:
    asker(net::stream_ptr stream, std::chrono::milliseconds patience)
        : stream_(std::move(stream))
        , patience_(patience) {}

    net::task<outcome<wire::smtp_reply>> reply(const char* to_what) {
        const auto until = net::deadline::in(patience_);
        std::array<char, 4096> piece;
        for (;;) {
            auto parsed = wire::parse_smtp_reply(buffer_);
            if (parsed.state == wire::reply_state::complete) {
                buffer_.erase(0, parsed.used);
                co_return std::move(parsed.reply);
            }
            if (parsed.state == wire::reply_state::not_a_reply || buffer_.size() > longest_reply)
                co_return std::unexpected(
                    fmt::format("what it says {} is not an SMTP reply: {}", to_what, first_line()));
            const auto got = co_await stream_->read_some(piece, until);
            if (!got) co_return std::unexpected(fmt::format("{} {}", reason(got.error()), to_what));
            buffer_.append(piece.data(), *got);
        }
    }

    net::task<outcome<wire::smtp_reply>> ask(std::string command) {
        command += "\r\n";
        const auto until = net::deadline::in(patience_);
        const auto sent = co_await stream_->write(command, until);
        if (!sent) co_return std::unexpected(reason(sent.error()));
        const auto what = fmt::format("to {}", command.substr(0, command.find_first_of(" \r")));
        co_return co_await reply(what.c_str());
    }

    net::task<outcome<void>> tls() {
        const net::tls_options any_certificate;
        const auto until = net::deadline::in(patience_);
        const auto facts = co_await stream_->start_tls(any_certificate, until);
        if (!facts) co_return std::unexpected("the TLS handshake failed: " + facts.error().text);
        certificate_key = facts->peer.key;
        co_return outcome<void>{};
    }

    bool refused = false;        // it takes no mail, and says so
    std::string name;            // with which it greets
    std::string certificate_key; // once TLS is reached

    net::task<void> quit() {
        const auto until = net::deadline::in(patience_);
        (void)co_await stream_->write("QUIT\r\n", until);
        stream_->close();
    }

  private:
    static std::string reason(const net::error& e) {
        if (e.kind == net::failure::timeout) return "no answer in time";
        if (e.kind == net::failure::eof) return "it closed the connection without an answer";
        return e.text;
    }
    std::string first_line() const {
        std::string line = buffer_.substr(0, buffer_.find_first_of("\r\n")).substr(0, 80);
        for (auto& c : line)
            if (c < ' ' || c > '~') c = '?';
        return line;
    }

    net::stream_ptr stream_;
    std::chrono::milliseconds patience_;
    std::string buffer_;
};

bool is_implicit_tls(const std::string& service) {
    return service == "submissions";
}

std::string first_line_of(const wire::smtp_reply& reply) {
    return reply.raw.substr(0, reply.raw.find_first_of("\r\n"));
}

// RFC 5321 §4.2, §4.3.1: the greeting and the reply to EHLO begin with the server's domain. A word that is
// none
// ("250 Hello") does not count.
std::string name_in(const wire::smtp_reply& reply) {
    const auto line = first_line_of(reply);
    const auto word = line.size() > 4 ? line.substr(4, line.find(' ', 4) - 4) : "";
    const bool domain = word.find('.') != word.npos && wire::is_domain(word);
    return domain || wire::is_address_literal(word) ? word : "";
}

net::task<outcome<asker>> greeted(std::string service, std::string address,
                                  std::chrono::milliseconds patience) {
    const auto at = net::parse_endpoint(address);
    if (!at) co_return std::unexpected(at.error().text);
    const auto until = net::deadline::in(patience);
    auto stream = co_await net::connect(at->host, at->port, until);
    if (!stream) co_return std::unexpected(stream.error().text);
    asker session(std::move(*stream), patience);
    if (is_implicit_tls(service)) {
        const auto secured = co_await session.tls();
        if (!secured) co_return std::unexpected(secured.error());
    }
    const auto greeting = co_await session.reply("at the greeting");
    if (!greeting) co_return std::unexpected(greeting.error());
    session.name = name_in(*greeting);
    session.refused = greeting->code == "554";
    if (greeting->code != "220" && !session.refused)
        co_return std::unexpected(fmt::format("it greets with `{}`", first_line_of(*greeting)));
    co_return std::move(session);
}

} // namespace

net::task<outcome<service_capabilities>> probe_service(std::string service, std::string address,
                                                       std::chrono::milliseconds patience,
                                                       const account* account) {
    if (is_reading_service(service)) co_return co_await probe_reading(service, address, patience, account);
    auto session = co_await greeted(service, address, patience);
    if (!session) co_return std::unexpected(session.error());
    const std::string hello = (service == "lmtp" ? "LHLO " : "EHLO ") + std::string("client.mailspec.test");

    service_capabilities found;
    found.name = session->name;
    if (session->refused) co_return found;
    const auto first = co_await session->ask(hello);
    if (!first) co_return std::unexpected(first.error());
    if (const auto name = name_in(*first); first->code == "250" && !name.empty()) found.name = name;
    // A server that knows no EHLO offers nothing; that is for the cases to judge.
    if (first->code == "250")
        (is_implicit_tls(service) ? found.secured : found.plain) = wire::capabilities_of(*first);
    if (found.plain.has("STARTTLS")) {
        const auto go = co_await session->ask("STARTTLS");
        if (!go || go->code != "220") co_return found;
        // A handshake that fails leaves `secured` empty: cases that need TLS will show it.
        const auto secured = co_await session->tls();
        if (!secured) co_return found;
        const auto second = co_await session->ask(hello);
        if (second && second->code == "250") found.secured = wire::capabilities_of(*second);
    }
    found.certificate_key = session->certificate_key;
    co_await session->quit();
    co_return found;
}

net::task<outcome<void>> greets(std::string service, std::string address,
                                std::chrono::milliseconds patience) {
    if (is_reading_service(service)) co_return co_await reading_greets(service, address, patience);
    auto session = co_await greeted(service, address, patience);
    if (!session) co_return std::unexpected(session.error());
    co_await session->quit();
    co_return outcome<void>{};
}

} // namespace mailspec::target
