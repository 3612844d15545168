// Reading delivered mail by POP3; see session_reader.hpp. A maildrop is a snapshot taken at login, and
// another session may hold it, so each look is a short session of its own; what was read once is kept by its
// unique-id.
#include "harness/wire/octets.hpp"
#include "harness/wire/pop3_response.hpp"
#include "harness/world/session_reader.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <expected>
#include <map>

namespace mailspec::world {
namespace {

template <class T>
using answer = std::expected<T, std::string>;
using status = wire::pop3_response::kind;

constexpr std::size_t newest = 50; // of a maildrop, that are looked at

std::string reason(const net::error& e) {
    if (e.kind == net::failure::timeout) return "no answer in time";
    if (e.kind == net::failure::eof) return "it closed the connection without an answer";
    return e.text;
}

class client {
  public:
    client(net::stream_ptr stream, std::chrono::milliseconds patience)
        : stream_(std::move(stream))
        , patience_(patience) {}

    net::task<answer<wire::pop3_response>> response(bool lines_follow) {
        const auto until = net::deadline::in(patience_);
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
            scanned = unread_.size();
            std::array<char, 16384> piece;
            const std::span<char> room(piece);
            const auto got = co_await stream_->read_some(room, until);
            if (!got) co_return std::unexpected(reason(got.error()));
            unread_.append(piece.data(), *got);
        }
    }

    // Anything but +OK is an error.
    net::task<answer<wire::pop3_response>> demand(std::string line, bool lines_follow = false) {
        const auto verb = line.substr(0, line.find(' '));
        line += "\r\n";
        const auto until = net::deadline::in(patience_);
        const auto sent = co_await stream_->write(line, until);
        if (!sent) co_return std::unexpected(reason(sent.error()));
        auto said = co_await response(lines_follow);
        if (said && said->what != status::ok)
            co_return std::unexpected(fmt::format("{} was answered by {}", verb, wire::quoted(said->raw)));
        co_return said;
    }

    net::task<answer<void>> start_tls() {
        const net::tls_options any_certificate;
        const auto until = net::deadline::in(patience_);
        const auto facts = co_await stream_->start_tls(any_certificate, until);
        if (!facts) co_return std::unexpected("the TLS handshake failed: " + facts.error().text);
        co_return answer<void>{};
    }

    bool secured() const { return stream_->is_tls(); }

  private:
    net::stream_ptr stream_;
    std::chrono::milliseconds patience_;
    std::string unread_;
};

class reader final : public mailbox_reader {
  public:
    explicit reader(reading_service service)
        : service_(std::move(service)) {}

    net::task<net::result<std::vector<std::string>>> find(const mailbox_owner& owner,
                                                          std::string_view token) override {
        auto listed = co_await look(owner);
        if (!listed) {
            net::error failed{net::failure::other, fmt::format("the mailbox of {} cannot be read by POP3: {}",
                                                               owner.user, listed.error())};
            co_return std::unexpected(std::move(failed));
        }
        std::vector<std::string> found;
        for (const auto& id : *listed) {
            const auto& message = known_[owner.user][id];
            if (message.find(token) != message.npos) found.push_back(message);
        }
        co_return found;
    }

  private:
    net::task<answer<void>> log_in(client& session, mailbox_owner owner) {
        if (service_.tls_first)
            if (auto secured = co_await session.start_tls(); !secured) co_return secured;
        const auto greeting = co_await session.response(false);
        if (!greeting) co_return std::unexpected(greeting.error());
        const auto capa = co_await session.demand("CAPA", true);
        const auto lists = [&](std::string_view keyword) {
            return capa && std::ranges::any_of(wire::pop3_capabilities_of(*capa),
                                               [&](const auto& c) { return c.keyword == keyword; });
        };
        if (!session.secured() && lists("STLS") && !lists("USER")) {
            const auto agreed = co_await session.demand("STLS");
            if (!agreed) co_return std::unexpected(agreed.error());
            if (auto secured = co_await session.start_tls(); !secured) co_return secured;
        }
        const auto named = co_await session.demand("USER " + owner.user);
        if (!named) co_return std::unexpected(named.error());
        const auto let_in = co_await session.demand("PASS " + owner.password);
        if (!let_in) co_return std::unexpected(let_in.error());
        co_return answer<void>{};
    }

    // The unique-ids of what is there, the oldest first; the messages are in known_ by then.
    net::task<answer<std::vector<std::string>>> look(mailbox_owner owner) {
        const auto until = net::deadline::in(service_.patience);
        auto stream = co_await service_.connect(until);
        if (!stream) co_return std::unexpected(reason(stream.error()));
        client session(std::move(*stream), service_.patience);
        const auto let_in = co_await log_in(session, owner);
        if (!let_in) co_return std::unexpected(let_in.error());
        const auto listing = co_await session.demand("UIDL", true);
        if (!listing) co_return std::unexpected(listing.error());
        std::vector<std::string> ids;
        std::map<std::string, std::string> messages;
        const auto& lines = listing->lines;
        for (auto i = lines.size() > newest ? lines.size() - newest : 0; i < lines.size(); ++i) {
            const auto blank = lines[i].find(' ');
            if (blank == std::string::npos) continue;
            auto id = lines[i].substr(blank + 1);
            const auto& known = known_[owner.user];
            if (const auto at = known.find(id); at != known.end()) {
                messages[id] = at->second;
            } else {
                const auto message = co_await session.demand("RETR " + lines[i].substr(0, blank), true);
                if (!message) co_return std::unexpected(message.error());
                messages[id] = message->content;
            }
            ids.push_back(std::move(id));
        }
        known_[owner.user] = std::move(messages); // what is gone is forgotten
        (void)co_await session.demand("QUIT");
        co_return ids;
    }

    reading_service service_;
    std::map<std::string, std::map<std::string, std::string>> known_; // by user and unique-id
};

} // namespace

std::unique_ptr<mailbox_reader> pop3_reader(reading_service service) {
    return std::make_unique<reader>(std::move(service));
}

} // namespace mailspec::world
