// See the header.
#include "harness/stress/stress_run.hpp"

#include "harness/stress/checkpoint.hpp"
#include "harness/wire/octets.hpp"
#include "net/event.hpp"
#include "net/run.hpp"

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <unistd.h>

namespace mailspec::stress {

net::task<void> side_by_side(std::vector<std::function<net::task<void>()>> jobs) {
    const auto on = co_await boost::asio::this_coro::executor;
    net::event ended(on);
    std::size_t left = jobs.size();
    for (auto& job : jobs) {
        std::function<net::task<void>()> work = [&ended, &left, job = std::move(job)]() -> net::task<void> {
            co_await job();
            --left;
            ended.notify();
        };
        co_await net::spawn_beside(std::move(work));
    }
    while (left > 0) {
        const auto until = net::deadline::never();
        co_await ended.wait(until);
    }
}

// In the personal namespace, under names that no other run has (RFC 9051 §6.3.4, §6.3.10).
net::task<world::client_result<std::vector<std::string>>> make_mailboxes(world::imap_client& client,
                                                                         int count) {
    std::string prefix;
    if (client.offers("NAMESPACE")) {
        const auto told = co_await client.demand("NAMESPACE");
        if (!told) co_return std::unexpected(told.error());
        for (const auto& r : told->untagged)
            if (r.is_data("NAMESPACE") && r.arguments() != r.data.end() && !r.arguments()->items.empty() &&
                !r.arguments()->items.front().items.empty())
                prefix = r.arguments()->items.front().items.front().text;
    }
    std::vector<std::string> names;
    const auto now = std::chrono::system_clock::now().time_since_epoch().count() / 1000 % 1000000000;
    for (int i = 1; i <= count; ++i) {
        auto name = fmt::format("{}stress-{}-{}-{}", prefix, ::getpid(), now, i);
        const auto made = co_await client.demand("CREATE " + world::imap_quoted(name));
        if (!made) co_return std::unexpected(made.error());
        names.push_back(std::move(name));
    }
    co_return names;
}

net::task<void> remove_mailboxes(world::imap_client& client, std::vector<std::string> names) {
    for (const auto& name : names)
        (void)co_await client.ask("DELETE " + world::imap_quoted(name));
}

namespace {

class stress_run {
  public:
    stress_run(const run_plan& plan, run_outcome& outcome)
        : plan_(plan)
        , outcome_(outcome) {}

    net::task<void> all() {
        auto keeper = co_await log_in(plan_.where, nullptr);
        if (!keeper) co_return trouble(keeper.error());
        const int count = plan_.only ? 1 : plan_.mailboxes;
        auto names = co_await make_mailboxes(**keeper, count);
        if (!names) co_return trouble(names.error());
        if (plan_.only)
            co_await alone(**keeper, names->front());
        else
            co_await together(*names);
        // Its connection may have been closed as idle by then.
        auto again = co_await log_in(plan_.where, nullptr);
        if (again) co_await remove_mailboxes(**again, *names);
        if (again) co_await (*again)->log_out();
    }

  private:
    void trouble(const std::string& why) {
        if (outcome_.trouble.empty()) outcome_.trouble = why;
    }

    net::task<void> alone(world::imap_client& keeper, std::string mailbox) {
        if (plan_.only == kind::list) co_return co_await measure_list(plan_, std::move(mailbox), outcome_);
        const auto filled = co_await fill(keeper, mailbox, plan_.messages);
        if (!filled) co_return trouble(filled.error());
        co_await measure_alone(plan_, std::move(mailbox), outcome_);
    }

    net::task<void> together(const std::vector<std::string>& names) {
        arena_.seed = plan_.seed;
        arena_.where = plan_.where;
        arena_.dialogs = plan_.dialogs;
        arena_.in_turn = plan_.commands > 0;
        for (const auto& name : names)
            arena_.boxes.emplace_back(name);
        for (int i = 1; i <= plan_.clients; ++i)
            players_.push_back(std::make_unique<player>(arena_, i));
        std::function<net::task<void>(player&)> come = [this](player& one) -> net::task<void> {
            const auto came = co_await one.come(static_cast<std::size_t>(one.session()));
            if (!came) trouble(came.error());
        };
        if (plan_.commands > 0)
            for (auto& one : players_)
                co_await come(*one);
        else
            co_await each(come);
        if (!outcome_.trouble.empty()) co_return;
        const auto begun = net::clock::now();
        arena_.over = [this, end = begun + plan_.length] {
            return net::clock::now() >= end || (plan_.interrupted && plan_.interrupted());
        };
        if (plan_.commands > 0)
            co_await in_turn();
        else
            co_await each([](player& one) -> net::task<void> { co_await one.play(); });
        outcome_.seconds = std::chrono::duration<double>(net::clock::now() - begun).count();
        outcome_.times = arena_.times;
        co_await each([](player& one) -> net::task<void> { co_await one.settle(); });
        co_await checkpoint();
        co_await each([](player& one) -> net::task<void> { co_await one.leave(); });
        outcome_.violations = std::move(arena_.violations);
    }

    // The same commands in the same order whenever the seed is the same.
    net::task<void> in_turn() {
        std::mt19937_64 order(plan_.seed);
        for (std::uint64_t i = 0; i < plan_.commands; ++i) {
            if (plan_.interrupted && plan_.interrupted()) co_return;
            auto& next = *players_[order() % players_.size()];
            co_await next.turn();
        }
    }

    net::task<void> each(std::function<net::task<void>(player&)> what) {
        std::vector<std::function<net::task<void>()>> jobs;
        for (auto& one : players_)
            jobs.push_back([&what, &one]() -> net::task<void> { co_await what(*one); });
        co_await side_by_side(std::move(jobs));
    }

    // All sessions and one that comes afresh see the same, and it is what was acknowledged, and what STATUS
    // tells.
    net::task<void> checkpoint() {
        for (std::size_t i = 0; i < arena_.boxes.size(); ++i) {
            auto& box = arena_.boxes[i];
            const auto counted = co_await count_mailbox(plan_.where, box.name());
            player fresh(arena_, 0);
            auto came = co_await fresh.come(i);
            if (came) co_await fresh.settle();
            if (!counted || !came) {
                const auto& why = counted ? came.error() : counted.error();
                arena_.violations.push_back({0, "a fresh session cannot look: " + why, {}});
                continue;
            }
            const auto now = fresh.model().seen();
            for (auto& wrong : box.checkpoint(now))
                arena_.violations.push_back({0, std::move(wrong), {}});
            for (auto& wrong : miscounted(*counted, now, box.name()))
                arena_.violations.push_back({0, std::move(wrong), {}});
            for (auto& one : players_) {
                if (!one->sound() || one->model().truth() != &box) continue;
                auto differs = difference(one->model().seen(), "this session", now, "a fresh one");
                if (!differs.empty()) one->accuse(fmt::format("at the end, in {}: {}", box.name(), differs));
            }
            co_await fresh.leave();
        }
    }

    const run_plan& plan_;
    run_outcome& outcome_;
    arena arena_;
    std::vector<std::unique_ptr<player>> players_;
};

} // namespace

net::task<void> run_stress(const run_plan& plan, run_outcome& outcome) {
    stress_run run(plan, outcome);
    co_await run.all();
}

} // namespace mailspec::stress
