// Bringing a target up: its work folder, the words of its commands, and what it is given to begin with. How
// a server is started and waited for is server_start's. See running_target.hpp.
#include "harness/target/running_target.hpp"
#include "harness/target/server_start.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <unistd.h>

namespace mailspec::target {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

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
            if (auto made = make_work(options); !made) co_return std::unexpected(made.error());
            up_->info.maildir = filled(p.target.maildir, up_->work_, p.folder);
            auto plan = *p.start;
            for (auto* words : {&plan.command, &plan.stop, &plan.kill})
                *words = filled(*words, up_->work_, p.folder);
            up_->stop_command_ = plan.stop;
            up_->kill_command_ = plan.kill;
            auto how = start_by_plan(std::move(plan), up_->place());
            const auto begun = co_await begin(std::move(how));
            if (!begun) co_return std::unexpected(begun.error());
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
        auto how = start_of_refmaild(std::move(command), std::string(busy_account), up_->place());
        const auto begun = co_await begin(std::move(how));
        if (!begun) co_return std::unexpected(begun.error());
        co_return std::move(up_);
    }

  private:
    net::task<std::expected<void, launch_error>> begin(std::unique_ptr<server_start> how) {
        up_->start_ = std::move(how);
        const auto begun = co_await up_->start_->begin(up_->info, up_->server_);
        const bool out_of_reach = up_->server_.daemonised && up_->kill_command_.empty();
        up_->info.no_restart = out_of_reach
                                   ? "its start command leaves a daemon behind, and its profile does "
                                     "not say how to kill that (`kill:` under `start:`)"
                                   : "";
        co_return begun;
    }

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
