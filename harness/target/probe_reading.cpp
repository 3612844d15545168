// Asking IMAP and POP3 services what they offer; see the header.
#include "harness/target/probe_reading.hpp"

#include "harness/wire/imap_response.hpp"
#include "harness/wire/octets.hpp"
#include "harness/wire/pop3_response.hpp"
#include "net/connect.hpp"
#include "net/endpoint.hpp"

#include <fmt/format.h>

#include <array>

namespace mailspec::target {
namespace {

template <class T>
using outcome = std::expected<T, std::string>;

constexpr std::size_t longest_response = 1 << 20; // a server that talks without end is not waited for
constexpr int most_responses = 10'000;            // to one command: those that are asked here bring a handful

std::string reason(const net::error& e) {
    if (e.kind == net::failure::timeout) return "no answer in time";
    if (e.kind == net::failure::eof) return "it closed the connection without an answer";
    return e.text;
}

// A connection, and what was read of it.
class line_talk {
  public:
    line_talk(net::stream_ptr stream, std::chrono::milliseconds patience)
        : stream_(std::move(stream))
        , patience_(patience) {}

    net::task<outcome<void>> read_more() {
        const auto until = net::deadline::in(patience_);
        std::array<char, 4096> piece;
        const std::span<char> room(piece);
        const auto got = co_await stream_->read_some(room, until);
        if (!got) co_return std::unexpected(reason(got.error()));
        buffer.append(piece.data(), *got);
        if (buffer.size() > longest_response) co_return std::unexpected("it talks without end");
        co_return outcome<void>{};
    }

    net::task<outcome<void>> say(std::string line) {
        line += "\r\n";
        const auto until = net::deadline::in(patience_);
        const auto sent = co_await stream_->write(line, until);
        if (!sent) co_return std::unexpected(reason(sent.error()));
        co_return outcome<void>{};
    }

    net::task<outcome<void>> tls() {
        const net::tls_options any_certificate;
        const auto until = net::deadline::in(patience_);
        const auto facts = co_await stream_->start_tls(any_certificate, until);
        if (!facts) co_return std::unexpected("the TLS handshake failed: " + facts.error().text);
        certificate_key = facts->peer.key;
        co_return outcome<void>{};
    }

    bool secured() const { return stream_->is_tls(); }
    std::string buffer;          // read, and not understood yet
    std::string certificate_key; // once TLS is reached

  private:
    net::stream_ptr stream_;
    std::chrono::milliseconds patience_;
};

net::task<outcome<line_talk>> connected(std::string service, std::string address,
                                        std::chrono::milliseconds patience) {
    const auto at = net::parse_endpoint(address);
    if (!at) co_return std::unexpected(at.error().text);
    const auto until = net::deadline::in(patience);
    auto stream = co_await net::connect(at->host, at->port, until);
    if (!stream) co_return std::unexpected(stream.error().text);
    line_talk talk(std::move(*stream), patience);
    if (service.ends_with('s')) {
        const auto secured = co_await talk.tls();
        if (!secured) co_return std::unexpected(secured.error());
    }
    co_return std::move(talk);
}

void add(wire::capability_set& to, std::string keyword, std::string parameters = {}) {
    to.offered.push_back({wire::upper(keyword), std::move(parameters)});
}

// ---- IMAP ----------------------------------------------------------------------------------------

// APPENDLIMIT=1000 is a capability with a number (RFC 7889 §2), AUTH=PLAIN and SORT=DISPLAY are names. The
// former meets its name alone, and a range, too.
void add_imap(wire::capability_set& to, const std::string& name) {
    add(to, name);
    const auto at = name.find('=');
    if (at == name.npos || at + 1 == name.size()) return;
    const bool number = std::all_of(name.begin() + std::ptrdiff_t(at) + 1, name.end(), wire::is_digit);
    if (number) add(to, name.substr(0, at), name.substr(at + 1));
}

class imap_talk {
  public:
    explicit imap_talk(line_talk& talk)
        : talk_(talk) {}

    net::task<outcome<wire::imap_response>> response() {
        for (;;) {
            auto parsed = wire::parse_imap_response(talk_.buffer);
            if (parsed.state == wire::imap_state::not_a_response)
                co_return std::unexpected("what it says is not a response of IMAP: " +
                                          wire::quoted(parsed.response.raw, 80));
            if (parsed.state == wire::imap_state::complete) {
                talk_.buffer.erase(0, parsed.used);
                co_return std::move(parsed.response);
            }
            auto more = co_await talk_.read_more();
            if (!more) co_return std::unexpected(more.error());
        }
    }

    // Was the command answered by OK? What is announced on the way goes into `into`.
    net::task<outcome<bool>> ask(std::string command, wire::capability_set* into = nullptr) {
        const auto tag = fmt::format("p{}", ++tags_);
        auto sent = co_await talk_.say(fmt::format("{} {}", tag, command));
        if (!sent) co_return std::unexpected(sent.error());
        for (int heard = 0; heard < most_responses; ++heard) {
            auto r = co_await response();
            if (!r) co_return std::unexpected(r.error());
            if (const auto announced = wire::imap_capabilities_of(*r); into && !announced.empty()) {
                into->offered.clear();
                for (const auto& name : announced)
                    add_imap(*into, name);
            }
            if (r->what == wire::imap_response::kind::tagged && r->tag == tag) co_return r->condition == "OK";
        }
        co_return std::unexpected("it talks without end");
    }

