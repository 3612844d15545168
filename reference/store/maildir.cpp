// A Maildir; see the header.
#include "reference/store/maildir.hpp"

#include "reference/store/file_time.hpp"

#include <fmt/core.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <random>
#include <sys/stat.h>
#include <unistd.h>

namespace refmail::store {

namespace fs = std::filesystem;

result<std::shared_ptr<const maildir>> maildir::open(const std::string& path) {
    if (auto made = make_folders(fs::path(path).parent_path()); !made) return std::unexpected(made.error());
    for (const char* part : {"", "/tmp", "/new", "/cur"}) // synced below, all at once
        if (::mkdir((path + part).c_str(), 0700) != 0 && errno != EEXIST)
            return disk_failure(errno, "create folder", path + part);
    // Whoever made a folder syncs the one above it, but may not have come so far: a delivery next to
    // us, or a process that was killed. What is durable already costs next to nothing.
    for (const auto& above : {path, fs::path(path).parent_path().string()}) {
        auto opened = folder::open(above);
        if (!opened) return std::unexpected(opened.error());
        if (auto synced = (*opened)->sync(); !synced) return std::unexpected(synced.error());
    }
    auto fresh = folder::open(path + "/new");
    if (!fresh) return std::unexpected(fresh.error());
    std::shared_ptr<maildir> opened(new maildir);
    opened->path_ = path;
    opened->fresh_ = *fresh;
    return opened;
}

std::vector<std::string> maildir::stale(std::int64_t at) const {
    std::vector<std::string> old;
    std::error_code ended;
    for (fs::directory_iterator one(path_ + "/tmp", ended), end; !ended && one != end; one.increment(ended)) {
        struct stat facts {};
        if (::lstat(one->path().c_str(), &facts) != 0 || S_ISDIR(facts.st_mode)) continue;
        if (nanoseconds(facts.st_ctim) < at - 36 * 3600 * a_second) old.push_back(one->path());
    }
    return old;
}

bool maildir::is_still_there() const {
    std::error_code ignored;
    return fresh_->is_still_there() && fs::is_directory(path_ + "/tmp", ignored);
}

std::string unique_name(const std::string& host) {
    using namespace std::chrono;
    static const unsigned drawn = std::random_device{}();
    static std::atomic<unsigned long> counter{0};
    const auto now = duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
    return fmt::format("{}.M{:06}P{}R{:08x}Q{}.{}", now / 1'000'000, now % 1'000'000, ::getpid(), drawn,
                       ++counter, host);
}

} // namespace refmail::store
