// Scheduling; see the header.
#include "harness/runner/run_cases.hpp"

#include "harness/runner/case_order.hpp"
#include "harness/runner/server_under_test.hpp"
#include "net/event.hpp"
#include "net/run.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

namespace mailspec::runner {

namespace {

using boost::asio::any_io_executor;

constexpr int hopeless = 3; // troubles in a row, at the end
// One more server costs a tenth of a second: worth it for so many cases that want it for themselves.
constexpr std::size_t cases_worth_a_server = 8, most_beside = 3;

struct ended_case {
    const suite::test_case* c;
    script::case_outcome outcome;
};

// What the workers of one run share. They hold it together: when the loop is thrown away half-way (Ctrl-C),
// leases still find the pool that they return to.
struct shared_run {
    shared_run(const any_io_executor& on, target::running_target& target, run_plan plan)
        : first(on, target, plan.around)
        , names(on, 1)
        , worker_ended(on)
        , wanted(std::move(plan)) {}

    server_under_test first;
    std::vector<std::unique_ptr<server_under_test>> others;
    target::fair_gate names; // for cases whose zones have names in common: all servers ask one DNS
    net::event worker_ended;
    int workers = 0, beside = 0; // at work on the first server, and on others
    run_plan wanted;
    token_source tokens;
    std::deque<const suite::test_case*> waiting, alone; // alone: what they do to the server concerns all
    std::deque<ended_case> again;                       // met trouble
    std::deque<ended_case> suspects;                    // ran when the first server died

