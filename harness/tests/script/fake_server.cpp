// Canned answers; see fake_server.hpp.
#include "harness/tests/script/fake_server.hpp"

#include "harness/suite/loader.hpp"
#include "net/memory_stream.hpp"
#include "net/run.hpp"
#include "net/tls_context.hpp"

#include <boost/asio/this_coro.hpp>
#include <boost/test/unit_test.hpp>
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <array>

namespace fake {
namespace {

std::shared_ptr<const net::tls_identity> identity() {
    static const auto made = net::tls_identity::self_signed({"mx.example.test"});
    return made.value();
}

// One session with the harness.
class session {
  public:
    session(net::stream_ptr stream, server& behaviour)
        : stream_(std::move(stream))
        , behaviour_(behaviour) {}

    net::task<void> serve(bool tls_first) {
        if (tls_first) co_await say(take_tls);
        if (!ended_) co_await say(behaviour_.greeting);
        std::array<char, 65536> room;
        while (!ended_) {
            const std::span<char> into(room);
            const auto until = net::deadline::never();
            const auto got = co_await stream_->read_some(into, until);
            if (!got) break;
            behaviour_.writes.emplace_back(room.data(), *got);
            unread_.append(room.data(), *got);
            for (auto end = unread_.find("\r\n"); end != std::string::npos && !ended_;
                 end = unread_.find("\r\n")) {
                auto line = unread_.substr(0, end);
                unread_.erase(0, end + 2);
                behaviour_.lines.push_back(line);
                co_await take(std::move(line));
            }
        }
    }

  private:
    net::task<void> take(std::string line) {
        if (in_message_) {
            if (line != ".") {
                message_ += (line.starts_with("..") ? line.substr(1) : line) + "\r\n";
                co_return;
            }
            in_message_ = false;
            keep();
        }
        const auto verb = line.substr(0, line.find(' '));
        std::string answer = behaviour_.otherwise;
        if (verb == "EHLO" || verb == "LHLO") answer = behaviour_.ehlo;
        if (verb == "DATA") answer = "354 go on\r\n";
        if (verb == "QUIT") answer = "221 bye\r\n" + hang_up;
        if (verb == "STARTTLS") answer = "220 go ahead\r\n" + take_tls;
        for (const auto& key : {verb, line})
            if (const auto at = behaviour_.answers.find(key); at != behaviour_.answers.end())
                answer = at->second;
        if (verb == "RELAY" && behaviour_.on_relay) {
            std::function<net::task<void>()> work = [&all = behaviour_, address = line.substr(6)] {
                return all.on_relay(address, all.egress_port);
            };
            co_await net::spawn_beside(std::move(work));
        }
        if (verb == "ASK" && behaviour_.on_ask) co_await behaviour_.on_ask(line.substr(4), behaviour_.dns);
        if (verb == "DATA" && answer.starts_with("354")) in_message_ = true;
        if (verb == "RCPT") recipients_.push_back(line.substr(9, line.find('>') - 9));
        co_await say(std::move(answer));
    }

    void keep() {
        const auto copies = behaviour_.deliver ? behaviour_.deliver(message_) : std::vector{message_};
        for (const auto& to : recipients_)
            for (const auto& m : copies)
                behaviour_.store.by_address[to].push_back(m);
        message_.clear();
        recipients_.clear();
    }

    net::task<void> say(std::string answer) {
        const auto until = net::deadline::never();
        const auto act = answer.find('<');
        const auto octets = answer.substr(0, act);
        if (!octets.empty()) (void)co_await stream_->write(octets, until);
        if (act == std::string::npos) co_return;
        const auto what = answer.substr(act);
        if (what == take_tls) {
            net::tls_options options;
            options.role = net::tls_role::server;
            options.identity = identity();
            const auto facts = co_await stream_->start_tls(options, until);
            ended_ = !facts;
        } else if (what == hang_up || what == break_off) {
            what == hang_up ? stream_->close() : stream_->reset();
            ended_ = true;
        }
    }

    net::stream_ptr stream_;
    server& behaviour_;
    std::string unread_, message_;
    std::vector<std::string> recipients_;
    bool in_message_ = false;
    bool ended_ = false;
};

class memory_connector final : public script::connector {
  public:
    explicit memory_connector(server& behaviour)
        : behaviour_(behaviour) {}

    net::task<net::result<net::stream_ptr>> connect(const std::string& service, net::deadline) override {
        if (behaviour_.refuses_connections) {
            net::error refused{net::failure::refused, "connection refused"};
            co_return std::unexpected(std::move(refused));
        }
        const auto executor = co_await boost::asio::this_coro::executor;
        auto [ours, theirs] = net::memory_pair(executor);
        if (behaviour_.resets_at_once) {
            theirs->reset();
            co_return std::move(ours);
        }
        auto serving = std::make_shared<session>(std::move(theirs), behaviour_);
        const bool tls_first = service == "submissions" && !behaviour_.plain_submissions;
        std::function<net::task<void>()> work = [serving, tls_first] { return serving->serve(tls_first); };
        co_await net::spawn_beside(std::move(work));
        co_return std::move(ours);
    }

