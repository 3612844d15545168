// Starting a server and waiting until it is ready: from a profile, or refmaild, which says itself when it
// is ready and where (one line of JSON). See running_target.hpp.
#include "harness/target/probe.hpp"
#include "harness/target/running_target.hpp"
#include "net/connect.hpp"
#include "net/endpoint.hpp"
#include "net/event.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <unistd.h>

namespace mailspec::target {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace json = boost::json;

constexpr auto refmaild_within = 20s;
constexpr int refmaild_accounts = 24;                   // more than the cases that run at once, some with two
constexpr auto refmaild_message_size = 8 * 1024 * 1024; // small enough for cases to exceed it
constexpr std::string_view busy_account = "busy";
constexpr auto version_within = 10s;

std::unexpected<launch_error> failed(std::string text, std::string log = {}) {
    return std::unexpected(launch_error{std::move(text), std::move(log)});
}

std::string filled(std::string text, const fs::path& work, const fs::path& profile) {
    const std::pair<std::string, std::string> values[] = {{"{work}", work.string()},
                                                          {"{profile}", profile.string()}};
    for (const auto& [name, value] : values)
        for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size()))
            text.replace(at, name.size(), value);
    return text;
}

std::vector<std::string> filled(std::vector<std::string> words, const fs::path& work,
                                const fs::path& profile) {
    for (auto& word : words)
        word = filled(word, work, profile);
    return words;
}

} // namespace

// Has the keys to running_target; one a launch.
class launcher {
  public:
    launcher()
        : up_(std::make_unique<running_target>()) {}

    net::task<launched> from_profile(profile p, launch_options options) {
        up_->info = p.target;
        if (p.start) {
            const auto taken = co_await already_there();
            if (!taken.empty())
                co_return failed(taken + " before the server was started: stop what runs there, or give the "
                                         "profile other ports");
            if (auto made = make_work(options); !made) co_return std::unexpected(made.error());
            up_->info.maildir = filled(p.target.maildir, up_->work_, p.folder);
            auto begun = begin(filled(p.start->command, up_->work_, p.folder), false);
            if (!begun) co_return std::unexpected(begun.error());
            up_->stop_command_ = filled(p.start->stop, up_->work_, p.folder);
            const auto ready = co_await wait_until_ready(*p.start);
            if (!ready) co_return std::unexpected(ready.error());
        }
        if (!p.version_command.empty()) ask_version(filled(p.version_command, up_->work_, p.folder));
        co_return std::move(up_);
    }

    net::task<launched> refmaild(fs::path program, launch_options options) {
        up_->info.name = "refmaild";
        if (auto made = make_work(options); !made) co_return std::unexpected(made.error());
        std::vector<std::string> command{program.string(), "--ports", "0",
                                         "--json",         "--data",  (up_->work_ / "data").string()};
        std::string everybody;
        for (int i = 1; i <= refmaild_accounts; ++i) {
            command.push_back("--account");
            command.push_back(fmt::format("ms{0:02}:ms{0:02}-pw", i));
            everybody += fmt::format("{}ms{:02}", i == 1 ? "" : ",", i);
        }
        if (auto made = add_features(command, everybody); !made) co_return std::unexpected(made.error());
        auto begun = begin(command, true);
        if (!begun) co_return std::unexpected(begun.error());
        std::string said;
        const auto until = net::deadline::in(refmaild_within);
        while (!said.contains('\n')) {
            said += up_->server_->take_output();
            if (said.contains('\n')) break;
            if (!up_->server_->running())
                co_return failed(fmt::format("refmaild {} before it was ready", up_->server_->ending()),
                                 up_->log_tail());
            if (until.passed())
                co_return failed("refmaild did not say that it is ready within 20 s", up_->log_tail());
            const auto soon = net::deadline::in(2ms);
            co_await net::sleep_until(soon);
        }
        if (const auto wrong = read_announcement(said.substr(0, said.find('\n'))); !wrong.empty())
            co_return failed("refmaild announced itself in words that mailspec does not know: " + wrong,
                             said);
        co_return std::move(up_);
    }

  private:
    std::expected<void, launch_error> make_work(const launch_options& options) {
        if (options.work.empty()) {
            auto pattern = (fs::temp_directory_path() / "mailspec-XXXXXX").string();
            if (!::mkdtemp(pattern.data()))
                return failed(fmt::format("cannot make a work folder in {}: {}",
                                          fs::temp_directory_path().string(), std::strerror(errno)));
            up_->work_ = pattern;
            up_->remove_work_ = true;
            // A server that drops privileges must be able to walk through.
            fs::permissions(up_->work_, fs::perms(0755));
        } else {
            std::error_code code;
            fs::create_directories(options.work, code);
            if (code)
                return failed(
                    fmt::format("cannot make the work folder {}: {}", options.work.string(), code.message()));
            up_->work_ = fs::absolute(options.work);
        }
        up_->log_ = up_->work_ / "server.log";
        return {};
    }

