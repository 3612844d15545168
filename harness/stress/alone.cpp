// One kind of command measured alone: the same mailbox for all connections, the model left out, each answer
// still counted. See stress_run.hpp. RFC 9051 §6.3.12, §6.4.
#include "harness/stress/stress_run.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::stress {
namespace {

constexpr std::uint64_t appended_one_by_one = 200; // the others are copies of them
constexpr std::uint64_t at_a_time = 10;            // messages of a FETCH of headers or bodies

struct measured {
    const run_plan& plan;
    const std::string& mailbox;
    run_outcome& outcome;
    net::clock::time_point end;
    bool over() const {
        return net::clock::now() >= end || !outcome.trouble.empty() ||
               (plan.interrupted && plan.interrupted());
    }
};

std::string range(choice drawn, std::uint64_t messages) {
    const auto last = std::max<std::uint64_t>(messages, 1);
    const auto first = 1 + drawn.place % last;
    return fmt::format("{}:{}", first, std::min(last, first + at_a_time - 1));
}

std::string command_of(kind what, choice drawn, const std::string& mailbox, std::uint64_t messages) {
    switch (what) {
    case kind::fetch_flags: return "FETCH 1:* (FLAGS)";
    case kind::fetch_headers: return fmt::format("FETCH {} (BODY.PEEK[HEADER])", range(drawn, messages));
    case kind::fetch_bodies: return fmt::format("FETCH {} (BODY.PEEK[])", range(drawn, messages));
    case kind::store:
        return fmt::format("STORE {} {}FLAGS (\\Flagged)",
                           1 + drawn.place % std::max<std::uint64_t>(messages, 1),
                           drawn.form % 2 ? "+" : "-");
    case kind::search: return fmt::format("SEARCH SUBJECT \"fill.{}\"", drawn.place % appended_one_by_one);
    default: return "SELECT " + world::imap_quoted(mailbox);
    }
}

// How many FETCH responses the command is to have; nothing expunges.
std::uint64_t due(kind what, const std::string& command, std::uint64_t messages) {
    if (what == kind::fetch_flags) return messages;
    if (what != kind::fetch_headers && what != kind::fetch_bodies) return 0;
    return numbers_of(command.substr(6, command.find(' ', 6) - 6)).size();
}

net::task<world::client_result<void>> one_login(const run_plan& plan) {
    auto client = co_await log_in(plan.where, nullptr);
    if (!client) co_return std::unexpected(client.error());
    co_await (*client)->log_out();
    co_return world::client_result<void>{};
}

net::task<world::client_result<void>> one_append(world::imap_client& client, std::string mailbox,
                                                 std::string token) {
    auto words = "APPEND " + world::imap_quoted(mailbox);
    const auto text = message_of(token);
    const auto done = co_await client.demand_with_literal(std::move(words), text);
    if (!done) co_return std::unexpected(done.error());
    co_return world::client_result<void>{};
}

net::task<world::client_result<void>> one_command(world::imap_client& client, kind what, std::string command,
                                                  std::uint64_t messages) {
    const auto wanted = due(what, command, messages);
    const auto answer = co_await client.demand(command);
    if (!answer) co_return std::unexpected(answer.error());
    const auto told =
        std::ranges::count_if(answer->untagged, [](const auto& r) { return r.is_data("FETCH"); });
    if (static_cast<std::uint64_t>(told) < wanted)
        co_return std::unexpected(
            fmt::format("{} was answered for {} of {} messages", command, told, wanted));
    co_return world::client_result<void>{};
}

net::task<void> one_session(measured& all, int session) {
    const auto what = *all.plan.only;
    choices drawn(all.plan.seed, session);
    client_ptr client;
    if (what != kind::login) {
        auto came = co_await log_in(all.plan.where, nullptr);
        if (came) client = std::move(*came);
        world::client_result<world::imap_answer> opened;
        if (client) opened = co_await client->demand("SELECT " + world::imap_quoted(all.mailbox));
        if (!came) all.outcome.trouble = came.error();
        if (!opened) all.outcome.trouble = opened.error();
    }
    for (unsigned n = 1; !all.over(); ++n) {
        auto command = command_of(what, drawn.next(), all.mailbox, all.plan.messages);
        world::client_result<void> done;
        const auto begun = net::clock::now();
        if (what == kind::login)
            done = co_await one_login(all.plan);
        else if (what == kind::append)
            done =
                co_await one_append(*client, all.mailbox, fmt::format("{}.{}.{}", all.plan.seed, session, n));
        else
            done = co_await one_command(*client, what, std::move(command), all.plan.messages);
        if (!done) all.outcome.trouble = done.error();
        if (done) all.outcome.times.add(what, net::clock::now() - begun);
    }
    if (client) co_await client->log_out();
}

} // namespace

net::task<world::client_result<void>> fill(world::imap_client& client, std::string mailbox,
                                           std::uint64_t messages) {
    std::uint64_t there = 0;
    for (; there < std::min(messages, appended_one_by_one); ++there) {
        auto done = co_await one_append(client, mailbox, fmt::format("fill.{}", there));
        if (!done) co_return done;
    }
    if (there == messages) co_return world::client_result<void>{};
    const auto opened = co_await client.demand("SELECT " + world::imap_quoted(mailbox));
    if (!opened) co_return std::unexpected(opened.error());
    while (there < messages) { // doubled, in steps that a server answers in time
        const auto more = std::min({there, messages - there, std::uint64_t{5000}});
        const auto copied =
            co_await client.demand(fmt::format("COPY 1:{} {}", more, world::imap_quoted(mailbox)));
        if (!copied) co_return std::unexpected(copied.error());
        there += more;
    }
    const auto left = co_await client.demand("CLOSE");
    if (!left) co_return std::unexpected(left.error());
    co_return world::client_result<void>{};
}

net::task<void> measure_alone(const run_plan& plan, std::string mailbox, run_outcome& outcome) {
    const auto begun = net::clock::now();
    measured all{plan, mailbox, outcome, begun + plan.length};
    std::vector<std::function<net::task<void>()>> jobs;
    for (int i = 1; i <= plan.clients; ++i)
        jobs.push_back([&all, i]() -> net::task<void> { co_await one_session(all, i); });
    co_await side_by_side(std::move(jobs));
    outcome.seconds = std::chrono::duration<double>(net::clock::now() - begun).count();
}

} // namespace mailspec::stress