  private:
    server& behaviour_;
};

class control final : public script::server_control {
    using done = std::expected<void, std::string>;

  public:
    explicit control(server& behaviour)
        : behaviour_(behaviour) {}
    net::task<done> stop() override { co_return note("stop"); }
    net::task<done> kill() override { co_return note("kill"); }
    net::task<done> start() override {
        if (!behaviour_.cannot_start.empty()) co_return std::unexpected(behaviour_.cannot_start);
        co_return note("start");
    }

  private:
    done note(const char* what) {
        behaviour_.controls += (behaviour_.controls.empty() ? "" : " ") + std::string(what);
        return {};
    }
    server& behaviour_;
};

} // namespace

net::task<net::result<std::vector<std::string>>> mail_store::find(const mailspec::world::mailbox_owner& owner,
                                                                  std::string_view token) {
    if (!broken.empty()) {
        net::error unreadable{net::failure::other, broken};
        co_return std::unexpected(std::move(unreadable));
    }
    std::vector<std::string> found;
    for (const auto& m : by_address[owner.address])
        if (m.find(token) != std::string::npos) found.push_back(m);
    if (found.size() > 1 && looks_before_copy-- > 0) found.resize(1);
    co_return found;
}

std::unique_ptr<suite::test_case> case_of(const std::string& script, const std::string& keys) {
    std::string yaml = "title: Tests\nservice: smtp\ncases:\n  c:\n    title: a test\n";
    const auto indented = [&](const std::string& text, const char* by) {
        for (std::size_t at = 0; at < text.size();) {
            const auto end = std::min(text.find('\n', at), text.size());
            yaml += by + text.substr(at, end - at) + "\n";
            at = end + 1;
        }
    };
    indented(keys, "    ");
    yaml += "    script: |\n";
    indented(script, "      ");
    suite::load_options where;
    where.suites_root = std::string(SOURCE_DIR) + "/suites";
    const suite::requirement_catalogue none;
    auto loaded = suite::load_suite_text(yaml, "tests", "./tests.yaml", where, none);
    for (const auto& p : loaded.problems)
        BOOST_ERROR(p.str());
    BOOST_REQUIRE_EQUAL(loaded.suites.size(), 1u);
    BOOST_REQUIRE_EQUAL(loaded.suites[0].cases.size(), 1u);
    return std::make_unique<suite::test_case>(std::move(loaded.suites[0].cases[0]));
}

std::vector<std::string> played::rules() const {
    std::vector<std::string> names;
    for (const auto& d : outcome.deviations)
        names.push_back(d.rule);
    return names;
}

std::string played::str() const {
    if (held()) return "held " + outcome.note;
    if (in_trouble()) return "trouble: " + outcome.trouble;
    return fmt::format("`{}` expected {} actual {}", step(), expected(), actual());
}

played play(const std::string& script, server& against, const options& how) {
    played result;
    result.from = case_of(script, how.keys);
    auto& target = result.target;
    target.name = "fake";
    target.domain = "example.test";
    target.reply_timeout = how.patience;
    for (const auto* service : {"smtp", "submission", "submissions", "lmtp"})
        target.services[service] = "127.0.0.1:25";
    target.accounts = {{"alice", "alice-pw", "alice@example.test"}, {"bob", "bob-pw", "bob@example.test"}};
    memory_connector connections(against);
    script::case_environment environment{target, connections};
    control controls(against);
    if (how.with_control) environment.server = &controls;
    if (how.with_mailboxes) environment.mailboxes = &against.store;
    environment.accounts.assign(target.accounts.begin(), target.accounts.begin() + how.accounts);
    environment.token = "t0k3n";
    net::run([&]() -> net::task<void> {
        std::unique_ptr<mailspec::world::surroundings> around;
        if (how.with_world) {
            const auto on = co_await boost::asio::this_coro::executor;
            mailspec::world::surroundings::settings wanted;
            wanted.dns = {"127.0.0.1", 0};
            auto opened = mailspec::world::surroundings::open(on, wanted);
            if (!opened) throw std::runtime_error(opened.error());
            around = std::move(*opened);
            environment.surroundings = around.get();
            against.egress_port = around->egress_port();
            against.dns = around->dns().local();
        }
        auto outcome = co_await script::run_case(*result.from, environment);
        result.outcome = std::move(outcome);
    });
    return result;
}

played play(const std::string& script) {
    server obliging;
    return play(script, obliging);
}

script::mutation_report mutated(const played& p) {
    script::mutation_report report;
    net::run([&]() -> net::task<void> {
        auto made = co_await script::mutate_case(*p.from, p.target, p.outcome);
        report = std::move(made);
    });
    return report;
}

} // namespace fake
