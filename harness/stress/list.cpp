// LIST over many mailboxes, with wildcards of which some make a naive matcher slow: each answer must have
// exactly the names that its pattern matches. See stress_run.hpp. RFC 9051 §6.3.9.
#include "harness/stress/name_pattern.hpp"
#include "harness/stress/stress_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace mailspec::stress {
namespace {

constexpr std::size_t at_once = 100; // commands of a write

struct listed {
    std::vector<std::string> names; // parents first
    char delimiter = '/';
};

net::task<world::client_result<char>> delimiter_of(world::imap_client& client, std::string mailbox) {
    const auto told = co_await client.demand("LIST \"\" " + world::imap_quoted(mailbox));
    if (!told) co_return std::unexpected(told.error());
    for (const auto& r : told->untagged)
        if (r.is_data("LIST") && r.data.size() > 2 && r.data[2].text.size() == 1 && !r.data[2].is_atom())
            co_return r.data[2].text.front();
    co_return std::unexpected("LIST tells no delimiter for " + mailbox);
}

// Tens of them below each of their parents: base/f7/m23.
listed names_below(const std::string& base, char delimiter, int count) {
    listed all;
    all.delimiter = delimiter;
    for (int i = 0; i < count; i += 100) {
        const auto parent = fmt::format("{}{}f{}", base, delimiter, i / 100);
        all.names.push_back(parent);
        for (int j = 0; j < std::min(100, count - i) - 1; ++j)
            all.names.push_back(fmt::format("{}{}m{}", parent, delimiter, j));
    }
    return all;
}

net::task<world::client_result<void>> each_of(world::imap_client& client, std::string verb,
                                              std::vector<std::string> names) {
    for (std::size_t from = 0; from < names.size(); from += at_once) {
        std::vector<std::string> commands;
        for (auto i = from; i < std::min(names.size(), from + at_once); ++i)
            commands.push_back(fmt::format("{} {}", verb, world::imap_quoted(names[i])));
        const auto told = co_await client.ask_all(std::move(commands));
        if (!told) co_return std::unexpected(told.error());
        for (const auto& [which, answer] : *told)
            if (!answer.ok())
                co_return std::unexpected(
                    fmt::format("{} {} was answered by {}", verb, names[from + which], answer.tagged.raw));
    }
    co_return world::client_result<void>{};
}

std::vector<std::string> patterns_of(const std::string& base, char delimiter) {
    const auto below = base + delimiter;
    std::vector<std::string> all{below + "*",
                                 below + "%",
                                 below + '%' + delimiter + '%',
                                 below + "*9*",
                                 below + "f1*" + delimiter + "m%7",
                                 below + "%3" + delimiter + "m2%"};
    // Where each star may stand for anything, and nothing matches.
    all.push_back(below + "*f*m*1*f*m*1*f*");
    std::string stars = below;
    for (int i = 0; i < 12; ++i)
        stars += i % 2 == 0 ? "*m" : "%";
    all.push_back(stars + "*x");
    return all;
}

std::string wrong_in(const world::imap_answer& answer, const std::set<std::string>& due,
                     const std::string& pattern) {
    std::set<std::string> told;
    for (const auto& r : answer.untagged)
        if (r.is_data("LIST") && r.data.size() > 3 && !told.insert(r.data[3].text).second)
            return fmt::format("LIST {} told {} twice", pattern, r.data[3].text);
    for (const auto& name : due)
        if (!told.contains(name)) return fmt::format("LIST {} did not tell {}", pattern, name);
    for (const auto& name : told)
        if (!due.contains(name))
            return fmt::format("LIST {} told {}, which it does not match", pattern, name);
    return {};
}

} // namespace

net::task<void> measure_list(const run_plan& plan, std::string mailbox, run_outcome& outcome) {
    auto keeper = co_await log_in(plan.where, nullptr);
    if (!keeper) {
        outcome.trouble = keeper.error();
        co_return;
    }
    const auto delimiter = co_await delimiter_of(**keeper, mailbox);
    if (!delimiter) {
        outcome.trouble = delimiter.error();
        co_return;
    }
    const auto all = names_below(mailbox, *delimiter, plan.mailboxes);
    auto made = co_await each_of(**keeper, "CREATE", all.names);
    std::vector<std::pair<std::string, std::set<std::string>>> due;
    for (const auto& pattern : patterns_of(mailbox, *delimiter)) {
        due.emplace_back(pattern, std::set<std::string>());
        for (const auto& name : all.names)
            if (matches(pattern, name, *delimiter)) due.back().second.insert(name);
    }
    const auto begun = net::clock::now();
    const auto end = begun + plan.length;
    std::vector<std::function<net::task<void>()>> jobs;
    for (int i = 1; i <= plan.clients; ++i)
        jobs.push_back([&, i]() -> net::task<void> {
            auto client = co_await log_in(plan.where, nullptr);
            if (!client) outcome.trouble = client.error();
            for (auto n = static_cast<std::size_t>(i); outcome.trouble.empty(); ++n) {
                const auto& [pattern, names] = due[n % due.size()];
                const auto asked_at = net::clock::now();
                // Each pattern once, however little time there is.
                const bool enough = n >= due.size() + static_cast<std::size_t>(i);
                if (enough && (asked_at >= end || (plan.interrupted && plan.interrupted()))) break;
                const auto told = co_await (*client)->demand("LIST \"\" " + world::imap_quoted(pattern));
                if (!told) outcome.trouble = told.error();
                if (!told) break;
                outcome.times.add(kind::list, net::clock::now() - asked_at);
                auto wrong = wrong_in(*told, names, pattern);
                if (wrong.empty()) continue;
                outcome.violations.push_back({i, std::move(wrong), {}});
                break;
            }
            if (client) co_await (*client)->log_out();
        });
    if (made)
        co_await side_by_side(std::move(jobs));
    else
        outcome.trouble = made.error();
    outcome.seconds = std::chrono::duration<double>(net::clock::now() - begun).count();
    std::vector<std::string> names(all.names.rbegin(), all.names.rend()); // children first
    auto removed = co_await each_of(**keeper, "DELETE", std::move(names));
    if (!removed && outcome.trouble.empty()) outcome.trouble = removed.error();
    co_await (*keeper)->log_out();
}

} // namespace mailspec::stress
