// Which server: --target PROFILE, flags, or without both the refmaild that mailspec starts. A target that is
// not on the loopback is refused here, before anything is sent.
#pragma once
#include "harness/target/flags.hpp"
#include "harness/target/running_target.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace mailspec::cli {

struct target_options {
    std::string profile;
    target::target_flags flags;
    bool allow_remote = false;
    std::string work;
    bool in_memory = false; // refmaild's work folder, unless `work` names one
};

void add_target_options(CLI::App& command, target_options& options);

struct target_choice {
    target::target_info known;               // as far as it is known before it is up
    std::optional<target::sends_plan> sends; // how it sends; nullopt: that is not known
    std::function<net::task<target::launched>(std::optional<target::egress_place>)> bring_up;
    // One more like it beside the first; empty: there can be no other.
    std::function<net::task<target::launched>(std::optional<target::egress_place>)> bring_up_another;
};

// Throws a refusal: an unreadable profile, a malformed flag, a remote target, no refmaild.
target_choice choose_target(const target_options& options, const std::filesystem::path& program);

} // namespace mailspec::cli
