// An mbox on the disk; see the header.
#include "reference/store/mbox_file.hpp"

#include "reference/store/file_time.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace refmail::store {
namespace {

mbox_stamp stamp_of(const struct stat& facts) {
    return {facts.st_dev, facts.st_ino, static_cast<std::uint64_t>(facts.st_size), nanoseconds(facts.st_mtim),
            nanoseconds(facts.st_ctim)};
}

} // namespace

mbox_stamp mbox_file::look() const {
    struct stat facts {};
    return ::stat(how_.path.c_str(), &facts) == 0 ? stamp_of(facts) : mbox_stamp();
}

result<std::string> mbox_file::read(const mbox_extent& where) const {
    const int file = ::open(how_.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0) return disk_failure(errno, "open", how_.path);
    auto octets = read_octets(file, where, how_.path);
    ::close(file);
    return octets;
}

bool mbox_file::is_mended() const {
    const std::lock_guard guard(lock_);
    return mended_;
}

void mbox_file::damaged() {
    const std::lock_guard guard(lock_);
    mended_ = false;
}

result<void> mbox_file::wait_for_others() {
    std::unique_lock guard(lock_);
    if (!freed_.wait_for(guard, how_.wait, [&] { return !busy_; })) {
        if (held_up_)
            if (auto others = mbox_lock::take(how_.path, {}, how_.wait); !others)
                return std::unexpected(others.error());
        return std::unexpected(
            disk_error{disk_error::kind::in_use, how_.path + " is in use by other sessions or deliveries"});
    }
    busy_ = held_up_ = true;
    return {};
}

void mbox_file::free() {
    {
        const std::lock_guard guard(lock_);
        busy_ = false;
    }
    freed_.notify_one();
}

result<std::unique_ptr<mbox_file::hold>> mbox_file::lock() {
    return lock([](const mbox_numbers&) { return true; });
}

result<std::unique_ptr<mbox_file::hold>> mbox_file::lock(const mbox_journal::question& decided,
                                                         milliseconds patience) {
    if (auto mine = wait_for_others(); !mine) return std::unexpected(mine.error());
    auto locks = mbox_lock::take(how_.path, std::min(how_.wait, patience));
    if (!locks) {
        free();
        return std::unexpected(locks.error());
    }
    {
        const std::lock_guard guard(lock_);
        held_up_ = false;
    }
    std::unique_ptr<hold> held(new hold(shared_from_this(), std::move(*locks)));
    if (is_mended()) return held;
    if (auto mended = journal_.mend(held->mbox(), decided); !mended) return std::unexpected(mended.error());
    const std::lock_guard guard(lock_);
    mended_ = true;
    return held;
}

mbox_file::hold::~hold() {
    take_back();
    locks_.reset();
    of_->free();
}

mbox_stamp mbox_file::hold::stamp() const {
    struct stat facts {};
    return ::fstat(mbox(), &facts) == 0 ? stamp_of(facts) : mbox_stamp();
}

result<void> mbox_file::hold::each(const mbox_extent& where,
                                   const std::function<void(std::string_view)>& seen) const {
    return each_piece(mbox(), where, of_->path(), [&](std::string_view octets) -> result<void> {
        seen(octets);
        return {};
    });
}

// What the message before lacks of its end: other programs may have left no empty line, or half a line.
result<std::string> mbox_file::hold::border() const {
    const auto all = size();
    if (all == 0) return "";
    const auto end = read_octets(mbox(), {all < 2 ? 0 : all - 2, 2}, of_->path());
    if (!end) return end;
    return *end == "\n\n" || *end == "\n" ? "" : end->ends_with('\n') ? "\n" : "\n\n";
}

result<std::uint64_t> mbox_file::hold::append(mbox_text&& text, const mbox_numbers& numbers) {
    auto gap = border();
    if (!gap) return std::unexpected(gap.error());
    const std::uint64_t before = size(), begin = before + gap->size();
    text.put_in_front(std::move(*gap));
    if (auto begun = of_->journal_.begin_append(before, text, numbers); !begun)
        return std::unexpected(begun.error());
    before_ = before;
    has_rows_ = numbers.first != 0;
    auto written = text.each([&, at = before](std::string_view octets) mutable {
        auto done = write_octets(mbox(), at, octets, of_->path());
        at += octets.size();
        return done;
    });
    if (written && ::fsync(mbox()) != 0) written = disk_failure(errno, "sync", of_->path());
    if (written) return begin;
    take_back();
    return std::unexpected(written.error());
}

// Where rows tell of it the record says nothing more, and stays until the next one. Of a delivery it is found
// at the next start, should this fail, and the text whole.
void mbox_file::hold::keep() {
    before_.reset();
    if (!has_rows_) (void)of_->journal_.end_append();
}

void mbox_file::hold::take_back() {
    if (!before_) return;
    const auto cut = cut_off(mbox(), *before_);
    before_.reset();
    if (!cut || !of_->journal_.end_append()) of_->damaged();
}

result<void> mbox_file::hold::remove(const std::vector<mbox_extent>& gone) {
    auto done = of_->journal_.remove(mbox(), gone);
    if (!done) of_->damaged();
    return done;
}

} // namespace refmail::store
