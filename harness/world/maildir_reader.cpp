// Reads Maildirs (https://cr.yp.to/proto/maildir.html): each file of new/ and cur/ once, by its name
// without the flags, however often one looks. A folder that does not exist yet holds no mail. Files that
// were there before the reader are never opened: a live mailbox may hold gigabytes.
#include "harness/world/crlf.hpp"
#include "harness/world/maildir_writer.hpp"
#include "net/event.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <map>
#include <set>
#include <sys/stat.h>
#include <tuple>
#include <unistd.h>

namespace mailspec::world {
namespace {

// The clock of a file server may be behind ours.
constexpr std::time_t clock_slack = 60;
// Octets read before the event loop has its turn again.
constexpr std::size_t most_at_once = 4 * 1024 * 1024;

struct found_file {
    std::time_t seconds = 0;
    long nanoseconds = 0;
    std::string name; // without flags
    std::string path;
    auto age() const { return std::tie(seconds, nanoseconds, name); }
};

// What is known of one Maildir. Messages stay in memory: the same ones are searched for many tokens.
struct folder {
    std::set<std::string> seen;
    std::vector<std::string> messages; // canonical, oldest first
    struct search {
        std::size_t next = 0; // of messages
        std::vector<std::string> found;
    };
    std::map<std::string, search, std::less<>> searches;
};

net::error failed(std::string_view what, const std::string& path) {
    return {net::failure::other, fmt::format("cannot read the {} {}: {}", what, path, std::strerror(errno))};
}

class maildir final : public mailbox_reader {
  public:
    explicit maildir(std::string path)
        : path_(std::move(path))
        , began_(std::time(nullptr) - clock_slack) {}

    net::task<net::result<std::vector<std::string>>> find(const mailbox_owner& owner,
                                                          std::string_view token) override {
        const auto root = maildir_of(path_, owner);
        auto files = unseen(root);
        if (!files) co_return std::unexpected(files.error());
        std::size_t octets = 0;
        for (const auto& file : *files) {
            const auto taken = take(folders_[root], file);
            if (!taken) co_return std::unexpected(taken.error());
            octets += *taken;
            if (octets < most_at_once) continue;
            octets = 0;
            const auto at_once = net::deadline::in(net::clock::duration::zero());
            co_await net::sleep_until(at_once);
        }
        co_return search(folders_[root], token);
    }

  private:
    // Files of new/ and cur/ not read yet, the oldest first.
    net::result<std::vector<found_file>> unseen(const std::string& root) {
        std::vector<found_file> files;
        for (const char* part : {"/new", "/cur"}) {
            const auto path = root + part;
            DIR* listing = ::opendir(path.c_str());
            if (!listing && (errno == ENOENT || errno == ENOTDIR)) continue;
            if (!listing) return std::unexpected(failed("folder", path));
            const auto& seen = folders_[root].seen;
            while (const dirent* entry = ::readdir(listing)) {
                if (entry->d_name[0] == '.') continue;
                const std::string_view whole = entry->d_name;
                found_file file;
                file.name = whole.substr(0, whole.find(':'));
                if (seen.contains(file.name)) continue;
                file.path = path + '/' + entry->d_name;
                struct stat facts {};
                if (::stat(file.path.c_str(), &facts) != 0) continue; // it moves to cur/ just now
                file.seconds = facts.st_mtim.tv_sec;
                file.nanoseconds = facts.st_mtim.tv_nsec;
                if (S_ISREG(facts.st_mode)) files.push_back(std::move(file));
            }
            ::closedir(listing);
        }
        std::ranges::sort(files, [](const auto& a, const auto& b) { return a.age() < b.age(); });
        return files;
    }

    // Reads a file once; returns its octets. One that is gone by now is met again in cur/.
    net::result<std::size_t> take(folder& in, const found_file& file) {
        if (in.seen.contains(file.name)) return 0; // another look did, while this one let the loop run
        if (file.seconds < began_) {
            in.seen.insert(file.name);
            return 0;
        }
        const int handle = ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC);
        if (handle < 0 && errno == ENOENT) return 0;
        if (handle < 0) return std::unexpected(failed("message", file.path));
        std::string raw;
        struct stat facts {};
        if (::fstat(handle, &facts) == 0) raw.resize(static_cast<std::size_t>(facts.st_size));
        std::size_t got = 0;
        while (got < raw.size()) {
            const auto n = ::read(handle, raw.data() + got, raw.size() - got);
            if (n <= 0) break;
            got += static_cast<std::size_t>(n);
        }
        ::close(handle);
        raw.resize(got);
        in.seen.insert(file.name);
        in.messages.push_back(with_crlf(raw));
        return got;
    }

    static std::vector<std::string> search(folder& in, std::string_view token) {
        auto at = in.searches.find(token);
        if (at == in.searches.end()) at = in.searches.emplace(std::string(token), folder::search{}).first;
        auto& s = at->second;
        for (; s.next < in.messages.size(); ++s.next)
            if (in.messages[s.next].find(token) != std::string::npos) s.found.push_back(in.messages[s.next]);
        return s.found;
    }

    std::string path_;
    std::time_t began_;
    std::map<std::string, folder> folders_;
};

} // namespace

std::unique_ptr<mailbox_reader> maildir_reader(std::string maildir_path) {
    return std::make_unique<maildir>(std::move(maildir_path));
}

} // namespace mailspec::world
