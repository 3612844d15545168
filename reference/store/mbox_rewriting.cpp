// Messages taken out of an mbox in its place; see mbox_journal.hpp. The new end of the file, from the first
// message that goes on, is written into mbox.rewrite; once that has its name, the removal is decided. Then it
// is copied over the old end, and the file is shortened: others that have it open keep the same file. After a
// crash the copy begins anew. Whether the file was shortened already is told by the octets that the copy does
// not reach.
#include "reference/store/content_digest.hpp"
#include "reference/store/file.hpp"
#include "reference/store/mbox_journal.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <optional>
#include <unistd.h>

namespace refmail::store {
namespace {

constexpr std::uint64_t head_size = 256; // of mbox.rewrite; the new end of the mbox follows

struct open_file {
    int number = -1;
    ~open_file() {
        if (number >= 0) ::close(number);
    }
};

std::uint64_t sum(const auto& sources) {
    std::uint64_t octets = 0;
    for (const auto& one : sources)
        octets += one.where.length;
    return octets;
}

} // namespace

struct mbox_journal::rewriting {
    unsigned long long offset = 0; // where the new end begins
    unsigned long long before = 0; // the size of the file when it was begun
    unsigned long long length = 0; // of the new end
    std::string stale, fresh;      // digests: of [offset + length, before) in the old file, of the new end

    std::string head() const {
        const std::string line = fmt::format("rewrite {} {} {} {} {}", offset, before, length, stale, fresh);
        return fmt::format("{:<{}}\n", line + " " + digest_of(line), head_size - 1);
    }
    static std::optional<rewriting> from(const std::string& text) {
        rewriting one;
        char stale[33] = "", fresh[33] = "";
        if (std::sscanf(text.c_str(), "rewrite %llu %llu %llu %32s %32s", &one.offset, &one.before,
                        &one.length, stale, fresh) != 5)
            return std::nullopt;
        one.stale = stale;
        one.fresh = fresh;
        if (one.head() != text) return std::nullopt;
        return one;
    }
};

result<void> mbox_journal::write_rewrite(int mbox, std::uint64_t offset, std::uint64_t end,
                                         const std::vector<source>& rest) const {
    const std::string path = rewrite_path() + ".new";
    open_file record{::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (record.number < 0) return disk_failure(errno, "create", path);
    rewriting one;
    one.offset = offset;
    one.before = end;
    content_digest fresh;
    for (const auto& from : rest) {
        auto copied = each_piece(from.file, from.where, "the mbox", [&](std::string_view octets) {
            fresh.add(octets);
            auto done = write_octets(record.number, head_size + one.length, octets, path);
            one.length += octets.size();
            return done;
        });
        if (!copied) return copied;
    }
    if (one.length != sum(rest)) // somebody who takes no lock has shortened it meanwhile
        return std::unexpected(disk_error{disk_error::kind::in_use, "the mbox changes while it is locked"});
    one.fresh = fresh.take();
    auto stale = digest_of_octets(mbox, {offset + one.length, end - offset - one.length});
    if (!stale) return std::unexpected(stale.error());
    one.stale = *stale;
    if (auto done = write_octets(record.number, 0, one.head(), path); !done) return done;
    if (::fsync(record.number) != 0) return disk_failure(errno, "sync", path);
    return {};
}

// When it gets its name it is decided.
result<void> mbox_journal::begin_rewrite(int mbox, std::uint64_t offset, std::uint64_t end,
                                         const std::vector<source>& rest) const {
    const std::string fresh = rewrite_path() + ".new";
    auto done = write_rewrite(mbox, offset, end, rest);
    if (done && ::rename(fresh.c_str(), rewrite_path().c_str()) != 0)
        done = disk_failure(errno, "rename to", rewrite_path());
    if (!done) {
        ::unlink(fresh.c_str());
        return done;
    }
    auto above = folder::open(folder_);
    return above ? (*above)->sync() : std::unexpected(above.error());
}

result<void> mbox_journal::carry_on(int mbox, int record, const rewriting& one) const {
    std::uint64_t at = one.offset;
    auto done = each_piece(record, {head_size, one.length}, rewrite_path(), [&](std::string_view octets) {
        auto written = write_octets(mbox, at, octets, "the mbox");
        at += octets.size();
        return written;
    });
    if (!done) return done;
    if (::fsync(mbox) != 0) return disk_failure(errno, "sync", "the mbox");
    if (done = cut_off(mbox, one.offset + one.length); !done) return done;
    if (::unlink(rewrite_path().c_str()) != 0) return disk_failure(errno, "remove", rewrite_path());
    auto above = folder::open(folder_);
    return above ? (*above)->sync() : std::unexpected(above.error());
}

result<void> mbox_journal::remove(int mbox, const std::vector<mbox_extent>& gone) const {
    if (gone.empty()) return {};
    const std::uint64_t end = octets_in(mbox);
    std::vector<source> rest;
    for (std::size_t i = 0; i < gone.size(); ++i) {
        const std::uint64_t from = gone[i].offset + gone[i].length;
        const std::uint64_t to = i + 1 < gone.size() ? gone[i + 1].offset : end;
        if (from < to) rest.push_back({mbox, {from, to - from}});
    }
    if (auto begun = begin_rewrite(mbox, gone.front().offset, end, rest); !begun) return begun;
    return mend_rewrite(mbox);
}

result<void> mbox_journal::mend_rewrite(int mbox) const {
    open_file record{::open(rewrite_path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
    if (record.number < 0 && errno == ENOENT) return {};
    if (record.number < 0) return disk_failure(errno, "open", rewrite_path());
    const auto head = read_octets(record.number, {0, head_size}, rewrite_path());
    if (!head) return std::unexpected(head.error());
    const auto one = rewriting::from(*head);
    if (!one) return set_aside();
    const std::uint64_t size = octets_in(mbox), reached = one->offset + one->length;
    if (size >= one->before) {
        const auto stale = digest_of_octets(mbox, {reached, one->before - reached});
        if (!stale) return std::unexpected(stale.error());
        if (*stale == one->stale && size == one->before) return carry_on(mbox, record.number, *one);
        if (*stale == one->stale) { // another program has written behind it: that belongs to the new end
            auto again = begin_rewrite(
                mbox, one->offset, size,
                {{record.number, {head_size, one->length}}, {mbox, {one->before, size - one->before}}});
            return again ? mend_rewrite(mbox) : again;
        }
    }
    if (size < reached) return set_aside();
    const auto fresh = digest_of_octets(mbox, {one->offset, one->length});
    if (!fresh) return std::unexpected(fresh.error());
    if (*fresh != one->fresh) return set_aside();
    if (::unlink(rewrite_path().c_str()) != 0) return disk_failure(errno, "remove", rewrite_path());
    return {};
}

// Another program has rewritten the mbox since: it is not ours to carry on, and what may be of use is kept.
result<void> mbox_journal::set_aside() const {
    const std::string aside = fmt::format("{}.left-{}", rewrite_path(), std::time(nullptr));
    if (::rename(rewrite_path().c_str(), aside.c_str()) != 0) return disk_failure(errno, "rename to", aside);
    say(fmt::format("{}: removing messages from the mbox was interrupted by a crash, and another program "
                    "has changed it since; the end that it should have got is kept there",
                    aside));
    return {};
}

} // namespace refmail::store
