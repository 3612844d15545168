// A target that is up: one that ran already, one started from its profile, or the refmaild that mailspec
// starts when nobody names a target. Whoever holds it keeps it running; its end stops what was started and
// removes the work folder that was made for it.
#pragma once
#include "harness/target/process.hpp"
#include "harness/target/profile.hpp"
#include "harness/target/server_start.hpp"
#include "harness/target/target.hpp"
#include "net/byte_stream.hpp"

#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace mailspec::target {

class running_target {
  public:
    target_info info;
    std::string note; // something the user should hear, e.g. why the version is unknown

    running_target();
    ~running_target(); // stops it
    running_target(const running_target&) = delete;
    running_target& operator=(const running_target&) = delete;

    // Is the server lost, though nobody ended it? "was killed by signal 11 (Segmentation fault)", "could not
    // be started again: ..."; empty: it is not, or mailspec did not start it.
    std::string death();
    std::string log_tail() const;
    void stop(); // waits for the server's end; twice is once

    // For cases that stop the server and start it again; none of them may when info.no_restart says why not.
    // Neither stopped nor killed by these: a server that ended by itself is up all the same.
    bool up() const { return state_ == state::up; }
    // Asks it to end in good order; does not wait for that.
    std::expected<void, std::string> ask_to_stop();
    // Ends all of its processes at one instant, as a crash would: none of them gets to tidy up. Returns when
    // they are gone. What the kernel holds for the disk is not lost, as it would be with the machine.
    net::task<std::expected<void, std::string>> kill();
    // Waits for the end of one that was asked to stop, starts it with the same command in the same work
    // folder, and waits until it greets. Its addresses may be other ones afterwards. What died by itself is
    // started again as well.
    net::task<std::expected<void, launch_error>> start_again();

    // The profile's commands that have it try again and move its clock, with {zone} and {seconds} in them.
    const std::vector<std::string>& retry_command() const { return retry_command_; }
    const std::vector<std::string>& clock_command() const { return clock_command_; }
    std::chrono::milliseconds retries_within{5000};
    // Runs a command of the profile in the work folder until it ends. The error is a sentence.
    net::task<std::expected<void, std::string>> carry_out(std::vector<std::string> command,
                                                          std::chrono::milliseconds within);

  private:
    friend class launcher;
    net::task<void> wait_for_end();
    std::expected<std::unique_ptr<process>, std::string> run(const std::vector<std::string>& command) const;
    work_place place() const { return {work_, log_}; }

    std::unique_ptr<server_start> start_; // null: it ran already
    server_process server_;
    std::unique_ptr<process> stopping_; // the stop command, while it runs
    std::vector<std::string> stop_command_, kill_command_, retry_command_, clock_command_;
    enum class state { up, stopping, killed } state_ = state::up; // the last two: by a script
    std::string lost_;                                            // why it could not be started again
    std::filesystem::path work_, log_;
    bool remove_work_ = false;
};

using launched = std::expected<std::unique_ptr<running_target>, launch_error>;

struct launch_options {
    // Where a started server keeps its things; empty: a fresh folder, removed after.
    std::filesystem::path work;
    std::optional<egress_place> egress; // for a target that sends
    // That fresh folder in memory, where there is room: for a run whose times nobody compares. TMPDIR names
    // another place.
    bool in_memory = false;
};

// Starts the server when the profile says how, and waits until it greets.
net::task<launched> launch(profile p, launch_options options);

// refmaild on free ports with its own data folder; `program` is its file. Without `egress` it sends nowhere.
net::task<launched> launch_refmaild(std::filesystem::path program, launch_options options);

// How that refmaild sends; nullopt: it is one that cannot.
std::optional<sends_plan> sends_of_refmaild(const std::filesystem::path& program);

// refmaild beside the running mailspec, or where the build puts it; empty: not found.
std::filesystem::path find_refmaild(const std::filesystem::path& mailspec);

} // namespace mailspec::target