  private:
    line_talk& talk_;
    int tags_ = 0;
};

std::string quoted_string(const std::string& text) {
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

net::task<outcome<service_capabilities>> probe_imap(line_talk& talk, const account* account) {
    imap_talk imap(talk);
    const auto greeting = co_await imap.response();
    if (!greeting) co_return std::unexpected(greeting.error());
    if (greeting->condition != "OK" && greeting->condition != "PREAUTH")
        co_return std::unexpected("it greets with " + wire::quoted(greeting->raw, 80));
    service_capabilities found;
    auto& first = talk.secured() ? found.secured : found.plain;
    const auto asked = co_await imap.ask("CAPABILITY", &first);
    if (!asked) co_return std::unexpected(asked.error());
    if (first.has("STARTTLS") && !talk.secured()) {
        const auto agreed = co_await imap.ask("STARTTLS");
        if (!agreed || !*agreed) co_return found;
        // A handshake that fails leaves `secured` empty: cases that need TLS will show it.
        const auto secured = co_await talk.tls();
        if (!secured) co_return found;
        const auto again = co_await imap.ask("CAPABILITY", &found.secured);
        if (!again) co_return found;
    }
    if (!account) co_return found;
    const auto known =
        co_await imap.ask("LOGIN " + quoted_string(account->user) + " " + quoted_string(account->password));
    if (!known || !*known) co_return found;
    (void)co_await imap.ask("CAPABILITY", &found.logged_in);
    (void)co_await imap.ask("LOGOUT");
    co_return found;
}

// ---- POP3 ----------------------------------------------------------------------------------------

using status = wire::pop3_response::kind;

class pop3_talk {
  public:
    explicit pop3_talk(line_talk& talk)
        : talk_(talk) {}

    net::task<outcome<wire::pop3_response>> response(bool lines_follow = false) {
        for (;;) {
            auto parsed = wire::parse_pop3_response(talk_.buffer, lines_follow);
            if (parsed.state == wire::pop3_state::not_a_response)
                co_return std::unexpected("what it says is not a response of POP3: " +
                                          wire::quoted(parsed.response.raw, 80));
            if (parsed.state == wire::pop3_state::complete) {
                talk_.buffer.erase(0, parsed.used);
                co_return std::move(parsed.response);
            }
            auto more = co_await talk_.read_more();
            if (!more) co_return std::unexpected(more.error());
        }
    }

    net::task<outcome<bool>> ask(std::string line) {
        auto sent = co_await talk_.say(std::move(line));
        if (!sent) co_return std::unexpected(sent.error());
        const auto r = co_await response();
        if (!r) co_return std::unexpected(r.error());
        co_return r->what == status::ok;
    }

    net::task<outcome<bool>> ask_capabilities(wire::capability_set& into) {
        auto sent = co_await talk_.say("CAPA");
        if (!sent) co_return std::unexpected(sent.error());
        const auto r = co_await response(true);
        if (!r) co_return std::unexpected(r.error());
        if (r->what == status::ok) add(into, "CAPA");
        for (const auto& c : wire::pop3_capabilities_of(*r))
            add(into, c.keyword, c.parameters);
        co_return r->what == status::ok;
    }

  private:
    line_talk& talk_;
};

net::task<outcome<service_capabilities>> probe_pop3(line_talk& talk, const account* account) {
    pop3_talk pop3(talk);
    const auto greeting = co_await pop3.response();
    if (!greeting) co_return std::unexpected(greeting.error());
    if (greeting->what != status::ok)
        co_return std::unexpected("it greets with " + wire::quoted(greeting->raw, 80));
    service_capabilities found;
    auto& first = talk.secured() ? found.secured : found.plain;
    // A server that knows no CAPA offers nothing; that is for the cases to judge.
    const auto asked = co_await pop3.ask_capabilities(first);
    if (!asked) co_return std::unexpected(asked.error());
    // RFC 1939 §7: a timestamp in the greeting says that APOP is there.
    const auto open = greeting->text.find('<'), at = greeting->text.find('@', open);
    if (open != std::string::npos && at != std::string::npos &&
        greeting->text.find('>', at) != std::string::npos)
        add(first, "APOP");
    if (first.has("STLS") && !talk.secured()) {
        const auto agreed = co_await pop3.ask("STLS");
        if (!agreed || !*agreed) co_return found;
        const auto secured = co_await talk.tls();
        if (!secured) co_return found;
        const auto again = co_await pop3.ask_capabilities(found.secured);
        if (!again) co_return found;
    }
    if (!account) co_return found;
    const auto named = co_await pop3.ask("USER " + account->user);
    if (!named || !*named) co_return found;
    const auto known = co_await pop3.ask("PASS " + account->password);
    if (!known || !*known) co_return found;
    (void)co_await pop3.ask_capabilities(found.logged_in);
    (void)co_await pop3.ask("QUIT");
    co_return found;
}

} // namespace

static net::task<outcome<service_capabilities>> probe_language(std::string service, line_talk& talk,
                                                               const account* account) {
    if (service.starts_with("imap")) co_return co_await probe_imap(talk, account);
    co_return co_await probe_pop3(talk, account);
}

bool is_reading_service(std::string_view service) {
    return service.starts_with("imap") || service.starts_with("pop3");
}

net::task<outcome<service_capabilities>> probe_reading(std::string service, std::string address,
                                                       std::chrono::milliseconds patience,
                                                       const account* account) {
    auto talk = co_await connected(service, address, patience);
    if (!talk) co_return std::unexpected(talk.error());
    auto found = co_await probe_language(service, *talk, account);
    if (found) found->certificate_key = talk->certificate_key;
    co_return found;
}

net::task<outcome<void>> reading_greets(std::string service, std::string address,
                                        std::chrono::milliseconds patience) {
    const auto found = co_await probe_reading(std::move(service), std::move(address), patience, nullptr);
    if (!found) co_return std::unexpected(found.error());
    co_return outcome<void>{};
}

} // namespace mailspec::target
