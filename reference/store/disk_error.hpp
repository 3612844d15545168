// What can go wrong on the disk, as a value: full, or anything else. The words name what was tried,
// the path and the system's reason; they are for the log, a client is told the kind only.
#pragma once
#include <expected>
#include <string>
#include <string_view>

namespace refmail::store {

struct disk_error {
    enum class kind {
        no_space,   // ENOSPC, EDQUOT, EFBIG: will be better when somebody makes room
        missing,    // ENOENT: not there, or not any more
        no_means,   // EMFILE, ENFILE, ENOMEM: nothing that the disk says; will be better soon
        over_quota, // this user's mailboxes are full
        in_use,     // an mbox that another program keeps locked: will be better soon
        failed,
    };
    disk_error::kind kind = kind::failed;
    std::string text; // "cannot write /var/mail/alice/tmp/1.2: No space left on device"
};

template <class T>
using result = std::expected<T, disk_error>;

std::unexpected<disk_error> disk_failure(int number, std::string_view doing, std::string_view path);

} // namespace refmail::store
