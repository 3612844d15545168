// Both locks of an mbox; see the header.
#include "reference/store/mbox_lock.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace refmail::store {
namespace {

using clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds shortest_pause(5), longest_pause(200);
constexpr std::int64_t stale_after = 300; // seconds, for locks that name no process

struct locker { // what PATH.lock says
    pid_t process = 0;
    std::string host;
};

std::string this_host() {
    char name[256] = "";
    ::gethostname(name, sizeof name - 1);
    return name;
}

// "PROCESS\n", as liblockfile writes it, and our "HOST\n" behind it.
locker read_locker(int descriptor) {
    char text[512];
    const ssize_t got = ::pread(descriptor, text, sizeof text, 0);
    locker who;
    const std::string_view all(text, got > 0 ? static_cast<std::size_t>(got) : 0);
    auto rest = all.substr(std::min(all.find_first_not_of(' '), all.size()));
    const auto [end, bad] = std::from_chars(rest.data(), rest.data() + rest.size(), who.process);
    if (bad != std::errc() || who.process < 0) who.process = 0;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    if (!rest.starts_with('\n')) return who;
    rest.remove_prefix(1);
    who.host = rest.substr(0, rest.find('\n'));
    return who;
}

// The clock that files get their times from, which on a network may be another's.
std::int64_t now_of(const std::string& fresh_file) {
    struct stat facts {};
    return ::stat(fresh_file.c_str(), &facts) == 0 ? facts.st_mtim.tv_sec : 0;
}

bool is_stale(int descriptor, const struct stat& facts, const std::string& fresh_file) {
    const locker who = read_locker(descriptor);
    const bool here = who.host.empty() || who.host == this_host();
    if (who.process > 0 && here) // one of ours is left from a process that had our number (mbox_file.hpp)
        return who.process == ::getpid() || (::kill(who.process, 0) != 0 && errno == ESRCH);
    return facts.st_mtim.tv_sec + stale_after < now_of(fresh_file);
}

// False: somebody has it, or was quicker in removing it.
bool remove_stale(const std::string& lock, const std::string& fresh_file) {
    const int descriptor = ::open(lock.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor < 0) return errno == ENOENT;
    struct stat opened {
    }, named{};
    const bool remove = ::fstat(descriptor, &opened) == 0 && is_stale(descriptor, opened, fresh_file) &&
                        ::lstat(lock.c_str(), &named) == 0 && named.st_ino == opened.st_ino &&
                        ::unlink(lock.c_str()) == 0;
    ::close(descriptor);
    return remove;
}

// A file with our number that becomes PATH.lock by a link: on every file system only one wins.
class lock_file {
  public:
    explicit lock_file(const std::string& mbox)
        : lock_(mbox + ".lock")
        , own_(fmt::format("{}.{}.{}.{}", lock_, this_host(), ::getpid(), ++counter)) {}
    ~lock_file() { ::unlink(own_.c_str()); }
    lock_file(const lock_file&) = delete;
    lock_file& operator=(const lock_file&) = delete;

