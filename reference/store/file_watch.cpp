// Names that come and go in folders; see the header.
#include "reference/store/file_watch.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace refmail::store {
namespace {

constexpr std::uint32_t names = IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE;
constexpr std::uint32_t ends = IN_DELETE_SELF | IN_MOVE_SELF;

} // namespace

std::unique_ptr<file_watch> file_watch::start() {
    const int events = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (events < 0) return nullptr;
    const int ending = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (ending < 0) {
        ::close(events);
        return nullptr;
    }
    return std::unique_ptr<file_watch>(new file_watch(events, ending));
}

file_watch::file_watch(int events, int ending)
    : events_(events)
    , ending_(ending)
    , thread_([this] { serve(); }) {}

void file_watch::stop() {
    if (!thread_.joinable()) return;
    ::eventfd_write(ending_, 1);
    thread_.join();
}

file_watch::~file_watch() {
    stop();
    ::close(events_);
    ::close(ending_);
}

int file_watch::add(const std::string& path, const sink& to) {
    const std::uint32_t wanted = to.only.empty() ? names : names | IN_MODIFY;
    const int number =
        ::inotify_add_watch(events_, path.c_str(), wanted | ends | IN_ONLYDIR | IN_EXCL_UNLINK | IN_MASK_ADD);
    if (number >= 0) sinks_[number].push_back(to);
    return number;
}

void file_watch::remove(int number, std::uint64_t id) {
    const auto at = sinks_.find(number);
    if (at == sinks_.end()) return;
    std::erase_if(at->second, [id](const sink& one) { return one.id == id; });
    if (!at->second.empty()) return;
    sinks_.erase(at);
    ::inotify_rm_watch(events_, number);
}

std::shared_ptr<void> file_watch::watch(const std::string& maildir, const std::weak_ptr<watched_files>& who) {
    const std::lock_guard hold(lock_);
    const auto id = ++last_id_;
    const int fresh = add(maildir + "/new", {who, true, id, ""});
    if (fresh < 0) return nullptr;
    const int seen = add(maildir + "/cur", {who, false, id, ""});
    if (seen < 0) {
        remove(fresh, id);
        return nullptr;
    }
    return std::shared_ptr<void>(this, [fresh, seen, id](void* self) {
        auto& all = *static_cast<file_watch*>(self);
        const std::lock_guard guard(all.lock_);
        all.remove(fresh, id);
        all.remove(seen, id);
    });
}

// The folder is watched, not the file: it may be replaced by another of its name.
std::shared_ptr<void> file_watch::watch_file(const std::string& path,
                                             const std::weak_ptr<watched_files>& who) {
    const auto slash = path.rfind('/');
    const std::lock_guard hold(lock_);
    const auto id = ++last_id_;
    const int number = add(path.substr(0, slash), {who, false, id, path.substr(slash + 1)});
    if (number < 0) return nullptr;
    return std::shared_ptr<void>(this, [number, id](void* self) {
        auto& all = *static_cast<file_watch*>(self);
        const std::lock_guard guard(all.lock_);
        all.remove(number, id);
    });
}

// `touched` keeps them alive: none may end under our lock.
void file_watch::hand_over(const char* octets, std::size_t size, woken& touched) {
    for (std::size_t at = 0; at + sizeof(inotify_event) <= size;) {
        const auto* event = reinterpret_cast<const inotify_event*>(octets + at);
        at += sizeof(inotify_event) + event->len;
        const bool lost_some = event->mask & IN_Q_OVERFLOW;
        const auto first = lost_some ? sinks_.begin() : sinks_.find(event->wd);
        const auto last = lost_some || first == sinks_.end() ? sinks_.end() : std::next(first);
        for (auto numbered = first; numbered != last; ++numbered)
            for (const auto& to : numbered->second) {
                const auto who = to.who.lock();
                if (!who || (!to.only.empty() && event->len > 0 && event->name != to.only &&
                             event->name != to.only + ".lock"))
                    continue;
                if (touched.empty() || touched.back() != who) touched.push_back(who);
                if (lost_some || (event->mask & ends))
                    who->heard_too_much();
                else if (event->len > 0)
                    who->heard({to.fresh, (event->mask & (IN_MOVED_TO | IN_CREATE)) != 0, event->name});
            }
    }
}

file_watch::woken file_watch::take_events() {
    woken touched;
    alignas(inotify_event) char octets[16 * 1024];
    const std::lock_guard hold(lock_);
    for (;;) {
        const ssize_t got = ::read(events_, octets, sizeof octets);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        hand_over(octets, static_cast<std::size_t>(got), touched);
    }
    std::sort(touched.begin(), touched.end());
    touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
    return touched;
}

// Whoever asks is about to look for itself; the others are woken by it as well.
void file_watch::catch_up() {
    for (const auto& one : take_events())
        one->wake();
}

void file_watch::serve() {
    for (;;) {
        pollfd both[] = {{events_, POLLIN, 0}, {ending_, POLLIN, 0}};
        if (::poll(both, 2, -1) < 0 && errno != EINTR) return;
        if (both[1].revents) return;
        for (const auto& one : take_events())
            one->wake();
    }
}

} // namespace refmail::store
