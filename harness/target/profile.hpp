// The profile of a server under test (YAML; docs/targets.md is its manual): where its services are, whose
// mail it takes, how it is started and stopped. Reading it starts nothing and connects to nobody.
#pragma once
#include "harness/target/sends.hpp"
#include "harness/target/target.hpp"

#include <chrono>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mailspec::target {

// How mailspec starts the server itself. {work}, {profile}, {dns} and the like in the words are filled in at
// launch.
struct start_plan {
    std::vector<std::string> command;
    std::string ready; // the service whose greeting says that all is up
    std::chrono::milliseconds within{60000};
    std::vector<std::string> stop; // empty: SIGTERM to the process group of command
    std::vector<std::string> kill; // empty: SIGKILL to command and all that descends from it
};

struct profile {
    target_info target;                       // maildir may still hold {work}
    std::vector<std::string> version_command; // its first line of output is the version; may be empty
    std::optional<start_plan> start;          // none: the server runs already
    std::optional<sends_plan> sends;          // none: what it sends cannot be looked at
    std::filesystem::path folder;             // of the profile, absolute: {profile}
};

// Every mistake as "file:line:column: key: what is wrong, what to write".
std::expected<profile, std::vector<std::string>> load_profile(const std::filesystem::path& file);

// `name:password` (an account of the domain) or `name@elsewhere:password`.
std::expected<account, std::string> parse_account(const std::string& text, const std::string& domain);

// What is wrong with the address at which we are to answer a target's DNS questions; empty: nothing.
std::string flaw_of_dns(const std::string& address);

// The services a profile or a flag may name.
const std::vector<std::string>& known_services();

} // namespace mailspec::target
