// Bringing a target up: its work folder, the words of its commands, and what it is given to begin with. How
// a server is started and waited for is server_start's. See running_target.hpp.
#include "harness/target/running_target.hpp"
#include "harness/target/server_start.hpp"
#include "net/endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sys/statvfs.h>
#include <unistd.h>

namespace mailspec::target {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr int refmaild_accounts = 24;                   // more than the cases that run at once, some with two
constexpr int refmaild_sessions = 128;                  // it takes far more
constexpr auto refmaild_message_size = 8 * 1024 * 1024; // small enough for cases to exceed it
constexpr std::string_view busy_account = "busy";
constexpr auto version_within = 10s;

std::unexpected<launch_error> failed(std::string text, std::string log = {}) {
    return std::unexpected(launch_error{std::move(text), std::move(log)});
}

// A server that writes each message through to a disk spends a third of a run on that, for things that are
// removed at its end.
fs::path place_in_memory() {
    constexpr const char* memory = "/dev/shm";
    constexpr std::uint64_t enough = 1u << 30; // octets; a run of all suites takes a tenth
    struct statvfs room {};
    const bool fits = ::statvfs(memory, &room) == 0 && std::uint64_t(room.f_bavail) * room.f_frsize >= enough;
    const bool elsewhere = std::getenv("TMPDIR") || ::access(memory, W_OK | X_OK) != 0 || !fits;
    return elsewhere ? fs::temp_directory_path() : fs::path(memory);
}

// What stands for {work}, {dns} ... in the words of a profile.
using fill_ins = std::vector<std::pair<std::string, std::string>>;

std::string filled(std::string text, const fill_ins& values) {
    for (const auto& [name, value] : values)
        for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size()))
            text.replace(at, name.size(), value);
    return text;
}

std::vector<std::string> filled(std::vector<std::string> words, const fill_ins& values) {
    for (auto& word : words)
        word = filled(word, values);
    return words;
}

constexpr const char* ca_file = "test-ca.pem";

void add_egress(fill_ins& values, const egress_place& place, const fs::path& work) {
    const auto dns = net::parse_endpoint(place.dns);
    values.emplace_back("{dns}", place.dns);
    values.emplace_back("{dns-host}", dns ? dns->host : place.dns);
    values.emplace_back("{dns-port}", dns ? std::to_string(dns->port) : "53");
    values.emplace_back("{egress-port}", std::to_string(place.egress_port));
    values.emplace_back("{https-port}", std::to_string(place.https_port));
    values.emplace_back("{ca}", (work / ca_file).string());
}

} // namespace

// Has the keys to running_target; one a launch.
class launcher {
  public:
    launcher()
        : up_(std::make_unique<running_target>()) {}

    net::task<launched> from_profile(profile p, launch_options options) {
        up_->info = p.target;
        if (p.start || p.sends)
            if (auto made = make_work(options); !made) co_return std::unexpected(made.error());
        fill_ins values{{"{work}", up_->work_.string()}, {"{profile}", p.folder.string()}};
        if (p.sends)
            if (auto told = tell_of_egress(*p.sends, options, values); !told)
                co_return std::unexpected(told.error());
        if (p.start) {
            up_->info.maildir = filled(p.target.maildir, values);
            auto plan = *p.start;
            for (auto* words : {&plan.command, &plan.stop, &plan.kill})
                *words = filled(*words, values);
            up_->stop_command_ = plan.stop;
            up_->kill_command_ = plan.kill;
            auto how = start_by_plan(std::move(plan), up_->place());
            const auto begun = co_await begin(std::move(how));
            if (!begun) co_return std::unexpected(begun.error());
        }
        if (!p.version_command.empty()) ask_version(filled(p.version_command, values));
        co_return std::move(up_);
    }

