// Scheduling; see the header.
#include "harness/runner/run_cases.hpp"

#include "harness/runner/case_order.hpp"
#include "harness/runner/server_hands.hpp"
#include "harness/runner/socket_connector.hpp"
#include "harness/runner/time_hands.hpp"
#include "harness/target/account_pool.hpp"
#include "harness/world/session_reader.hpp"
#include "net/event.hpp"
#include "net/run.hpp"

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <utility>

namespace mailspec::runner {

namespace {

using namespace std::chrono_literals;
using boost::asio::any_io_executor;

constexpr int hopeless = 3;       // troubles in a row, at the end
constexpr int most_restarts = 10; // of a server that dies again and again
// Its connections break a moment before a process is seen to have ended.
constexpr auto death_shows_within = 100ms;

// Connections held for a case, given back when it ends.
class held_sessions {
  public:
    held_sessions(target::fair_gate& gate, int count)
        : gate_(gate)
        , count_(count) {}
    ~held_sessions() { gate_.leave(count_); }
    held_sessions(const held_sessions&) = delete;
    held_sessions& operator=(const held_sessions&) = delete;

  private:
    target::fair_gate& gate_;
    int count_;
};

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

struct ended_case {
    const suite::test_case* c;
    script::case_outcome outcome;
};

// What the workers of one run share. They hold it together: when the loop is thrown away half-way (Ctrl-C),
// leases still find the pool that they return to.
struct shared_run {
    shared_run(const any_io_executor& on, target::running_target& up, outcome_sink sink,
               shared_surroundings world)
        : target(up)
        , around(std::move(world))
        , connector(up.info.services)
        , hands(up, connector)
        , time(up)
        , mailboxes(reader_of(up.info, connector))
        , accounts(on, accounts_of(up.info, false))
        , quiet_accounts(up.info.accounts.size() < enough_to_part
                             ? nullptr
                             : std::make_unique<target::account_pool>(on, accounts_of(up.info, true)))
        , sessions(on, up.info.sessions)
        , worker_ended(on)
        , told(std::move(sink)) {}

