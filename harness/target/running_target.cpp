// Stopping what was started, and starting it again; see the header.
#include "harness/target/running_target.hpp"

#include "harness/target/process_family.hpp"
#include "net/event.hpp"

#include <fmt/format.h>

#include <system_error>

namespace mailspec::target {

namespace {

using namespace std::chrono_literals;

constexpr auto patience_for_stop = 30s; // a mail server may want to finish what it has taken
constexpr auto patience_for_term = 5s;
constexpr auto patience_for_kill = 10s;
constexpr auto between_looks = 1ms;

// Until it has ended; false: it has not by then.
net::task<bool> ended(process& one, net::deadline until) {
    while (one.running()) {
        if (until.passed()) co_return false;
        const auto soon = net::deadline::in(between_looks);
        co_await net::sleep_until(soon);
    }
    co_return true;
}

} // namespace

running_target::running_target() = default;

running_target::~running_target() {
    stop();
}

std::string running_target::death() {
    if (!lost_.empty()) return lost_;
    if (!up() || !server_.leader || server_.leader->running()) return {};
    if (server_.daemonised && server_.leader->succeeded()) return {};
    return server_.leader->ending();
}

std::string running_target::log_tail() const {
    return log_.empty() ? std::string{} : tail_of(log_);
}

std::expected<std::unique_ptr<process>, std::string>
running_target::run(const std::vector<std::string>& command) const {
    return process::start({command, work_, log_, false});
}

std::expected<void, std::string> running_target::ask_to_stop() {
    state_ = state::stopping;
    if (!server_.leader) return {};
    if (stop_command_.empty()) {
        server_.leader->ask_to_stop();
        return {};
    }
    auto begun = run(stop_command_);
    if (!begun) return std::unexpected(begun.error());
    stopping_ = std::move(*begun);
    return {};
}

net::task<std::expected<void, std::string>> running_target::kill() {
    state_ = state::killed;
    stopping_.reset();
    if (!server_.leader) co_return std::expected<void, std::string>{};
    const auto until = net::deadline::in(patience_for_kill);
    if (!kill_command_.empty()) {
        auto begun = run(kill_command_);
        if (!begun) co_return std::unexpected(begun.error());
        const bool done = co_await ended(**begun, until);
        if (!done)
            co_return std::unexpected(fmt::format("{} did not end within 10 s", kill_command_.front()));
        if (!(*begun)->succeeded())
            co_return std::unexpected(fmt::format("{} {}", kill_command_.front(), (*begun)->ending()));
    }
    const auto killed = kill_family(server_.leader->id());
    while (any_runs(killed)) {
        if (until.passed())
            co_return std::unexpected(std::string("SIGKILL did not end the server within 10 s"));
        const auto soon = net::deadline::in(between_looks);
        co_await net::sleep_until(soon);
    }
    co_return std::expected<void, std::string>{};
}

net::task<std::expected<void, std::string>> running_target::carry_out(std::vector<std::string> command,
                                                                      std::chrono::milliseconds within) {
    auto begun = run(command);
    if (!begun) co_return std::unexpected(begun.error());
    const auto until = net::deadline::in(within);
    const bool done = co_await ended(**begun, until);
    if (!done)
        co_return std::unexpected(
            fmt::format("{} did not end within {} s", command.front(), double(within.count()) / 1000.0));
    if (!(*begun)->succeeded())
        co_return std::unexpected(fmt::format("{} {}", command.front(), (*begun)->ending()));
    co_return std::expected<void, std::string>{};
}

// Of a server that was asked to stop. What has not ended in time is killed.
net::task<void> running_target::wait_for_end() {
    if (state_ != state::killed) {
        const auto until = net::deadline::in(patience_for_stop);
        bool in_time = true;
        if (stopping_) in_time = co_await ended(*stopping_, until);
        if (in_time) in_time = co_await ended(*server_.leader, until);
        if (!in_time) note = "the server had not ended 30 s after it was asked to stop, and was killed";
        (void)co_await kill(); // what it may have left
    }
    server_.leader->stop(0ms);
    server_.leader.reset();
}

net::task<std::expected<void, launch_error>> running_target::start_again() {
    if (server_.leader) co_await wait_for_end();
    state_ = state::up; // whatever runs from here on must be stopped in the end
    auto begun = co_await start_->begin(info, server_);
    lost_ = begun ? "" : "could not be started again: " + begun.error().text;
    if (!begun) (void)co_await kill();
    co_return begun;
}

void running_target::stop() {
    if (server_.leader && !stop_command_.empty()) {
        if (up()) (void)ask_to_stop();
        if (stopping_) stopping_->wait(patience_for_stop);
        stopping_.reset();
        server_.leader->wait(patience_for_term);
    }
    if (server_.leader) server_.leader->stop(patience_for_term);
    server_.leader.reset();
    if (remove_work_) {
        std::error_code ignored; // a file of another user's stays behind, in the folder for temporary files
        std::filesystem::remove_all(work_, ignored);
        remove_work_ = false;
    }
}

} // namespace mailspec::target
