// Where mail lies; see the header.
#include "reference/store/mail_store.hpp"

#include "reference/store/maildir_account.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <unistd.h>

namespace refmail::store {

namespace fs = std::filesystem;

// The kernel lets go of it when the process ends, however it ends.
result<void> mail_store::lock_folder() {
    const std::string path = settings_.data + "/lock";
    lock_file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock_file_ < 0) return disk_failure(errno, "open", path);
    if (::flock(lock_file_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return std::unexpected(
            disk_error{disk_error::kind::failed, settings_.data + " is in use by another refmaild"});
    return {}; // a file system without locks: we go on without
}

result<std::unique_ptr<mail_store>> mail_store::open(settings wanted) {
    // '/' and ':' have a meaning in Maildir file names.
    for (char& c : wanted.host)
        if (c == '/' || c == ':') c = '_';
    std::unique_ptr<mail_store> opened(new mail_store(std::move(wanted)));
    const std::string& data = opened->settings_.data;
    for (const char* part : {"/maildir", "/queue/tmp"})
        if (auto made = make_folders(data + part); !made) return std::unexpected(made.error());
    if (const auto& mbox = opened->settings_.mbox; !mbox.empty())
        if (auto made = make_folders(fs::path(mbox.substr(0, mbox.find("{user}"))).parent_path()); !made)
            return std::unexpected(made.error());
    if (auto locked = opened->lock_folder(); !locked) return std::unexpected(locked.error());
    auto queue = folder::open(opened->queue_path());
    if (!queue) return std::unexpected(queue.error());
    opened->queue_ = *queue;
    if (opened->settings_.inotify) opened->watches_ = file_watch::start();
    opened->syncs_ = std::make_unique<worker_pool>(8);
    opened->pool_ = std::make_unique<worker_pool>(std::max<std::size_t>(1, opened->settings_.threads));
    return opened;
}

mail_store::~mail_store() {
    if (watches_) watches_->stop(); // it posts jobs
    if (pool_) pool_->finish();     // its jobs still write
    accounts_.clear();
    watches_.reset();
    if (lock_file_ >= 0) ::close(lock_file_);
}

std::shared_ptr<const folder> mail_store::queue() {
    const std::lock_guard hold(lock_);
    if (!queue_->is_still_there() && make_folders(queue_path() + "/tmp"))
        if (auto again = folder::open(queue_path())) queue_ = *again;
    return queue_; // the old one at worst: what is created in it fails, with its reason
}

std::string mail_store::maildir_path(const std::string& user) const {
    return settings_.data + "/maildir/" + user;
}

result<std::shared_ptr<const maildir>> mail_store::mailbox_of(const std::string& user) {
    {
        const std::lock_guard hold(lock_);
        if (const auto known = mailboxes_.find(user); known != mailboxes_.end()) {
            if (known->second->is_still_there()) return known->second;
            mailboxes_.erase(known);
        }
    }
    auto opened = maildir::open(maildir_path(user)); // syncs: not under the lock
    if (!opened) return opened;
    const std::lock_guard hold(lock_);
    return mailboxes_.emplace(user, *opened).first->second;
}

std::shared_ptr<mbox_file> mail_store::mbox_of(const std::string& user) {
    if (settings_.mbox.empty()) return nullptr;
    const std::lock_guard hold(lock_);
    auto& known = mboxes_[user];
    if (known) return known;
    mbox_file::settings how;
    how.path = settings_.mbox;
    for (auto at = how.path.find("{user}"); at != how.path.npos;
         at = how.path.find("{user}", at + user.size()))
        how.path.replace(at, 6, user);
    how.folder = maildir_path(user);
    how.wait = settings_.mbox_wait;
    how.log = settings_.log;
    known = std::make_shared<mbox_file>(std::move(how));
    return known;
}

} // namespace refmail::store