    net::task<launched> refmaild(fs::path program, launch_options options) {
        up_->info.name = "refmaild";
        up_->info.sessions = refmaild_sessions;
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
        if (options.egress) {
            if (auto written = write_ca(*options.egress); !written)
                co_return std::unexpected(written.error());
            const auto& place = *options.egress;
            for (const auto& word :
                 {std::string("--dns"),
                  place.dns,
                  std::string("--egress-port"),
                  std::to_string(place.egress_port),
                  std::string("--https-port"),
                  std::to_string(place.https_port),
                  std::string("--tls-ca"),
                  (up_->work_ / ca_file).string(),
                  std::string("--dane"), // our DNS is a resolver that it may trust
                  std::string("--backup-for"),
                  std::string("relayed.*.mailspec.test"),
                  std::string("--also-known-as"),
                  std::string("127.0.0.1"),
                  std::string("--alias"),
                  std::string("lost:nobody@nowhere.mailspec.test"), // a domain that our DNS does not have
                  std::string("--alias"),
                  std::string("away:someone@away.mailspec.test"),
                  std::string("--alias"),
                  std::string("roam:one@roam.mailspec.test,two@roam.mailspec.test"),
                  std::string("--list"),
                  std::string("club:one@club.mailspec.test,two@club.mailspec.test")})
                command.push_back(word);
            up_->info.features.insert({"mta-sts", "dane", "backup-mx", "known-by-address", "outgoing-tls",
                                       "broken-alias", "remote-alias", "remote-aliases", "remote-list"});
            up_->info.no_sending = place.not_served;
            up_->info.retries = up_->info.retries_by_zone = up_->info.moves_clock = true;
        }
        auto how = start_of_refmaild(std::move(command), std::string(busy_account), up_->place());
        const auto begun = co_await begin(std::move(how));
        if (!begun) co_return std::unexpected(begun.error());
        co_return std::move(up_);
    }

  private:
    std::expected<void, launch_error> tell_of_egress(const sends_plan& plan, const launch_options& options,
                                                     fill_ins& values) {
        if (!options.egress) return {}; // nobody plays its world; info says so already
        add_egress(values, *options.egress, up_->work_);
        up_->info.no_sending = options.egress->not_served;
        up_->retry_command_ = filled(plan.retry, values);
        up_->clock_command_ = filled(plan.clock, values);
        up_->retries_within = plan.retries_within;
        up_->info.retries = !plan.retry.empty() || plan.retries_itself;
        const auto names_zone = [](const std::string& word) { return word.contains("{zone}"); };
        // Where it does so all the time by itself, one case's retry is no other's.
        up_->info.retries_by_zone = plan.retries_itself || std::ranges::any_of(plan.retry, names_zone);
        up_->info.moves_clock = !plan.clock.empty();
        return write_ca(*options.egress);
    }

    std::expected<void, launch_error> write_ca(const egress_place& place) {
        const auto file = up_->work_ / ca_file;
        std::ofstream out(file);
        out << place.ca_pem << std::flush;
        if (!out) return failed(fmt::format("cannot write {}", file.string()));
        return {};
    }

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
            const auto place = options.in_memory ? place_in_memory() : fs::temp_directory_path();
            auto pattern = (place / "mailspec-XXXXXX").string();
            if (!::mkdtemp(pattern.data()))
                return failed(
                    fmt::format("cannot make a work folder in {}: {}", place.string(), std::strerror(errno)));
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
    // where its Maildir should be, so that mail to it fails after its data, for the time being, and so do
    // logins.
    std::expected<void, launch_error> add_features(std::vector<std::string>& command,
                                                   const std::string& everybody) {
        for (const auto& [option, value] :
             {std::pair{"--list", "team:" + everybody},
              {"--alias", "crew:" + everybody},
              {"--alias", "m\xC3\xB8ller:" + everybody},
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
        up_->info.features = {"mailing-list", "alias", "utf8-alias", "tempfail-recipient", "broken-mailbox"};
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

std::optional<sends_plan> sends_of_refmaild(const fs::path& program) {
    auto asked = process::start({{program.string(), "--help"}, {}, {}, true});
    if (!asked) return std::nullopt;
    (*asked)->wait(version_within);
    if (!(*asked)->take_output().contains("--tls-ca")) return std::nullopt;
    sends_plan plan;
    plan.port = plan.https_port = 0;
    return plan;
}

fs::path find_refmaild(const fs::path& mailspec) {
    const auto folder = mailspec.parent_path();
    for (const auto& candidate : {folder / "refmaild", folder / "../reference/refmaild"})
        if (::access(candidate.c_str(), X_OK) == 0) return candidate.lexically_normal();
    return {};
}

} // namespace mailspec::target
