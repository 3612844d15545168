// A Maildir; see the header.
#include "reference/store/maildir.hpp"

#include <fmt/core.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <random>
#include <unistd.h>

namespace refmail::store {

namespace fs = std::filesystem;

result<std::shared_ptr<const maildir>> maildir::open(const std::string& path) {
    for (const char* part : {"/tmp", "/new", "/cur"})
        if (auto made = make_folders(path + part); !made) return std::unexpected(made.error());
    auto fresh = folder::open(path + "/new");
    if (!fresh) return std::unexpected(fresh.error());
    std::shared_ptr<maildir> opened(new maildir);
    opened->path_ = path;
    opened->fresh_ = *fresh;
    return opened;
}

std::size_t maildir::remove_stale() const {
    const auto limit = fs::file_time_type::clock::now() - std::chrono::hours(36);
    std::size_t removed = 0;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(path_ + "/tmp", ignored)) {
        const auto changed = entry.last_write_time(ignored);
        if (!ignored && changed < limit && fs::remove(entry.path(), ignored)) ++removed;
    }
    return removed;
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
