// Text on its way into an mbox; see the header.
#include "reference/store/mbox_text.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace refmail::store {

mbox_text::~mbox_text() {
    if (file_ >= 0) ::close(file_);
}

result<void> mbox_text::add(std::string_view octets) {
    in_memory_ += octets;
    if (folder_.empty() || in_memory_.size() <= most_) return {};
    return spill();
}

result<void> mbox_text::spill() {
    if (file_ < 0) file_ = ::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file_ < 0) return disk_failure(errno, "create a file in", folder_);
    if (auto done = write_octets(file_, in_file_, in_memory_, "a file in " + folder_); !done) return done;
    in_file_ += in_memory_.size();
    in_memory_.clear();
    return {};
}

result<void> mbox_text::each(const std::function<result<void>(std::string_view)>& seen) const {
    if (!front_.empty())
        if (auto done = seen(front_); !done) return done;
    if (in_file_ > 0)
        if (auto done = each_piece(file_, {0, in_file_}, "a file in " + folder_, seen); !done) return done;
    return in_memory_.empty() ? result<void>() : seen(in_memory_);
}

} // namespace refmail::store
