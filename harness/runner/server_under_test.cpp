// See the header.
#include "harness/runner/server_under_test.hpp"

#include "harness/world/session_reader.hpp"
#include "net/event.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace mailspec::runner {

namespace {

using namespace std::chrono_literals;

constexpr int most_restarts = 10; // of a server that dies again and again
// Its connections break a moment before a process is seen to have ended.
constexpr auto death_shows_within = 100ms;

// How delivered mail of this target is read; null: there is no way. The connector outlives it.
std::unique_ptr<world::mailbox_reader> reader_of(const target::target_info& info,
                                                 socket_connector& connector) {
    const auto by = info.reads_mail_by();
    if (by.empty()) return nullptr;
    if (by == "maildir") return world::maildir_reader(info.maildir);
    world::reading_service service;
    service.connect = [&connector, by](net::deadline until) { return connector.connect(by, until); };
    service.tls_first = by.ends_with('s');
    service.patience = info.reply_timeout;
    return by.starts_with("imap") ? world::imap_reader(std::move(service))
                                  : world::pop3_reader(std::move(service));
}

// A bounce or a copy can reach an account long after the case that caused it. Cases whose INBOX holds their
// own mail and nothing else therefore have accounts that no other case ever uses, where there are enough.
constexpr std::size_t enough_to_part = 12;

std::vector<target::account> accounts_of(const target::target_info& target, bool quiet) {
    const auto& all = target.accounts;
    if (all.size() < enough_to_part) return all;
    const auto border = all.begin() + std::ptrdiff_t(all.size() - all.size() / 3);
    return quiet ? std::vector(border, all.end()) : std::vector(all.begin(), border);
}

// Sessions that wait for the next case count among those that the server takes.
std::size_t kept_open(const target::target_info& target) {
    return std::min(target.accounts.size(), std::size_t(target.sessions) / 4);
}

} // namespace

bool in_trouble(const script::case_outcome& outcome) {
    return outcome.what == script::case_outcome::kind::trouble;
}

server_under_test::server_under_test(const boost::asio::any_io_executor& on, target::running_target& target,
                                     shared_surroundings around)
    : target_(target)
    , around_(std::move(around))
    , connector_(target.info.services)
    , kept_(kept_open(target.info))
    , hands_(target, connector_, kept_)
    , time_(target)
    , mailboxes_(reader_of(target.info, connector_))
    , accounts_(on, accounts_of(target.info, false))
    , quiet_accounts_(target.info.accounts.size() < enough_to_part
                          ? nullptr
                          : std::make_unique<target::account_pool>(on, accounts_of(target.info, true)))
    , sessions_(on, target.info.sessions - int(kept_open(target.info))) {}

net::task<script::case_outcome> server_under_test::run(const suite::test_case& c, std::string token) {
    // Accounts first, then connections: the same order everywhere, or two cases could wait for each other.
    auto& pool = c.account_alone && quiet_accounts_ ? *quiet_accounts_ : accounts_;
    const auto lease = co_await pool.lease(c.accounts);
    const int count = co_await sessions_.enter(connections_of(c));
    const target::gate_pass held(sessions_, count);
    auto* hands = target_.info.no_restart.empty() ? &hands_ : nullptr;
    script::case_environment environment{target_.info,     connector_,       mailboxes_.get(), hands,
                                         lease.accounts(), std::move(token), around_.get(),    &time_};
    environment.sessions = &kept_;
    co_return co_await script::run_case(c, std::move(environment));
}

net::task<bool> server_under_test::died_under(const script::case_outcome& outcome) {
    if (outcome.what == script::case_outcome::kind::held) co_return false;
    const bool broken =
        in_trouble(outcome) || (outcome.found && outcome.found->actual.starts_with("connection"));
    const bool ours = target_.info.no_restart.empty() && target_.up();
    const auto until = net::deadline::in(death_shows_within);
    while (ours && broken && target_.death().empty() && !until.passed()) {
        const auto soon = net::deadline::in(2ms);
        co_await net::sleep_until(soon);
    }
    co_return !target_.death().empty();
}

net::task<bool> server_under_test::revive() {
    const bool by_itself = target_.up();
    if (by_itself) log_ = target_.log_tail();
    const auto death = by_itself ? target_.death() : std::string{};
    if (!target_.info.no_restart.empty()) {
        lost_ = fmt::format("the server {} during the run", death);
    } else if (by_itself && ++restarts_ > most_restarts) {
        lost_ = fmt::format("the server {}, and had been started again {} times", death, most_restarts);
    } else {
        const auto started = co_await hands_.start();
        if (started) co_return true;
        lost_ = fmt::format("the server {}could not be started again: {}", by_itself ? death + ", and " : "",
                            started.error());
        log_ = target_.log_tail();
    }
    co_return false;
}

} // namespace mailspec::runner
