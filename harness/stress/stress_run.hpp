// A stress run from end to end on a server that is up: its mailboxes are made, its sessions play until the
// time is over, the checkpoint is taken, the mailboxes are removed. Or one kind of command is measured alone.
// It prints nothing.
#pragma once
#include "harness/stress/player.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace mailspec::stress {

struct run_plan {
    account_at where;
    int clients = 10;
    std::chrono::milliseconds length{10000};
    std::uint64_t seed = 1;
    int mailboxes = 3;
    std::uint64_t commands = 0;   // one session at a time, drawn from the seed, so many; 0: all for `length`
    std::string dialogs;          // a folder for each session's whole dialog; empty: they are not kept
    std::optional<kind> only;     // measured alone
    std::uint64_t messages = 100; // with `only`: in its mailbox before it begins
    std::function<bool()> interrupted; // may be empty
};

struct run_outcome {
    std::string trouble; // why nothing can be said: a login refused, no mailbox can be made
    std::vector<violation> violations;
    tally times;
    double seconds = 0; // of the commands, without preparation and checkpoint
};

net::task<void> run_stress(const run_plan& plan, run_outcome& outcome);

// Mailboxes of a run's own, made and removed on a connection of their own.
net::task<world::client_result<std::vector<std::string>>> make_mailboxes(world::imap_client& client,
                                                                         int count);
net::task<void> remove_mailboxes(world::imap_client& client, std::vector<std::string> names);

// `plan.only`, on plan.clients connections against `mailbox`, filled before; the first error ends it.
net::task<world::client_result<void>> fill(world::imap_client& client, std::string mailbox,
                                           std::uint64_t messages);
net::task<void> measure_alone(const run_plan& plan, std::string mailbox, run_outcome& outcome);

// LIST with wildcards over plan.mailboxes mailboxes below `mailbox`; each answer must have exactly those that
// the pattern matches.
net::task<void> measure_list(const run_plan& plan, std::string mailbox, run_outcome& outcome);

// Runs the jobs side by side on this coroutine's executor; returns when all have ended.
net::task<void> side_by_side(std::vector<std::function<net::task<void>()>> jobs);

} // namespace mailspec::stress
