// A file being written, and a folder whose entries must last; see the header.
#include "reference/store/file.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace refmail::store {

result<file> file::create(std::string path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return disk_failure(errno, "create", path);
    return file(fd, std::move(path));
}

file& file::operator=(file&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(path_, other.path_);
    return *this;
}

file::~file() {
    if (fd_ >= 0) ::close(fd_);
}

result<void> file::append(std::string_view octets) {
    while (!octets.empty()) {
        const ssize_t taken = ::write(fd_, octets.data(), octets.size());
        if (taken < 0 && errno == EINTR) continue;
        if (taken < 0) return disk_failure(errno, "write", path_);
        octets.remove_prefix(static_cast<std::size_t>(taken));
    }
    return {};
}

result<void> file::append_from(const file& other, off_t offset) {
    std::array<char, 64 * 1024> block;
    for (;;) {
        const ssize_t got = ::pread(other.fd_, block.data(), block.size(), offset);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return disk_failure(errno, "read", other.path_);
        if (got == 0) return {};
        offset += got;
        const std::string_view octets(block.data(), static_cast<std::size_t>(got));
        if (auto written = append(octets); !written) return written;
    }
}

result<void> file::sync() {
    // After a failure the kernel may have dropped the pages and call them clean: trying again would
    // lie. The caller must treat the file as lost.
    if (::fsync(fd_) != 0) return disk_failure(errno, "sync", path_);
    return {};
}

result<std::shared_ptr<const folder>> folder::open(std::string path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return disk_failure(errno, "open", path);
    struct stat facts {};
    ::fstat(fd, &facts);
    return std::shared_ptr<const folder>(new folder(fd, facts.st_dev, facts.st_ino, std::move(path)));
}

bool folder::is_still_there() const {
    struct stat facts {};
    return ::stat(path_.c_str(), &facts) == 0 && facts.st_dev == device_ && facts.st_ino == number_;
}

folder::~folder() {
    ::close(fd_);
}

result<void> folder::sync() const {
    if (::fsync(fd_) != 0) return disk_failure(errno, "sync", path_);
    return {};
}

result<void> make_folders(const std::string& path) {
    std::error_code code; // what cannot even be looked at is a value, too: this runs on worker threads
    const std::filesystem::path whole = std::filesystem::absolute(path, code);
    if (code) return disk_failure(code.value(), "create folder", path);
    std::filesystem::path above;
    for (const auto& part : whole) {
        const std::filesystem::path here = above / part;
        if (part.empty()) continue; // a '/' at the end
        if (::mkdir(here.c_str(), 0700) == 0) {
            auto parent = folder::open(above.string());
            if (!parent) return std::unexpected(parent.error());
            if (auto synced = (*parent)->sync(); !synced) return synced;
        } else if (const int cause = errno; cause != EEXIST && !std::filesystem::is_directory(here, code)) {
            return disk_failure(cause, "create folder", here.string());
        }
        above = here;
    }
    return {};
}

} // namespace refmail::store