    target::running_target& target;
    shared_surroundings around;
    socket_connector connector;
    server_hands hands;
    time_hands time;
    std::unique_ptr<world::mailbox_reader> mailboxes;
    target::account_pool accounts;
    std::unique_ptr<target::account_pool> quiet_accounts; // null: there are too few to part them
    target::fair_gate sessions;
    net::event worker_ended;
    int workers = 0;
    outcome_sink told;
    token_source tokens;
    std::deque<const suite::test_case*> waiting, alone; // alone: what they do to the server concerns all
    std::deque<ended_case> again;                       // met trouble
    std::deque<ended_case> suspects;                    // ran when the server died
    int restarts = 0;
    cases_end end;
};

using shared_ptr = std::shared_ptr<shared_run>;

// Its mail reaches every account, those whose INBOX must hold nothing else too.
bool reaches_everybody(const suite::test_case& c) {
    return std::ranges::any_of(c.needs, [](const suite::need& n) {
        return n.name == "mailing-list" || n.name == "alias" || n.name == "utf8-alias";
    });
}

bool runs_alone(const suite::test_case& c, const target::target_info& target) {
    return c.restarts || c.moves_clock || c.world.has_fixed_names() || (c.retries && !target.retries_by_zone);
}

net::task<script::case_outcome> run_one(shared_ptr run, const suite::test_case& c) {
    // Accounts first, then connections: the same order everywhere, or two cases could wait for each other.
    auto& pool = c.account_alone && run->quiet_accounts ? *run->quiet_accounts : run->accounts;
    const auto lease = co_await pool.lease(c.accounts);
    const int count = co_await run->sessions.enter(connections_of(c));
    const held_sessions held(run->sessions, count);
    auto* hands = run->target.info.no_restart.empty() ? &run->hands : nullptr;
    script::case_environment environment{
        run->target.info, run->connector,     run->mailboxes.get(), hands,
        lease.accounts(), run->tokens.next(), run->around.get(),    &run->time};
    co_return co_await script::run_case(c, std::move(environment));
}

bool in_trouble(const script::case_outcome& outcome) {
    return outcome.what == script::case_outcome::kind::trouble;
}

// Did the server die under this case? What held needs no explanation.
net::task<bool> died_under(shared_ptr run, const script::case_outcome& outcome) {
    if (outcome.what == script::case_outcome::kind::held) co_return false;
    const bool broken =
        in_trouble(outcome) || (outcome.found && outcome.found->actual.starts_with("connection"));
    const bool ours = run->target.info.no_restart.empty() && run->target.up();
    const auto until = net::deadline::in(death_shows_within);
    while (ours && broken && run->target.death().empty() && !until.passed()) {
        const auto soon = net::deadline::in(2ms);
        co_await net::sleep_until(soon);
    }
    co_return !run->target.death().empty();
}

net::task<void> work(shared_ptr run) {
    while (!run->waiting.empty() && run->target.death().empty()) {
        const auto* c = run->waiting.front();
        run->waiting.pop_front();
        auto outcome = co_await run_one(run, *c);
        const bool died = co_await died_under(run, outcome);
        if (died)
            run->suspects.push_back({c, std::move(outcome)});
        else if (in_trouble(outcome))
            run->again.push_back({c, std::move(outcome)});
        else
            run->told(*c, std::move(outcome), "");
    }
    --run->workers;
    run->worker_ended.notify();
}

net::task<void> work_side_by_side(shared_ptr run, int jobs) {
    run->workers = int(std::min<std::size_t>(std::size_t(std::max(1, jobs)), run->waiting.size()));
    for (int i = run->workers; i > 0; --i) {
        std::function<net::task<void>()> worker = [run] { return work(run); };
        co_await net::spawn_beside(std::move(worker));
    }
    const auto forever = net::deadline::never();
    while (run->workers > 0)
        co_await run->worker_ended.wait(forever);
}

// After a death, or a case that left the server stopped. False: there is no server any more.
net::task<bool> revive(shared_ptr run) {
    const bool by_itself = run->target.up();
    if (by_itself) run->end.server_log = run->target.log_tail();
    const auto death = by_itself ? run->target.death() : std::string{};
    if (!run->target.info.no_restart.empty()) {
        run->end.lost = fmt::format("the server {} during the run", death);
    } else if (by_itself && ++run->restarts > most_restarts) {
        run->end.lost =
            fmt::format("the server {}, and had been started again {} times", death, most_restarts);
    } else {
        const auto started = co_await run->hands.start();
        if (started) co_return true;
        run->end.lost = fmt::format("the server {}could not be started again: {}",
                                    by_itself ? death + ", and " : "", started.error());
        run->end.server_log = run->target.log_tail();
    }
    co_return false;
}

// One case with nothing beside it, so that what happens to the server is its doing.
net::task<void> run_alone(shared_ptr run, const suite::test_case& c) {
    auto outcome = co_await run_one(run, c);
    const bool died = co_await died_under(run, outcome);
    const auto crash = died ? run->target.death() : std::string{};
    run->told(c, std::move(outcome), crash);
    if (!crash.empty() || !run->target.up()) (void)co_await revive(run);
}

net::task<void> try_suspects(shared_ptr run) {
    if (run->suspects.size() == 1) { // it was alone when it happened
        auto [c, outcome] = std::move(run->suspects.front());
        run->suspects.clear();
        run->told(*c, std::move(outcome), run->target.death());
        (void)co_await revive(run);
        co_return;
    }
    (void)co_await revive(run);
    while (!run->suspects.empty() && run->end.lost.empty()) {
        const auto* c = run->suspects.front().c;
        run->suspects.pop_front();
        co_await run_alone(run, *c);
    }
}

// One at a time, when the others are through: a server that was only busy has peace now. When several in a
// row cannot be had even so, it is gone, and the rest keep what they met at first.
net::task<void> try_again(shared_ptr run) {
    int in_a_row = 0;
    while (!run->again.empty() && run->end.lost.empty()) {
        auto [c, outcome] = std::move(run->again.front());
        run->again.pop_front();
        if (in_a_row >= hopeless) {
            run->told(*c, std::move(outcome), "");
            continue;
        }
        auto second = co_await run_one(run, *c);
        in_a_row = in_trouble(second) ? in_a_row + 1 : 0;
        const bool died = co_await died_under(run, second);
        const auto crash = died ? run->target.death() : std::string{};
        run->told(*c, std::move(second), crash);
        if (died) (void)co_await revive(run);
    }
}

} // namespace

net::task<cases_end> run_cases(case_list cases, target::running_target& target, int jobs, outcome_sink told,
                               shared_surroundings around) {
    const auto on = co_await boost::asio::this_coro::executor;
    const auto run = std::make_shared<shared_run>(on, target, std::move(told), std::move(around));
    std::deque<const suite::test_case*> last;
    for (const auto* c : cases)
        (reaches_everybody(*c) ? last : runs_alone(*c, target.info) ? run->alone : run->waiting).push_back(c);
    run->alone.insert(run->alone.end(), last.begin(), last.end());

    while (run->end.lost.empty() && !run->waiting.empty()) {
        co_await work_side_by_side(run, jobs);
        if (!target.death().empty()) co_await try_suspects(run);
    }
    co_await try_again(run);
    while (run->end.lost.empty() && !run->alone.empty()) {
        const auto* c = run->alone.front();
        run->alone.pop_front();
        co_await run_alone(run, *c);
    }

    auto& left = run->end.not_run;
    left.insert(left.end(), run->waiting.begin(), run->waiting.end());
    left.insert(left.end(), run->alone.begin(), run->alone.end());
    for (const auto* ended : {&run->suspects, &run->again})
        for (const auto& one : *ended)
            left.push_back(one.c);
    co_return std::move(run->end);
}

} // namespace mailspec::runner
