// What is under way in an mbox; see the header.
#include "reference/store/mbox_journal.hpp"

#include "reference/store/content_digest.hpp"
#include "reference/store/file.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

namespace refmail::store {
namespace {

constexpr std::size_t most_of_head = 256; // of an appended text, by which its beginning is known again

struct descriptor {
    int number = -1;
    ~descriptor() {
        if (number >= 0) ::close(number);
    }
};

// A line that proves itself: a torn one says nothing.
std::string sealed(std::string line) {
    return fmt::format("{} {}\n", line, digest_of(line));
}
std::optional<std::string> unsealed(std::string_view text) {
    const auto end = text.find('\n');
    if (end == text.npos || end < 33) return std::nullopt;
    const std::string line(text.substr(0, end - 33));
    if (sealed(line) != text.substr(0, end + 1)) return std::nullopt;
    return line;
}

struct append_record {
    unsigned long long offset = 0, length = 0;
    mbox_numbers numbers;
    std::string digest, head;
};

std::string text_of(const append_record& one) {
    return sealed(fmt::format("append {} {} {} {} {} {}", one.offset, one.length, one.numbers.validity,
                              one.numbers.first, one.digest, digest_of(one.head))) +
           one.head;
}

std::optional<append_record> append_in(const std::string& text) {
    const auto line = unsealed(text);
    if (!line) return std::nullopt;
    append_record found;
    char digest[33] = "", head[33] = "";
    if (std::sscanf(line->c_str(), "append %llu %llu %u %u %32s %32s", &found.offset, &found.length,
                    &found.numbers.validity, &found.numbers.first, digest, head) != 6)
        return std::nullopt;
    found.digest = digest;
    found.head = text.substr(text.find('\n') + 1);
    if (digest_of(found.head) != head) return std::nullopt;
    return found;
}

} // namespace

// In its own place: these octets lie in one block of the disk.
result<void> mbox_journal::write_append(const std::string& record) const {
    const std::string path = append_path();
    descriptor file{::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW)};
    const bool fresh = file.number < 0 && errno == ENOENT;
    if (fresh) file.number = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file.number < 0) return disk_failure(errno, "open", path);
    if (::ftruncate(file.number, static_cast<off_t>(record.size())) != 0)
        return disk_failure(errno, "write", path);
    if (auto done = write_octets(file.number, 0, record, path); !done) return done;
    if (::fdatasync(file.number) != 0) return disk_failure(errno, "sync", path);
    if (!fresh) return {};
    auto above = folder::open(folder_);
    return above ? (*above)->sync() : std::unexpected(above.error());
}

result<void> mbox_journal::begin_append(std::uint64_t offset, const mbox_text& text,
                                        const mbox_numbers& numbers) const {
    append_record one{offset, text.size(), numbers, "", ""};
    content_digest whole;
    auto read = text.each([&](std::string_view octets) -> result<void> {
        whole.add(octets);
        one.head += octets.substr(0, most_of_head - one.head.size());
        return {};
    });
    if (!read) return read;
    one.digest = whole.take();
    return write_append(text_of(one));
}

result<void> mbox_journal::end_append() const {
    return write_append("");
}

result<void> mbox_journal::mend_append(int mbox, const question& decided) const {
    descriptor file{::open(append_path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
    if (file.number < 0 && errno == ENOENT) return {};
    if (file.number < 0) return disk_failure(errno, "open", append_path());
    auto text = read_octets(file.number, {0, 2048}, append_path());
    if (!text) return std::unexpected(text.error());
    const auto one = append_in(*text);
    if (!one) return {}; // none, or one that was being written: the mbox was not touched
    const std::uint64_t size = octets_in(mbox), end = one->offset + one->length;
    if (size <= one->offset || (one->numbers.first != 0 && decided(one->numbers))) return end_append();
    result<void> done;
    if (size < end) { // a part
        auto head = read_octets(mbox, {one->offset, one->head.size()}, "the mbox");
        if (!head) return std::unexpected(head.error());
        if (one->head.starts_with(*head)) done = cut_off(mbox, one->offset);
    } else if (auto there = digest_of_octets(mbox, {one->offset, one->length}); !there) {
        return std::unexpected(there.error());
    } else if (*there != one->digest) {
        say(fmt::format("{}: a message of {} octets at octet {} was cut short by a crash, and another "
                        "program has written behind it: the part stays",
                        folder_ + "/mbox.append", one->length, one->offset));
    } else if (one->numbers.first != 0) { // whole, and its rows are not there
        done = size == end ? cut_off(mbox, one->offset) : remove(mbox, {{one->offset, one->length}});
    }
    if (!done) return done;
    return end_append();
}

result<void> mbox_journal::mend(int mbox, const question& decided) const {
    if (auto done = mend_rewrite(mbox); !done) return done;
    return mend_append(mbox, decided);
}

} // namespace refmail::store
