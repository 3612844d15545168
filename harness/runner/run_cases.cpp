// Scheduling; see the header.
#include "harness/runner/run_cases.hpp"

#include "harness/runner/case_order.hpp"
#include "harness/runner/socket_connector.hpp"
#include "harness/target/account_pool.hpp"
#include "net/run.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <deque>
#include <utility>

namespace mailspec::runner {

namespace {

using boost::asio::any_io_executor;

constexpr int hopeless = 3;

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

// What the workers of one run share. They hold it together: when the loop is thrown away half-way (Ctrl-C),
// leases still find the pool that they return to.
struct shared_run {
    shared_run(const any_io_executor& on, target::running_target& up, outcome_sink sink)
        : target(up)
        , connector(up.info.services)
        , mailboxes(up.info.maildir.empty() ? nullptr : world::maildir_reader(up.info.maildir))
        , accounts(on, up.info.accounts)
        , sessions(on, up.info.sessions)
        , worker_ended(on)
        , told(std::move(sink)) {}

    target::running_target& target;
    socket_connector connector;
    std::unique_ptr<world::mailbox_reader> mailboxes;
    target::account_pool accounts;
    target::fair_gate sessions;
    net::event worker_ended;
    int workers = 0;
    outcome_sink told;
    token_source tokens;
    std::deque<const suite::test_case*> waiting;
    struct troubled {
        const suite::test_case* c;
        script::case_outcome outcome;
    };
    std::deque<troubled> again;
};

using shared_ptr = std::shared_ptr<shared_run>;

net::task<script::case_outcome> run_one(shared_ptr run, const suite::test_case& c) {
    // Accounts first, then connections: the same order everywhere, or two cases could wait for each other.
    const auto lease = co_await run->accounts.lease(c.accounts);
    const int count = co_await run->sessions.enter(connections_of(c));
    const held_sessions held(run->sessions, count);
    script::case_environment environment{run->target.info, run->connector,   run->mailboxes.get(),
                                         nullptr,          lease.accounts(), run->tokens.next()};
    co_return co_await script::run_case(c, std::move(environment));
}

bool in_trouble(const script::case_outcome& outcome) {
    return outcome.what == script::case_outcome::kind::trouble;
}

net::task<void> work(shared_ptr run) {
    while (!run->waiting.empty() && run->target.death().empty()) {
        const auto* c = run->waiting.front();
        run->waiting.pop_front();
        auto outcome = co_await run_one(run, *c);
        if (in_trouble(outcome) && run->target.death().empty())
            run->again.push_back({c, std::move(outcome)});
        else
            run->told(*c, std::move(outcome));
    }
    --run->workers;
    run->worker_ended.notify();
}

// One at a time, when the others are through: a server that was only busy has peace now. When several in a
// row cannot be had even so, it is gone, and the rest keep what they met at first.
net::task<void> try_again(shared_ptr run) {
    int in_a_row = 0;
    while (!run->again.empty()) {
        auto [c, outcome] = std::move(run->again.front());
        run->again.pop_front();
        if (in_a_row < hopeless && run->target.death().empty()) outcome = co_await run_one(run, *c);
        in_a_row = in_trouble(outcome) ? in_a_row + 1 : 0;
        run->told(*c, std::move(outcome));
    }
}

} // namespace

net::task<void> run_cases(case_list cases, target::running_target& target, int jobs, outcome_sink told) {
    const auto on = co_await boost::asio::this_coro::executor;
    const auto run = std::make_shared<shared_run>(on, target, std::move(told));
    run->waiting.assign(cases.begin(), cases.end());

    run->workers = int(std::min<std::size_t>(std::size_t(std::max(1, jobs)), cases.size()));
    for (int i = run->workers; i > 0; --i) {
        std::function<net::task<void>()> worker = [run] { return work(run); };
        co_await net::spawn_beside(std::move(worker));
    }
    const auto forever = net::deadline::never();
    while (run->workers > 0)
        co_await run->worker_ended.wait(forever);

    co_await try_again(run);
}

} // namespace mailspec::runner
