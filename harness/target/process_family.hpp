// A process and all that descends from it, found through /proc: a server is seldom one process, and its
// children have sessions of their own (Postfix's master), where a signal to the group does not reach them.
// What forked itself loose of its ancestors is not found. Without /proc a family is the process alone.
#pragma once
#include <sys/types.h>
#include <vector>

namespace mailspec::target {

// The first one, its descendants, and whoever is in a session that one of these leads. Zombies are no
// members.
std::vector<pid_t> family_of(pid_t first);

// SIGKILL for all of them. They are halted first, so that none sees another one die, or forks meanwhile.
// Returns who they were.
std::vector<pid_t> kill_family(pid_t first);

// Does any of them still run? A zombie does not.
bool any_runs(const std::vector<pid_t>& ids);

} // namespace mailspec::target
