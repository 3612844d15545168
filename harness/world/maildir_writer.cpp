// Writing into Maildirs; see the header.
#include "harness/world/maildir_writer.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace mailspec::world {
namespace {

std::unexpected<std::string> cannot(std::string_view what, const std::string& path) {
    return std::unexpected(fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

std::string with_lf(std::string_view message) {
    std::string text;
    text.reserve(message.size());
    for (std::size_t i = 0; i < message.size(); ++i)
        if (message.substr(i, 2) != "\r\n") text += message[i];
    return text;
}

// As root we are not whom the server runs as.
void give(const std::string& path, const struct stat& to) {
    if (::geteuid() == 0) (void)!::chown(path.c_str(), to.st_uid, to.st_gid);
}

std::expected<void, std::string> make_folder(const std::string& path, const struct stat& like) {
    if (::mkdir(path.c_str(), 0700) == 0)
        give(path, like);
    else if (errno != EEXIST)
        return cannot("make the folder", path);
    return {};
}

// Servers and readers go by names: seconds, then microseconds, of which no two messages have the same.
std::string new_name() {
    using namespace std::chrono;
    static microseconds last{};
    auto now = duration_cast<microseconds>(system_clock::now().time_since_epoch());
    if (now <= last) now = last + microseconds(1);
    last = now;
    return fmt::format("{}.M{:06}P{}.mailspec", now.count() / 1000000, now.count() % 1000000, ::getpid());
}

} // namespace

std::string maildir_of(std::string path, const mailbox_owner& owner) {
    const auto at = owner.address.rfind('@');
    const std::string domain = at == std::string::npos ? "" : owner.address.substr(at + 1);
    const std::pair<std::string, std::string> values[] = {
        {"{user}", owner.user}, {"{local-part}", owner.address.substr(0, at)}, {"{domain}", domain}};
    for (const auto& [name, value] : values)
        for (auto found = path.find(name); found != std::string::npos; found = path.find(name, found))
            path.replace(found, name.size(), value), found += value.size();
    return path;
}

std::expected<void, std::string> put_into_maildir(const std::string& folder, std::string_view message) {
    struct stat above {};
    const auto parent = folder.substr(0, folder.find_last_of('/'));
    if (::stat(folder.c_str(), &above) != 0 && ::stat(parent.c_str(), &above) != 0)
        return cannot("find the folder", parent);
    for (const auto& path : {folder, folder + "/tmp", folder + "/new", folder + "/cur"})
        if (auto made = make_folder(path, above); !made) return made;

    const auto name = new_name();
    const auto written = folder + "/tmp/" + name;
    const int file = ::open(written.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return cannot("write the message", written);
    const auto text = with_lf(message);
    bool whole = true;
    for (std::size_t done = 0; whole && done < text.size();) {
        const auto n = ::write(file, text.data() + done, text.size() - done);
        whole = n > 0;
        if (whole) done += static_cast<std::size_t>(n);
    }
    if (::close(file) != 0 || !whole) return cannot("write the message", written);
    give(written, above);
    const auto delivered = folder + "/new/" + name;
    if (::rename(written.c_str(), delivered.c_str()) != 0) return cannot("deliver the message", delivered);
    return {};
}

} // namespace mailspec::world
