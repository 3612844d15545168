// See the header.
#include "reference/store/folder_users.hpp"

namespace refmail::store {

mailbox::folder::watch folder_users::on_change(std::function<void()> changed) {
    auto handle = std::make_shared<std::function<void()>>(std::move(changed));
    const std::lock_guard hold(lock_);
    std::erase_if(watches_, [](const auto& one) { return one.expired(); });
    watches_.push_back(handle);
    return handle;
}

void folder_users::tell() {
    std::vector<std::shared_ptr<std::function<void()>>> all;
    {
        const std::lock_guard hold(lock_);
        for (const auto& one : watches_)
            if (auto alive = one.lock()) all.push_back(std::move(alive));
    }
    for (const auto& one : all)
        (*one)();
}

mailbox::result<std::shared_ptr<void>> folder_users::lock_exclusively(const std::string& name) {
    const std::lock_guard hold(lock_);
    if (!exclusive_.expired())
        return std::unexpected(
            mailbox::trouble{mailbox::trouble::kind::in_use, name + " is in use by another session"});
    const std::shared_ptr<void> handle = std::make_shared<char>();
    exclusive_ = handle;
    return handle;
}

} // namespace refmail::store