    result<void> make() {
        const int descriptor = ::open(own_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        if (descriptor < 0) return disk_failure(errno, "create", own_);
        const std::string who = fmt::format("{}\n{}\n", ::getpid(), this_host());
        const bool written = ::write(descriptor, who.data(), who.size()) == static_cast<ssize_t>(who.size());
        const int cause = written ? 0 : errno;
        ::close(descriptor);
        if (!written) return disk_failure(cause, "write", own_);
        return {};
    }
    // Without waiting.
    result<bool> take() {
        for (int attempt = 1; attempt <= 2; ++attempt) {
            if (::link(own_.c_str(), lock_.c_str()) == 0) return true;
            if (errno != EEXIST) return disk_failure(errno, "create", lock_);
            if (attempt == 1 && !remove_stale(lock_, own_)) return false;
        }
        return false;
    }
    std::string holder() const {
        const int descriptor = ::open(lock_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        if (descriptor < 0) return lock_ + " is there";
        const locker who = read_locker(descriptor);
        ::close(descriptor);
        if (who.process == 0) return lock_ + " is there";
        return fmt::format("process {}{} has {}", who.process, who.host.empty() ? "" : " on " + who.host,
                           lock_);
    }

  private:
    static std::atomic<unsigned> counter;
    const std::string lock_, own_;
};
std::atomic<unsigned> lock_file::counter{0};

struct flock write_lock() {
    struct flock all {};
    all.l_type = F_WRLCK;
    all.l_whence = SEEK_SET;
    return all;
}

std::string holder_of_file(int descriptor) {
    struct flock other = write_lock();
    if (::fcntl(descriptor, F_OFD_GETLK, &other) != 0 || other.l_type == F_UNLCK || other.l_pid <= 0)
        return "another program has locked it";
    return fmt::format("process {} has locked it", other.l_pid);
}

bool is_the_file(int descriptor, const std::string& path) {
    struct stat opened {
    }, named{};
    return ::fstat(descriptor, &opened) == 0 && ::lstat(path.c_str(), &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

result<int> open_mbox(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (descriptor < 0) return disk_failure(errno, "open", path);
    struct stat facts {};
    if (::fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode)) return descriptor;
    ::close(descriptor);
    return std::unexpected(disk_error{disk_error::kind::failed, path + " is no file: it cannot be an mbox"});
}

} // namespace

// Without waiting: an open file with both locks on it, or -1 and `who` has one of them.
result<int> mbox_lock::try_both(const std::string& path, std::string& who) {
    lock_file beside(path);
    if (auto made = beside.make(); !made) return std::unexpected(made.error());
    const auto opened = open_mbox(path);
    if (!opened) return opened;
    const auto give_up = [&](result<int> why) {
        ::close(*opened);
        return why;
    };
    struct flock all = write_lock();
    if (::fcntl(*opened, F_OFD_SETLK, &all) != 0) {
        if (errno != EAGAIN && errno != EACCES) return give_up(disk_failure(errno, "lock", path));
        who = holder_of_file(*opened);
        return give_up(-1);
    }
    const auto taken = beside.take();
    if (!taken) return give_up(std::unexpected(taken.error()));
    if (!*taken) {
        who = beside.holder();
        return give_up(-1);
    }
    if (is_the_file(*opened, path)) return opened;
    ::unlink((path + ".lock").c_str());
    who = "another program replaces it";
    return give_up(-1);
}

result<mbox_lock> mbox_lock::take(const std::string& path, std::chrono::milliseconds wait,
                                  std::chrono::milliseconds before) {
    const auto deadline = clock::now() + wait;
    for (auto pause = shortest_pause;; pause = std::min(pause * 2, longest_pause)) {
        std::string who;
        const auto opened = try_both(path, who);
        if (!opened) return std::unexpected(opened.error());
        if (*opened >= 0) return mbox_lock(path, *opened);
        const auto now = clock::now();
        if (now >= deadline)
            return std::unexpected(
                disk_error{disk_error::kind::in_use,
                           fmt::format("{} is locked by another program for {} s: {}", path,
                                       static_cast<double>((before + wait).count()) / 1000, who)});
        std::this_thread::sleep_for(std::min<clock::duration>(pause, deadline - now));
    }
}

mbox_lock::mbox_lock(mbox_lock&& other) noexcept
    : path_(std::move(other.path_))
    , descriptor_(std::exchange(other.descriptor_, -1)) {}

mbox_lock& mbox_lock::operator=(mbox_lock&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

// The file's lock goes last: who gets it should find no PATH.lock of ours.
mbox_lock::~mbox_lock() {
    if (descriptor_ < 0) return;
    ::unlink((path_ + ".lock").c_str());
    ::close(descriptor_);
}

} // namespace refmail::store
