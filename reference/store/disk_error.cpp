// What can go wrong on the disk; see the header.
#include "reference/store/disk_error.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <system_error>

namespace refmail::store {

std::unexpected<disk_error> disk_failure(int number, std::string_view doing, std::string_view path) {
    // EFBIG: the process may not write files that long (RLIMIT_FSIZE); a quota by another name.
    const bool full = number == ENOSPC || number == EDQUOT || number == EFBIG;
    const std::string why = std::generic_category().message(number);
    const bool no_means = number == EMFILE || number == ENFILE || number == ENOMEM;
    const auto kind = full               ? disk_error::kind::no_space
                      : number == ENOENT ? disk_error::kind::missing
                      : no_means         ? disk_error::kind::no_means
                                         : disk_error::kind::failed;
    return std::unexpected(disk_error{kind, fmt::format("cannot {} {}: {}", doing, path, why)});
}

} // namespace refmail::store