    void told(ended_case one, const std::string& crash) {
        wanted.told(*one.c, std::move(one.outcome), crash);
    }
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

const suite::test_case* next_of(std::deque<const suite::test_case*>& cases) {
    const auto* c = cases.front();
    cases.pop_front();
    return c;
}

net::task<script::case_outcome> run_one(shared_ptr run, server_under_test& on, const suite::test_case& c) {
    const int wanted = c.world.has_fixed_names() ? 1 : 0;
    const int got = co_await run->names.enter(wanted);
    const target::gate_pass pass(run->names, got);
    co_return co_await on.run(c, run->tokens.next());
}

net::task<void> work(shared_ptr run) {
    while (!run->waiting.empty() && run->first.target().death().empty()) {
        const auto* c = next_of(run->waiting);
        auto outcome = co_await run_one(run, run->first, *c);
        ended_case ended{c, std::move(outcome)};
        const bool died = co_await run->first.died_under(ended.outcome);
        if (died)
            run->suspects.push_back(std::move(ended));
        else if (in_trouble(ended.outcome))
            run->again.push_back(std::move(ended));
        else
            run->told(std::move(ended), "");
    }
    --run->workers;
    run->worker_ended.notify();
}

net::task<void> work_side_by_side(shared_ptr run) {
    const auto jobs = std::size_t(std::max(1, run->wanted.jobs));
    run->workers = int(std::min(jobs, run->waiting.size()));
    for (int i = run->workers; i > 0; --i) {
        std::function<net::task<void>()> worker = [run] { return work(run); };
        co_await net::spawn_beside(std::move(worker));
    }
    const auto forever = net::deadline::never();
    while (run->workers > 0)
        co_await run->worker_ended.wait(forever);
}

// One case with nothing beside it on its server, so that what happens to the server is its doing.
net::task<void> run_alone(shared_ptr run, server_under_test& on, const suite::test_case& c) {
    auto outcome = co_await run_one(run, on, c);
    ended_case ended{&c, std::move(outcome)};
    const bool died = co_await on.died_under(ended.outcome);
    const auto crash = died ? on.target().death() : std::string{};
    // Cases on other servers ran meanwhile, and the machine may have been busy with them.
    if (crash.empty() && in_trouble(ended.outcome) && &on != &run->first)
        run->again.push_back(std::move(ended));
    else
        run->told(std::move(ended), crash);
    if (!crash.empty() || !on.target().up()) (void)co_await on.revive();
}

net::task<void> run_those_alone(shared_ptr run, server_under_test& on) {
    while (on.lost().empty() && !run->alone.empty()) {
        const auto* c = next_of(run->alone);
        co_await run_alone(run, on, *c);
    }
}

// When no other server can be had, the first one gets to these cases when it is through with the rest.
net::task<void> work_beside(shared_ptr run) {
    auto* target = co_await run->wanted.one_more();
    if (target) {
        const auto executor = co_await boost::asio::this_coro::executor;
        run->others.push_back(std::make_unique<server_under_test>(executor, *target, run->wanted.around));
        auto& on = *run->others.back();
        co_await run_those_alone(run, on);
        on.end();
        (void)target->ask_to_stop();
    }
    --run->beside;
    run->worker_ended.notify();
}

net::task<void> begin_beside(shared_ptr run) {
    if (!run->wanted.one_more || run->wanted.jobs < 2 || run->waiting.empty()) co_return;
    const auto servers = (run->alone.size() + cases_worth_a_server - 1) / cases_worth_a_server;
    run->beside = int(std::min(servers, most_beside));
    for (int i = run->beside; i > 0; --i) {
        std::function<net::task<void>()> worker = [run] { return work_beside(run); };
        co_await net::spawn_beside(std::move(worker));
    }
}

net::task<void> others_ended(shared_ptr run) {
    const auto forever = net::deadline::never();
    while (run->beside > 0)
        co_await run->worker_ended.wait(forever);
}

net::task<void> try_suspects(shared_ptr run) {
    if (run->suspects.size() == 1) { // it was alone when it happened
        auto only = std::move(run->suspects.front());
        run->suspects.clear();
        run->told(std::move(only), run->first.target().death());
        (void)co_await run->first.revive();
        co_return;
    }
    (void)co_await run->first.revive();
    while (!run->suspects.empty() && run->first.lost().empty()) {
        const auto* c = run->suspects.front().c;
        run->suspects.pop_front();
        co_await run_alone(run, run->first, *c);
    }
}

// One at a time, when the others are through: a server that was only busy has peace now. When several in a
// row cannot be had even so, it is gone, and the rest keep what they met at first.
net::task<void> try_again(shared_ptr run) {
    if (!run->again.empty()) co_await others_ended(run);
    int in_a_row = 0;
    while (!run->again.empty() && run->first.lost().empty()) {
        auto one = std::move(run->again.front());
        run->again.pop_front();
        if (in_a_row >= hopeless) {
            run->told(std::move(one), "");
            continue;
        }
        auto second = co_await run_one(run, run->first, *one.c);
        one.outcome = std::move(second);
        in_a_row = in_trouble(one.outcome) ? in_a_row + 1 : 0;
        const bool died = co_await run->first.died_under(one.outcome);
        const auto crash = died ? run->first.target().death() : std::string{};
        run->told(std::move(one), crash);
        if (died || !run->first.target().up()) (void)co_await run->first.revive();
    }
}

cases_end end_of(shared_run& run) {
    cases_end end;
    end.lost = run.first.lost();
    end.server_log = run.first.last_log();
    for (const auto& other : run.others)
        if (end.server_log.empty()) end.server_log = other->last_log();
    auto& left = end.not_run;
    left.insert(left.end(), run.waiting.begin(), run.waiting.end());
    left.insert(left.end(), run.alone.begin(), run.alone.end());
    for (const auto* ended : {&run.suspects, &run.again})
        for (const auto& one : *ended)
            left.push_back(one.c);
    return end;
}

} // namespace

net::task<cases_end> run_cases(case_list cases, target::running_target& target, run_plan plan) {
    const auto on = co_await boost::asio::this_coro::executor;
    const auto run = std::make_shared<shared_run>(on, target, std::move(plan));
    std::deque<const suite::test_case*> last;
    for (const auto* c : cases)
        (reaches_everybody(*c) ? last : runs_alone(*c, target.info) ? run->alone : run->waiting).push_back(c);
    run->alone.insert(run->alone.end(), last.begin(), last.end());
    std::ranges::stable_partition(run->waiting, [](const auto* c) { return takes_long(*c); });

    co_await begin_beside(run);
    while (run->first.lost().empty() && !run->waiting.empty()) {
        co_await work_side_by_side(run);
        if (!target.death().empty()) co_await try_suspects(run);
    }
    co_await try_again(run);
    co_await run_those_alone(run, run->first);
    co_await others_ended(run);
    co_await try_again(run); // what met it on the others
    co_return end_of(*run);
}

} // namespace mailspec::runner
