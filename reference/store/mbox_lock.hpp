// Both locks of an mbox, as programs that share one take them: the lock of the open file (fcntl) and the file
// PATH.lock. Neither is waited for while the other is held, so programs that take them in another order
// cannot block us for good. A PATH.lock whose process on this host is gone, or which names none and is older
// than five minutes, is removed, as liblockfile does. The lock of the file is one of the open file
// (F_OFD_SETLK): it excludes other programs' fcntl() locks and other threads alike, and does not end when
// somebody else in this process closes the file. Reads and writes no mail.
// https://www.debian.org/doc/debian-policy/ch-customized-programs.html#mail-transport-delivery-and-user-agents
#pragma once
#include "reference/store/disk_error.hpp"

#include <chrono>
#include <string>

namespace refmail::store {

class mbox_lock {
  public:
    // The file is made if missing (0600). disk_error::kind::in_use after `wait`: who has it, and for how long
    // it was waited for, `before` this call too.
    static result<mbox_lock> take(const std::string& path, std::chrono::milliseconds wait,
                                  std::chrono::milliseconds before = {});
    mbox_lock(mbox_lock&& other) noexcept;
    mbox_lock& operator=(mbox_lock&& other) noexcept;
    ~mbox_lock(); // lets go of both

    int descriptor() const { return descriptor_; } // of the mbox, for reading and writing

  private:
    mbox_lock(std::string path, int descriptor)
        : path_(std::move(path))
        , descriptor_(descriptor) {}
    static result<int> try_both(const std::string& path, std::string& who);

    std::string path_; // of the mbox
    int descriptor_ = -1;
};

} // namespace refmail::store
