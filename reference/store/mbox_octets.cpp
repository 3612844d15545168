// Octets of an open file; see the header.
#include "reference/store/mbox_octets.hpp"

#include "reference/store/content_digest.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>

namespace refmail::store {
namespace {

constexpr std::size_t most_at_once = 256 * 1024;

} // namespace

std::uint64_t octets_in(int file) {
    struct stat facts {};
    return ::fstat(file, &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

result<void> each_piece(int file, const mbox_extent& where, const std::string& path,
                        const std::function<result<void>(std::string_view)>& seen) {
    std::string octets;
    for (std::uint64_t at = where.offset, left = where.length; left > 0;) {
        ssize_t got = 0;
        octets.resize_and_overwrite(static_cast<std::size_t>(std::min<std::uint64_t>(left, most_at_once)),
                                    [&](char* into, std::size_t room) {
                                        got = ::pread(file, into, room, static_cast<off_t>(at));
                                        return got > 0 ? static_cast<std::size_t>(got) : 0;
                                    });
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return disk_failure(errno, "read", path);
        if (got == 0) return {};
        at += octets.size();
        left -= octets.size();
        if (auto done = seen(octets); !done) return done;
    }
    return {};
}

result<std::string> read_octets(int file, const mbox_extent& where, const std::string& path) {
    std::string all;
    auto done = each_piece(file, where, path, [&](std::string_view octets) -> result<void> {
        all += octets;
        return {};
    });
    if (!done) return std::unexpected(done.error());
    return all;
}

result<std::string> digest_of_octets(int file, const mbox_extent& where) {
    content_digest whole;
    auto done = each_piece(file, where, "the mbox", [&](std::string_view octets) -> result<void> {
        whole.add(octets);
        return {};
    });
    if (!done) return std::unexpected(done.error());
    return whole.take();
}

result<void> write_octets(int file, std::uint64_t at, std::string_view octets, const std::string& path) {
    while (!octets.empty()) {
        const ssize_t taken = ::pwrite(file, octets.data(), octets.size(), static_cast<off_t>(at));
        if (taken < 0 && errno == EINTR) continue;
        if (taken < 0) return disk_failure(errno, "write", path);
        at += static_cast<std::uint64_t>(taken);
        octets.remove_prefix(static_cast<std::size_t>(taken));
    }
    return {};
}

result<void> cut_off(int file, std::uint64_t size) {
    if (::ftruncate(file, static_cast<off_t>(size)) != 0) return disk_failure(errno, "shorten", "the mbox");
    if (::fsync(file) != 0) return disk_failure(errno, "sync", "the mbox");
    return {};
}

} // namespace refmail::store
