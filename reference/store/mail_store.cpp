// Where mail lies; see the header.
#include "reference/store/mail_store.hpp"

#include <algorithm>

namespace refmail::store {

result<std::unique_ptr<mail_store>> mail_store::open(settings wanted) {
    // '/' and ':' have a meaning in Maildir file names.
    for (char& c : wanted.host)
        if (c == '/' || c == ':') c = '_';
    std::unique_ptr<mail_store> opened(new mail_store(std::move(wanted)));
    const std::string& data = opened->settings_.data;
    for (const char* part : {"/maildir", "/queue/tmp"})
        if (auto made = make_folders(data + part); !made) return std::unexpected(made.error());
    auto queue = folder::open(opened->queue_path());
    if (!queue) return std::unexpected(queue.error());
    opened->queue_ = *queue;
    opened->pool_ = std::make_unique<worker_pool>(std::max<std::size_t>(1, opened->settings_.threads));
    return opened;
}

mail_store::~mail_store() = default;

std::string mail_store::maildir_path(const std::string& user) const {
    return settings_.data + "/maildir/" + user;
}

result<std::shared_ptr<const maildir>> mail_store::mailbox_of(const std::string& user) {
    {
        const std::lock_guard hold(lock_);
        if (const auto known = mailboxes_.find(user); known != mailboxes_.end()) return known->second;
    }
    auto opened = maildir::open(maildir_path(user)); // syncs: not under the lock
    if (!opened) return opened;
    const std::lock_guard hold(lock_);
    return mailboxes_.emplace(user, *opened).first->second;
}

} // namespace refmail::store
