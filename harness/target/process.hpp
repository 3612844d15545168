// A server (or one of its helper commands) as a child process in a session and process group of its own:
// started with a work folder and a log, looked at without waiting, ended with its whole group. It never
// signals anything but that group. POSIX; the child dies with mailspec where the kernel offers that (Linux).
#pragma once
#include <chrono>
#include <csignal>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace mailspec::target {

class process {
  public:
    struct settings {
        std::vector<std::string> command;
        std::filesystem::path folder; // it runs there; empty: where we are
        std::filesystem::path log;    // stderr, and stdout unless it is listened to; appended
        bool listen = false;          // stdout comes to take_output()
    };
    // The error is a sentence: "cannot run ./start: No such file or directory".
    static std::expected<std::unique_ptr<process>, std::string> start(const settings& how);
    ~process(); // kills the group
    process(const process&) = delete;
    process& operator=(const process&) = delete;

    bool running();            // looks, never waits
    std::string ending();      // "ended with status 1", "was killed by signal 11 (Segmentation fault)"
    bool succeeded();          // ended with status 0
    std::string take_output(); // what stdout said since the last call
    // The same, but waits until there is something; empty: it has closed its stdout, or `patience` is over.
    std::string wait_for_output(std::chrono::milliseconds patience);

    pid_t id() const { return id_; }
    void ask_to_stop() const { kill_group(SIGTERM); } // and does not wait
    // SIGTERM to the group; SIGKILL to what is left of it when `patience` is over. Waits that long.
    void stop(std::chrono::milliseconds patience);
    bool wait(std::chrono::milliseconds patience); // false: still running

  private:
    process(pid_t id, int output)
        : id_(id)
        , output_(output) {}
    void kill_group(int signal) const;

    pid_t id_;
    int output_;
    bool reaped_ = false;
    std::optional<int> status_; // as of waitid: si_status, and how below
    bool by_signal_ = false;
};

// The end of a file, cut at a line's beginning; empty when it cannot be read.
std::string tail_of(const std::filesystem::path& file, std::size_t octets = 4096);

} // namespace mailspec::target