    // What docs/targets.md lists under features, as far as refmaild has it. The account busy has a file
    // where its Maildir should be, so that mail to it fails after its data, for the time being.
    std::expected<void, launch_error> add_features(std::vector<std::string>& command,
                                                   const std::string& everybody) {
        for (const auto& [option, value] :
             {std::pair{"--list", "team:" + everybody},
              {"--alias", "crew:" + everybody},
              {"--account", fmt::format("{}:{}-pw", busy_account, busy_account)},
              {"--message-size", fmt::format("{}", refmaild_message_size)}}) {
            command.emplace_back(option);
            command.push_back(value);
        }
        const auto mailboxes = up_->work_ / "data" / "maildir";
        std::error_code code;
        fs::create_directories(mailboxes, code);
        if (code || !std::ofstream(mailboxes / busy_account))
            return failed(fmt::format("cannot write in the work folder {}", up_->work_.string()));
        up_->info.features = {"mailing-list", "alias", "tempfail-recipient"};
        return {};
    }

    std::expected<void, launch_error> begin(std::vector<std::string> command, bool listen) {
        auto started = process::start({std::move(command), up_->work_, up_->log_, listen});
        if (!started) return failed(started.error());
        up_->server_ = std::move(*started);
        return {};
    }

    // A server that runs already would be judged in place of the one that we start.
    net::task<std::string> already_there() {
        for (const auto& [service, address] : up_->info.services) {
            const auto at = net::parse_endpoint(address);
            if (!at) continue;
            const auto until = net::deadline::in(1s);
            const auto answered = co_await net::connect(at->host, at->port, until);
            if (answered) co_return fmt::format("somebody listens at {} ({})", address, service);
        }
        co_return std::string{};
    }

    net::task<std::expected<void, launch_error>> wait_until_ready(const start_plan& plan) {
        const auto address = up_->info.services.at(plan.ready);
        const auto until = net::deadline::in(plan.within);
        auto pause = 10ms;
        for (;;) {
            const auto up = co_await greets(plan.ready, address, std::chrono::milliseconds(2000));
            if (!up_->server_->running()) {
                const bool left_a_daemon = !plan.stop.empty() && up_->server_->succeeded();
                if (!left_a_daemon)
                    co_return failed(fmt::format("the server {} before it was ready on {}",
                                                 up_->server_->ending(), address),
                                     up_->log_tail());
                up_->daemonised_ = true;
            }
            if (up) co_return std::expected<void, launch_error>{};
            if (until.passed())
                co_return failed(fmt::format("the server did not become ready: {} at {} after {} s: {}",
                                             plan.ready, address, plan.within.count() / 1000.0, up.error()),
                                 up_->log_tail());
            const auto soon = net::deadline::in(pause);
            co_await net::sleep_until(soon);
            pause = std::min(pause * 2, 250ms);
        }
    }

    void ask_version(std::vector<std::string> command) {
        const auto folder = up_->work_.empty() ? fs::current_path() : up_->work_;
        auto asked = process::start({command, folder, {}, true});
        std::string said;
        if (asked) {
            (*asked)->wait(version_within);
            said = (*asked)->take_output();
            said = said.substr(0, said.find_first_of("\r\n"));
            up_->info.version = said;
        }
        if (said.empty())
            up_->note = fmt::format("the version is unknown: `{}` printed nothing", command.back());
    }

    // {"domain":..., "accounts":[{"user","address","password"}], "services":{...}, "maildir":...}
    std::string read_announcement(const std::string& line) {
        try {
            const auto all = json::parse(line).as_object();
            auto& info = up_->info;
            const auto text = [](const json::value& v) { return std::string(v.as_string()); };
            info.domain = text(all.at("domain"));
            info.maildir = text(all.at("maildir"));
            if (const auto* version = all.if_contains("version")) info.version = text(*version);
            for (const auto& [name, address] : all.at("services").as_object())
                info.services[std::string(name)] = text(address);
            for (const auto& item : all.at("accounts").as_array()) {
                const auto& one = item.as_object();
                if (text(one.at("user")) == busy_account) continue;
                info.accounts.push_back(
                    {text(one.at("user")), text(one.at("password")), text(one.at("address"))});
            }
        } catch (const std::exception& e) {
            return e.what();
        }
        return {};
    }

    std::unique_ptr<running_target> up_;
};

net::task<launched> launch(profile p, launch_options options) {
    launcher one;
    co_return co_await one.from_profile(std::move(p), std::move(options));
}

net::task<launched> launch_refmaild(fs::path program, launch_options options) {
    launcher one;
    co_return co_await one.refmaild(std::move(program), std::move(options));
}

fs::path find_refmaild(const fs::path& mailspec) {
    const auto folder = mailspec.parent_path();
    for (const auto& candidate : {folder / "refmaild", folder / "../reference/refmaild"})
        if (::access(candidate.c_str(), X_OK) == 0) return candidate.lexically_normal();
    return {};
}

} // namespace mailspec::target
