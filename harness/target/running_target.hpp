// A target that is up: one that ran already, one started from its profile, or the refmaild that mailspec
// starts when nobody names a target. Whoever holds it keeps it running; its end stops what was started and
// removes the work folder that was made for it.
#pragma once
#include "harness/target/process.hpp"
#include "harness/target/profile.hpp"
#include "harness/target/target.hpp"
#include "net/byte_stream.hpp"

#include <expected>
#include <filesystem>
#include <memory>
#include <string>

namespace mailspec::target {

struct launch_error {
    std::string text; // a sentence that says what to do
    std::string log;  // the server's last lines, if it had some
};

class running_target {
  public:
    target_info info;
    std::string note; // something the user should hear, e.g. why the version is unknown

    running_target() = default;
    ~running_target() { stop(); }
    running_target(const running_target&) = delete;
    running_target& operator=(const running_target&) = delete;

    // Did a server that we started end by itself? "was killed by signal 11 (Segmentation fault)"
    std::string death();
    std::string log_tail() const;
    void stop(); // waits for the server's end; twice is once

  private:
    friend class launcher;
    std::unique_ptr<process> server_;
    std::vector<std::string> stop_command_;
    bool daemonised_ = false; // the start command ended well and left a server behind
    std::filesystem::path work_, log_;
    bool remove_work_ = false;
};

using launched = std::expected<std::unique_ptr<running_target>, launch_error>;

struct launch_options {
    std::filesystem::path
        work; // where a started server keeps its things; empty: a fresh folder, removed after
};

// Starts the server when the profile says how, and waits until it greets.
net::task<launched> launch(profile p, launch_options options);

// refmaild on free ports with its own data folder; `program` is its file.
net::task<launched> launch_refmaild(std::filesystem::path program, launch_options options);

// refmaild beside the running mailspec, or where the build puts it; empty: not found.
std::filesystem::path find_refmaild(const std::filesystem::path& mailspec);

} // namespace mailspec::target
