// Who has a mailbox open, as far as its folder must know: those who want to hear of changes, and the one who
// has it for himself (POP3, RFC 1939 §8). The same for every format on the disk. Safe from any thread; calls
// nobody under its lock.
#pragma once
#include "reference/mailbox/folder.hpp"

#include <mutex>

namespace refmail::store {

class folder_users {
  public:
    mailbox::folder::watch on_change(std::function<void()> changed); // until the handle ends
    void tell();                                                     // to all of them
    // trouble::in_use while a handle is held; `name` is the mailbox's, for the words.
    mailbox::result<std::shared_ptr<void>> lock_exclusively(const std::string& name);

  private:
    std::mutex lock_;
    std::vector<std::weak_ptr<std::function<void()>>> watches_;
    std::weak_ptr<void> exclusive_;
};

} // namespace refmail::store
