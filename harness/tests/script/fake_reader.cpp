// Canned answers of IMAP and POP3; see the header.
#include "harness/tests/script/fake_reader.hpp"

#include "harness/world/kept_sessions.hpp"
#include "net/memory_stream.hpp"
#include "net/run.hpp"

#include <boost/asio/this_coro.hpp>
#include <fmt/core.h>

#include <array>
#include <charconv>

namespace fake {
namespace {

using namespace std::chrono_literals;

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

class session {
  public:
    session(net::stream_ptr stream, reading_server& behaviour, const std::string& service)
        : stream_(std::move(stream))
        , behaviour_(behaviour)
        , imap_(service == "imap")
        , lmtp_(service == "lmtp")
        , number_(behaviour.connections++) {}

    net::task<void> serve() {
        auto greeting = behaviour_.greeting;
        if (greeting.empty() || greeting.starts_with('*') != imap_)
            greeting = imap_ ? "* OK ready\r\n" : "+OK ready <1.2@fake>\r\n";
        if (lmtp_) greeting = "220 ready\r\n";
        co_await say(std::move(greeting));
        for (;;) {
            const auto line = co_await read_command();
            if (ended_) co_return;
            behaviour_.commands.push_back(
                fmt::format("{} {}", number_, imap_ ? line.substr(line.find(' ') + 1) : line));
            if (lmtp_ && taking_data_ && line != ".") continue;
            taking_data_ = line == "DATA";
            const auto tag = imap_ ? line.substr(0, line.find(' ')) : "";
            const auto command = imap_ ? line.substr(std::min(line.find(' ') + 1, line.size())) : line;
            co_await say(replaced(answer(command), "TAG", tag));
            if (ended_) co_return;
        }
    }

  private:
    std::string answer(const std::string& command) {
        auto found = behaviour_.answers.find(command);
        if (found == behaviour_.answers.end())
            found = behaviour_.answers.find(command.substr(0, command.find(' ')));
        if (found == behaviour_.answers.end() && lmtp_)
            return command == "DATA" ? "354 go\r\n" : "250 done\r\n";
        if (found == behaviour_.answers.end()) return imap_ ? "TAG OK done\r\n" : "+OK done\r\n";
        const auto next = found->second.find("<next>");
        if (next == std::string::npos) return found->second;
        auto first = found->second.substr(0, next);
        found->second.erase(0, next + 6);
        return first;
    }

    net::task<void> say(std::string text) {
        const auto until = net::deadline::in(60s);
        const auto close = text.find(hang_up);
        const auto octets = text.substr(0, close);
        if (!octets.empty()) (void)co_await stream_->write(octets, until);
        if (close == std::string::npos) co_return;
        stream_->close();
        ended_ = true;
    }

    net::task<bool> read_more() {
        const auto until = net::deadline::in(60s);
        std::array<char, 4096> piece;
        const std::span<char> room(piece);
        const auto got = co_await stream_->read_some(room, until);
        if (got) unread_.append(piece.data(), *got);
        ended_ = !got;
        co_return got.has_value();
    }

    net::task<std::string> take_line() {
        while (unread_.find("\r\n") == std::string::npos) {
            const bool more = co_await read_more();
            if (!more) co_return std::string();
        }
        auto line = unread_.substr(0, unread_.find("\r\n"));
        unread_.erase(0, line.size() + 2);
        co_return line;
    }

    // Literals are put where their lengths stand.
    net::task<std::string> read_command() {
        std::string command;
        for (;;) {
            command += co_await take_line();
            const auto brace = command.rfind('{');
            if (ended_ || !imap_ || !command.ends_with('}') || brace == std::string::npos) co_return command;
            std::size_t size = 0;
            std::from_chars(command.data() + brace + 1, command.data() + command.size(), size);
            const bool at_once = command[command.size() - 2] == '+';
            command.erase(brace);
            if (!at_once && !behaviour_.refuses_literal.empty()) {
                co_await say(
                    replaced(behaviour_.refuses_literal, "TAG", command.substr(0, command.find(' '))));
                command.clear();
                continue;
            }
            if (!at_once) co_await say("+ go\r\n");
            while (unread_.size() < size) {
                const bool more = co_await read_more();
                if (!more) co_return command;
            }
            command += unread_.substr(0, size);
            unread_.erase(0, size);
        }
    }

    net::stream_ptr stream_;
    reading_server& behaviour_;
    bool imap_, lmtp_;
    bool taking_data_ = false; // of lmtp
    int number_;
    std::string unread_;
    bool ended_ = false;
};

class reading_connector final : public script::connector {
  public:
    explicit reading_connector(reading_server& behaviour)
        : behaviour_(behaviour) {}

    net::task<net::result<net::stream_ptr>> connect(const std::string& service, net::deadline) override {
        const auto executor = co_await boost::asio::this_coro::executor;
        auto [ours, theirs] = net::memory_pair(executor);
        auto serving = std::make_shared<session>(std::move(theirs), behaviour_, service);
        std::function<net::task<void>()> work = [serving] { return serving->serve(); };
        co_await net::spawn_beside(std::move(work));
        co_return std::move(ours);
    }

  private:
    reading_server& behaviour_;
};

} // namespace

played play_reading(const std::string& script, reading_server& against, const std::string& keys,
                    std::chrono::milliseconds patience) {
    played result;
    result.from = case_of(script, keys);
    auto& target = result.target;
    target.name = "fake";
    target.domain = "example.test";
    target.reply_timeout = patience;
    for (const auto& service : against.services)
        target.services[service] = "127.0.0.1:1";
    target.maildir = against.maildir;
    target.accounts = {{"alice", "alice-pw", "alice@example.test"}};
    reading_connector connections(against);
    script::case_environment environment{target, connections};
    environment.accounts = target.accounts;
    environment.token = "t0k3n";
    net::run([&]() -> net::task<void> {
        mailspec::world::kept_sessions kept(1);
        if (against.keeps_sessions) environment.sessions = &kept;
        for (int i = 0; i < against.plays; ++i) {
            auto outcome = co_await script::run_case(*result.from, environment);
            result.outcome = std::move(outcome);
        }
    });
    return result;
}

} // namespace fake
