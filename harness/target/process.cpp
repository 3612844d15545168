// Child processes and their groups; see the header. The leader is not reaped before its group is dead:
// while its id is taken, no stranger can have it as process group.
#include "harness/target/process.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>
#ifdef __linux__
#include <linux/close_range.h>
#include <sys/prctl.h>
#endif

namespace mailspec::target {

namespace {

using namespace std::chrono_literals;

struct pipe_pair {
    int read = -1, write = -1;
    pipe_pair() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) == 0) {
            read = ends[0];
            write = ends[1];
        }
    }
    ~pipe_pair() {
        if (read >= 0) ::close(read);
        if (write >= 0) ::close(write);
    }
    int release_read() { return std::exchange(read, -1); }
};

// In the child, between fork and exec: system calls only.
[[noreturn]] void become(const process::settings& how, char* const* words, int log, int output, int failed) {
    // A session of its own is also a group of its own; Postfix's master insists on leading its session.
    ::setsid();
#ifdef __linux__
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
    for (const int number : {SIGINT, SIGTERM, SIGPIPE, SIGHUP})
        ::signal(number, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    const int nothing = ::open("/dev/null", O_RDWR);
    ::dup2(nothing, 0);
    ::dup2(output >= 0 ? output : log, 1);
    ::dup2(log, 2);
#ifdef CLOSE_RANGE_CLOEXEC
    // Sockets of ours that a daemon kept would hold their ports (that of the DNS, say) when we are gone.
    ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
#endif
    if (how.folder.empty() || ::chdir(how.folder.c_str()) == 0) ::execvp(words[0], words);
    const int code = errno;
    const auto written = ::write(failed, &code, sizeof code);
    ::_exit(written == sizeof code ? 127 : 126);
}

} // namespace

std::expected<std::unique_ptr<process>, std::string> process::start(const settings& how) {
    std::vector<char*> words;
    for (const auto& word : how.command)
        words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    const auto sentence = [&](int code) {
        return std::unexpected(fmt::format("cannot run {}: {}", how.command.at(0), std::strerror(code)));
    };

    const auto log_path = how.log.empty() ? std::filesystem::path("/dev/null") : how.log;
    const int log = ::open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (log < 0)
        return std::unexpected(
            fmt::format("cannot write the log {}: {}", log_path.string(), std::strerror(errno)));
    pipe_pair failed, output;
    const pid_t id = ::fork();
    if (id == 0) become(how, words.data(), log, how.listen ? output.write : -1, failed.write);
    const int fork_error = errno;
    ::close(log);
    if (id < 0) return sentence(fork_error);

    // exec closes the pipe; a failed one writes why first.
    ::close(std::exchange(failed.write, -1));
    int code = 0;
    ssize_t got = 0;
    while ((got = ::read(failed.read, &code, sizeof code)) < 0 && errno == EINTR) {
    }
    if (got == sizeof code) {
        ::waitpid(id, nullptr, 0);
        return sentence(code);
    }
    return std::unique_ptr<process>(new process(id, how.listen ? output.release_read() : -1));
}

process::~process() {
    stop(0ms);
    if (output_ >= 0) ::close(output_);
}

bool process::running() {
    if (status_) return false;
    siginfo_t info{};
    if (::waitid(P_PID, id_t(id_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != id_)
        return true;
    status_ = info.si_status;
    by_signal_ = info.si_code != CLD_EXITED;
    return false;
}

std::string process::ending() {
    if (running()) return "is running";
    if (by_signal_) return fmt::format("was killed by signal {} ({})", *status_, ::strsignal(*status_));
    return fmt::format("ended with status {}", *status_);
}

bool process::succeeded() {
    return !running() && !by_signal_ && *status_ == 0;
}

std::string process::take_output() {
    std::string all;
    char piece[4096];
    pollfd ready{output_, POLLIN, 0};
    while (output_ >= 0 && ::poll(&ready, 1, 0) > 0) {
        const auto got = ::read(output_, piece, sizeof piece);
        if (got <= 0) break;
        all.append(piece, std::size_t(got));
    }
    return all;
}

std::string process::wait_for_output(std::chrono::milliseconds patience) {
    pollfd ready{output_, POLLIN, 0};
    if (::poll(&ready, 1, int(patience.count())) <= 0) return {};
    return take_output();
}

void process::kill_group(int signal) const {
    if (!reaped_) ::kill(-id_, signal);
}

bool process::wait(std::chrono::milliseconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (running()) {
        if (std::chrono::steady_clock::now() >= until) return false;
        std::this_thread::sleep_for(2ms);
    }
    return true;
}

void process::stop(std::chrono::milliseconds patience) {
    if (reaped_) return;
    if (patience > 0ms && running()) {
        kill_group(SIGTERM);
        wait(patience);
    }
    kill_group(SIGKILL);
    wait(5s); // what a SIGKILL leaves is stuck in the kernel: not ours to wait for
    if (!running()) {
        ::waitpid(id_, nullptr, 0);
        reaped_ = true;
    }
}

std::string tail_of(const std::filesystem::path& file, std::size_t octets) {
    std::ifstream in(file, std::ios::binary | std::ios::ate);
    if (!in) return {};
    const auto size = std::size_t(std::max<std::streamoff>(0, in.tellg()));
    const auto from = size > octets ? size - octets : 0;
    std::string text(size - from, '\0');
    in.seekg(std::streamoff(from));
    in.read(text.data(), std::streamsize(text.size()));
    if (from == 0) return text;
    const auto line = text.find('\n');
    return line == std::string::npos ? text : text.substr(line + 1);
}

} // namespace mailspec::target
