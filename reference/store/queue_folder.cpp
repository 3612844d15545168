// The files of the queue; see the header.
#include "reference/store/queue_folder.hpp"

#include "reference/queue/file.hpp"

#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>
#include <unordered_set>
#include <utility>

namespace refmail::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece = 64 * 1024;

std::string base_path(const mail_store& mail, const std::string& id) {
    return mail.queue_path() + "/" + id;
}

result<std::string> read_some(int fd, std::size_t most, const std::string& path) {
    std::string octets;
    ssize_t got = 0;
    octets.resize_and_overwrite(most, [&](char* into, std::size_t room) {
        do
            got = ::read(fd, into, room);
        while (got < 0 && errno == EINTR);
        return got < 0 ? 0 : static_cast<std::size_t>(got);
    });
    if (got < 0) return disk_failure(errno, "read", path);
    return octets;
}

// False: it is half a list, which proves no message to be alone. A start with 100,000 entries passes here.
bool list_queue(const std::string& path, std::vector<std::string>& envelopes,
                std::vector<std::string>& messages) {
    DIR* folder = ::opendir(path.c_str());
    if (!folder) return false;
    errno = 0;
    while (const dirent* one = ::readdir(folder)) {
        const std::string_view name(one->d_name);
        constexpr std::string_view envelope = ".envelope", message = ".message";
        if (name.ends_with(envelope))
            envelopes.emplace_back(name.substr(0, name.size() - envelope.size()));
        else if (name.ends_with(message))
            messages.emplace_back(name.substr(0, name.size() - message.size()));
    }
    const bool whole = errno == 0;
    ::closedir(folder);
    return whole;
}

// Every LF was CR LF when it came (draft::append).
std::string with_crlf(std::string_view octets) {
    std::string made;
    made.reserve(octets.size() + octets.size() / 16 + 2);
    for (std::size_t lf; (lf = octets.find('\n')) != std::string_view::npos; octets.remove_prefix(lf + 1))
        made.append(octets.substr(0, lf)).append("\r\n");
    return made.append(octets);
}

} // namespace

result<queued_message> queued_message::open(const mail_store& mail, const queue::entry& e) {
    std::string path = base_path(mail, e.id) + ".message";
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return disk_failure(errno, "open", path);
    return queued_message(fd, std::move(path), e.body == queue::entry::body::binary_mime);
}

queued_message::queued_message(queued_message&& other) noexcept
    : fd_(std::exchange(other.fd_, -1))
    , path_(std::move(other.path_))
    , binary_(other.binary_) {}

queued_message& queued_message::operator=(queued_message&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(path_, other.path_);
    std::swap(binary_, other.binary_);
    return *this;
}

queued_message::~queued_message() {
    if (fd_ >= 0) ::close(fd_);
}

result<std::string> queued_message::read() {
    auto octets = read_some(fd_, piece, path_);
    if (!octets || binary_) return octets;
    return with_crlf(*octets);
}

queue_contents tidy_queue(const mail_store& mail) {
    queue_contents found;
    std::error_code ended, ignored;
    for (fs::directory_iterator at(mail.queue_path() + "/tmp", ended), end; !ended && at != end;
         at.increment(ended))
        found.leftovers_removed += fs::remove(at->path(), ignored) ? 1 : 0;
    std::vector<std::string> messages;
    if (!list_queue(mail.queue_path(), found.ids, messages)) return found;
    const std::unordered_set<std::string_view> envelopes(found.ids.begin(), found.ids.end());
    for (const auto& id : messages)
        if (!envelopes.contains(id))
            found.leftovers_removed += fs::remove(base_path(mail, id) + ".message", ignored) ? 1 : 0;
    return found;
}

result<queue::entry> read_entry(const mail_store& mail, const std::string& id) {
    const std::string path = base_path(mail, id) + ".envelope";
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return disk_failure(errno, "open", path);
    std::string whole;
    for (;;) {
        auto more = read_some(fd, piece, path);
        if (!more || more->empty()) {
            ::close(fd);
            if (!more) return std::unexpected(more.error());
            break;
        }
        whole += *more;
    }
    auto entry = queue::entry_from_json(whole);
    if (!entry)
        return std::unexpected(
            disk_error{disk_error::kind::failed, "cannot understand " + path + ": " + entry.error()});
    if (entry->id != id) // a copy that somebody made: its message is another's
        return std::unexpected(disk_error{disk_error::kind::failed,
                                          "cannot understand " + path + ": it calls itself " + entry->id});
    return std::move(*entry);
}

void update_entry(mail_store& mail, const queue::entry& e, commit_group::done finished) {
    auto made = file::create(mail.queue_path() + "/tmp/" + mail.new_name());
    if (!made) return finished(std::unexpected(made.error()));
    auto written = made->append(to_json(e));
    if (written) written = made->sync();
    if (!written) {
        ::unlink(made->path().c_str());
        return finished(written);
    }
    auto settle = [path = made->path(), finished = std::move(finished)](result<void> outcome) mutable {
        if (!outcome) ::unlink(path.c_str());
        finished(std::move(outcome));
    };
    const placement replaced{made->path(), base_path(mail, e.id) + ".envelope", mail.queue(),
                             placement::how::replace};
    mail.commits().submit({replaced}, std::move(settle));
}

void remove_entry(mail_store& mail, const std::string& id, commit_group::done finished) {
    const std::string base = base_path(mail, id);
    mail.commits().submit({{"", base + ".envelope", mail.queue(), placement::how::remove},
                           {"", base + ".message", mail.queue(), placement::how::remove}},
                          std::move(finished));
}

} // namespace refmail::store
