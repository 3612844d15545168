// A message as a file of a Maildir; see the header.
#include "reference/store/message_file.hpp"

#include "reference/message/binary_content.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace refmail::store {
namespace {

struct letter {
    char name;
    mailbox::flag_set bit;
};
// In the order of the alphabet, as the Maildir page has it.
constexpr letter letters[] = {{'D', mailbox::flag::draft},
                              {'F', mailbox::flag::flagged},
                              {'R', mailbox::flag::answered},
                              {'S', mailbox::flag::seen},
                              {'T', mailbox::flag::deleted}};

std::string_view letters_of(std::string_view info) {
    return info.starts_with(":2,") ? info.substr(3) : std::string_view();
}

bool is_raw(const std::string& path) {
    const auto slash = path.rfind('/');
    return split_name(std::string_view(path).substr(slash + 1)).base.ends_with(raw_mark);
}

std::size_t bare_line_feeds(std::string_view text) {
    std::size_t count = 0;
    for (const char *at = text.data(), *end = at + text.size(); at < end; ++at) {
        at = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
        if (!at) break;
        if (at == text.data() || at[-1] != '\r') ++count;
    }
    return count;
}

struct whole_file {
    std::string octets;
    std::int64_t changed = 0;
};

result<whole_file> read_file(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) return disk_failure(errno, "open", path);
    whole_file file;
    struct stat facts {};
    int cause = 0;
    if (::fstat(fd, &facts) != 0) cause = errno;
    if (cause == 0 && !S_ISREG(facts.st_mode)) cause = EINVAL; // a pipe that somebody put there
    file.changed = facts.st_mtime;
    const auto size = cause == 0 ? static_cast<std::size_t>(facts.st_size) : 0;
    file.octets.resize_and_overwrite(size, [&](char* into, std::size_t room) {
        std::size_t got = 0;
        while (got < room) {
            const ssize_t some = ::read(fd, into + got, room - got);
            if (some < 0 && errno == EINTR) continue;
            if (some < 0) cause = errno;
            if (some <= 0) break;
            got += static_cast<std::size_t>(some);
        }
        return got;
    });
    ::close(fd);
    if (cause != 0) return disk_failure(cause, "read", path);
    return file;
}

} // namespace

file_name split_name(std::string_view name) {
    const auto colon = name.find(':');
    if (colon == std::string_view::npos) return {name, {}};
    return {name.substr(0, colon), name.substr(colon)};
}

mailbox::flag_set flags_in(std::string_view info) {
    mailbox::flag_set flags = 0;
    for (const char c : letters_of(info))
        for (const auto& one : letters)
            if (c == one.name) flags |= one.bit;
    return flags;
}

std::string info_with(std::string_view info, mailbox::flag_set flags) {
    std::string wanted;
    for (const char c : letters_of(info))
        if (std::none_of(std::begin(letters), std::end(letters), [&](const auto& l) { return l.name == c; }))
            wanted += c;
    for (const auto& one : letters)
        if (flags & one.bit) wanted += one.name;
    std::sort(wanted.begin(), wanted.end());
    return ":2," + wanted;
}

bool encode_binary(std::string& octets) {
    if (!octets.contains('\0')) return false;
    auto text = message::without_binary(octets);
    if (text) octets = std::move(*text);
    return text.has_value();
}

// In its own place, from the end: big messages are not held twice.
void make_crlf(std::string& text) {
    std::size_t from = text.size(), to = from + bare_line_feeds(text);
    if (from == to) return;
    text.resize(to);
    while (from < to) {
        const char c = text[--from];
        text[--to] = c;
        if (c == '\n' && (from == 0 || text[from - 1] != '\r')) text[--to] = '\r';
    }
}

result<served_message> read_message(const std::string& path) {
    auto file = read_file(path);
    if (!file) return std::unexpected(file.error());
    served_message one;
    one.received = file->changed;
    one.octets = std::move(file->octets);
    if (!is_raw(path)) make_crlf(one.octets);
    encode_binary(one.octets);
    return one;
}

result<message_size> measure_message(const std::string& path) {
    const auto file = read_file(path);
    if (!file) return std::unexpected(file.error());
    message_size size;
    size.received = file->changed;
    if (file->octets.contains('\0')) {
        const auto served = read_message(path);
        if (!served) return std::unexpected(served.error());
        size.octets = served->octets.size();
        return size;
    }
    size.octets = file->octets.size() + (is_raw(path) ? 0 : bare_line_feeds(file->octets));
    return size;
}

// "\r\r\n" would come back as "\r\n", and a bare LF as CR LF.
stored_form to_store(std::string octets) {
    stored_form form;
    form.raw = bare_line_feeds(octets) > 0 || octets.contains("\r\r\n");
    if (!form.raw) {
        char* to = octets.data();
        for (const char *at = to, *end = to + octets.size(); at < end; ++at)
            if (*at != '\r' || at + 1 == end || at[1] != '\n') *to++ = *at;
        octets.resize(static_cast<std::size_t>(to - octets.data()));
    }
    form.octets = std::move(octets);
    return form;
}

} // namespace refmail::store
