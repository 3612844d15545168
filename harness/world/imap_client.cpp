// A plain client of IMAP; see the header.
#include "harness/world/imap_client.hpp"

#include "harness/wire/octets.hpp"
#include "net/deflate_stream.hpp"
#include "net/event.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace mailspec::world {
namespace {

constexpr std::size_t most_unread = 64 * 1024 * 1024; // of one response
constexpr std::size_t most_responses = 150'000;       // to one command

// Without what a LOGIN reveals, and in a line.
std::string shown_command(std::string_view command) {
    const auto verb = command.substr(0, command.find(' '));
    if (wire::same_word(verb, "LOGIN") || wire::same_word(verb, "AUTHENTICATE")) return std::string(verb);
    return std::string(command.substr(0, std::min<std::size_t>(command.find_first_of("\r\n"), 120)));
}

} // namespace

std::string imap_quoted(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

imap_client::imap_client(net::stream_ptr stream, settings how)
    : stream_(std::move(stream))
    , how_(std::move(how)) {}

bool imap_client::offers(std::string_view capability) const {
    return std::ranges::any_of(capabilities_, [&](const auto& c) { return wire::same_word(c, capability); });
}

void imap_client::learn(const wire::imap_response& response) {
    if (auto announced = wire::imap_capabilities_of(response); !announced.empty())
        capabilities_ = std::move(announced);
}

net::task<client_result<void>> imap_client::write(std::string octets) {
    if (how_.told) how_.told(true, octets);
    const auto until = net::deadline::in(how_.patience);
    const auto sent = co_await stream_->write(octets, until);
    broken_ = broken_ || !sent;
    if (!sent) co_return std::unexpected(reason(sent.error()));
    co_return client_result<void>{};
}

net::task<client_result<wire::imap_response>> imap_client::read() {
    const auto until = net::deadline::in(how_.patience);
    std::size_t wanted = 0;
    for (;;) {
        if (unread_.size() >= wanted) {
            auto parsed = wire::parse_imap_response(unread_);
            if (parsed.state == wire::imap_state::not_a_response)
                co_return std::unexpected("what it says is no response of IMAP: " +
                                          wire::quoted(parsed.response.raw));
            if (parsed.state == wire::imap_state::complete) {
                unread_.erase(0, parsed.used);
                learn(parsed.response);
                if (how_.heard) how_.heard(parsed.response);
                co_return std::move(parsed.response);
            }
            wanted = parsed.wanted;
        }
        if (unread_.size() > most_unread) co_return std::unexpected("its response has no end");
        std::array<char, 16384> piece;
        const std::span<char> room(piece);
        const auto got = co_await stream_->read_some(room, until);
        broken_ = broken_ || !got;
        if (!got) co_return std::unexpected(reason(got.error()));
        if (how_.told) how_.told(false, {piece.data(), *got});
        unread_.append(piece.data(), *got);
    }
}

net::task<client_result<imap_answer>> imap_client::finish(std::string tag) {
    imap_answer answer;
    for (;;) {
        auto response = co_await read();
        if (!response) co_return std::unexpected(response.error());
        if (response->what == wire::imap_response::kind::tagged && response->tag == tag) {
            answer.condition = response->condition;
            answer.tagged = std::move(*response);
            co_return answer;
        }
        if (answer.untagged.size() == most_responses) co_return std::unexpected("its answer has no end");
        answer.untagged.push_back(std::move(*response));
    }
}

net::task<client_result<imap_answer>> imap_client::ask(std::string command) {
    auto tag = fmt::format("m{}", ++tags_);
    auto sent = co_await write(fmt::format("{} {}\r\n", tag, command));
    if (!sent) co_return std::unexpected(sent.error());
    auto answer = co_await finish(std::move(tag));
    if (!answer) co_return std::unexpected(fmt::format("{}: {}", shown_command(command), answer.error()));
    co_return answer;
}

net::task<client_result<std::vector<std::pair<std::size_t, imap_answer>>>>
imap_client::ask_all(std::vector<std::string> commands) {
    std::vector<std::string> tags;
    std::string octets;
    for (const auto& command : commands) {
        tags.push_back(fmt::format("m{}", ++tags_));
        octets += fmt::format("{} {}\r\n", tags.back(), command);
    }
    auto sent = co_await write(std::move(octets));
    if (!sent) co_return std::unexpected(sent.error());
    std::vector<std::pair<std::size_t, imap_answer>> all;
    imap_answer answer;
    while (all.size() < tags.size()) {
        auto response = co_await read();
        if (!response) co_return std::unexpected(fmt::format("{}: {}", commands.front(), response.error()));
        const auto tag = std::ranges::find(tags, response->tag);
        if (response->what != wire::imap_response::kind::tagged || tag == tags.end()) {
            if (answer.untagged.size() == most_responses)
                co_return std::unexpected("their answers have no end");
            answer.untagged.push_back(std::move(*response));
            continue;
        }
        answer.condition = response->condition;
        answer.tagged = std::move(*response);
        all.emplace_back(static_cast<std::size_t>(tag - tags.begin()), std::exchange(answer, imap_answer()));
    }
    co_return all;
}

net::task<client_result<void>> imap_client::compress() {
    auto agreed = co_await demand("COMPRESS DEFLATE");
    if (!agreed) co_return std::unexpected(agreed.error());
    stream_ = net::deflate(std::move(stream_), std::exchange(unread_, {}));
    co_return client_result<void>{};
}

net::task<void> imap_client::drop(std::string octets, bool reset) {
    (void)co_await write(fmt::format("m{} {}", ++tags_, octets));
    if (reset)
        stream_->reset();
    else
        stream_->close();
}

net::task<client_result<imap_answer>> imap_client::demand(std::string command) {
    auto answer = co_await ask(command);
    if (!answer || answer->ok()) co_return answer;
    co_return std::unexpected(
        fmt::format("{} was answered by {}", shown_command(command), wire::quoted(answer->tagged.raw)));
}

net::task<client_result<imap_answer>> imap_client::ask_with_literal(std::string words,
                                                                    std::string_view octets) {
    auto tag = fmt::format("m{}", ++tags_);
    // RFC 7888 §4, §5: LITERAL- takes up to 4096 octets without asking.
    const bool at_once = offers("LITERAL+") || (offers("LITERAL-") && octets.size() <= 4096);
    auto line = fmt::format("{} {} {{{}{}}}\r\n", tag, words, octets.size(), at_once ? "+" : "");
    const std::string text = std::string(octets) + "\r\n";
    if (at_once) line += text;
    auto sent = co_await write(std::move(line));
    if (!sent) co_return std::unexpected(sent.error());
    if (!at_once) {
        for (bool asked = false; !asked;) {
            auto response = co_await read();
            if (!response) co_return std::unexpected(fmt::format("{}: {}", words, response.error()));
            asked = response->what == wire::imap_response::kind::continuation;
            if (response->what != wire::imap_response::kind::tagged) continue;
            imap_answer early;
            early.condition = response->condition;
            early.tagged = std::move(*response);
            co_return early;
        }
        sent = co_await write(text);
        if (!sent) co_return std::unexpected(sent.error());
    }
    auto answer = co_await finish(std::move(tag));
    if (!answer) co_return std::unexpected(fmt::format("{}: {}", words, answer.error()));
    co_return answer;
}

net::task<client_result<imap_answer>> imap_client::demand_with_literal(std::string words,
                                                                       std::string_view octets) {
    auto answer = co_await ask_with_literal(words, octets);
    if (!answer || answer->ok()) co_return answer;
    co_return std::unexpected(fmt::format("{} was answered by {}", words, wire::quoted(answer->tagged.raw)));
}

net::task<client_result<imap_answer>> imap_client::idle(std::chrono::milliseconds how_long) {
    auto tag = fmt::format("m{}", ++tags_);
    auto sent = co_await write(tag + " IDLE\r\n");
    if (!sent) co_return std::unexpected(sent.error());
    imap_answer answer;
    for (bool idling = false; !idling;) {
        auto response = co_await read();
        if (!response) co_return std::unexpected("IDLE: " + response.error());
        idling = response->what == wire::imap_response::kind::continuation;
        if (response->what == wire::imap_response::kind::tagged) {
            answer.condition = response->condition;
            answer.tagged = std::move(*response);
            co_return answer;
        }
        if (!idling) answer.untagged.push_back(std::move(*response));
    }
    const auto until = net::deadline::in(how_long);
    co_await net::sleep_until(until);
    sent = co_await write("DONE\r\n");
    if (!sent) co_return std::unexpected(sent.error());
    auto rest = co_await finish(std::move(tag));
    if (!rest) co_return std::unexpected("IDLE: " + rest.error());
    std::ranges::move(rest->untagged, std::back_inserter(answer.untagged));
    rest->untagged = std::move(answer.untagged);
    co_return rest;
}

net::task<client_result<void>> imap_client::start_tls() {
    const net::tls_options any_certificate;
    const auto until = net::deadline::in(how_.patience);
    const auto facts = co_await stream_->start_tls(any_certificate, until);
    if (!facts) co_return std::unexpected("the TLS handshake failed: " + facts.error().text);
    if (how_.secured) how_.secured();
    co_return client_result<void>{};
}

net::task<client_result<void>> imap_client::log_in(std::string user, std::string password) {
    if (how_.tls_first) {
        auto secured = co_await start_tls();
        if (!secured) co_return secured;
    }
    auto greeting = co_await read();
    if (!greeting) co_return std::unexpected(greeting.error());
    if (greeting->condition == "PREAUTH") co_return client_result<void>{};
    if (greeting->condition != "OK")
        co_return std::unexpected("it greets with " + wire::quoted(greeting->raw));
    if (capabilities_.empty())
        if (auto asked = co_await demand("CAPABILITY"); !asked) co_return std::unexpected(asked.error());
    if (offers("LOGINDISABLED") && offers("STARTTLS") && !stream_->is_tls()) {
        auto agreed = co_await demand("STARTTLS");
        if (!agreed) co_return std::unexpected(agreed.error());
        auto secured = co_await start_tls();
        if (!secured) co_return secured;
    }
    capabilities_.clear();
    auto known = co_await demand(fmt::format("LOGIN {} {}", imap_quoted(user), imap_quoted(password)));
    if (!known) co_return std::unexpected(fmt::format("{} (as {})", known.error(), user));
    if (capabilities_.empty())
        if (auto asked = co_await demand("CAPABILITY"); !asked) co_return std::unexpected(asked.error());
    co_return client_result<void>{};
}

net::task<void> imap_client::log_out() {
    (void)co_await ask("LOGOUT");
    stream_->close();
}

} // namespace mailspec::world
