// See the header. POSIX: rename() within a folder is atomic.
#include "harness/cli/report_file.hpp"

#include "harness/cli/refusal.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace mailspec::cli {

namespace fs = std::filesystem;

void report_file::refuse(int error) const {
    const bool no_folder = error == ENOENT;
    throw refusal(fmt::format("{} {}: the report cannot be written: {}{}", option_, path_,
                              std::strerror(error),
                              no_folder ? "; make its folder first, or name another one" : ""));
}

report_file::report_file(const std::string& option, std::string path)
    : option_(option)
    , path_(std::move(path)) {
    std::error_code ignored;
    const auto kind = fs::status(path_, ignored).type();
    if (kind == fs::file_type::directory)
        throw refusal(fmt::format("{} {}: that is a folder; name a file in it", option_, path_));
    if (kind != fs::file_type::not_found && kind != fs::file_type::regular) {
        file_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
        if (file_ < 0) refuse(errno);
        return;
    }
    beside_ = path_ + ".XXXXXX";
    file_ = ::mkostemp(beside_.data(), O_CLOEXEC);
    if (file_ < 0) {
        const int error = errno;
        beside_.clear();
        refuse(error);
    }
    const mode_t mask = ::umask(0); // mkstemp makes it private; a report is for all
    ::umask(mask);
    ::fchmod(file_, 0666 & ~mask);
}

report_file::~report_file() {
    if (file_ >= 0) ::close(file_);
    if (!beside_.empty()) ::unlink(beside_.c_str());
}

void report_file::commit(std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(file_, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) refuse(errno);
        text.remove_prefix(std::size_t(written));
    }
    const int closed = ::close(file_);
    file_ = -1;
    if (closed != 0) refuse(errno);
    if (beside_.empty()) return;
    if (::rename(beside_.c_str(), path_.c_str()) != 0) refuse(errno);
    beside_.clear();
}

} // namespace mailspec::cli
