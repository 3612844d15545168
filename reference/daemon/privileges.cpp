// From root to nobody in particular; see the header.
#include "reference/daemon/privileges.hpp"

#include "reference/daemon/configuration_error.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <filesystem>
#include <grp.h>
#include <pwd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace refmail::daemon {
namespace {

void demand(bool done, const std::string& what) {
    if (!done) throw configuration_error(fmt::format("{}: {}", what, std::generic_category().message(errno)));
}

namespace fs = std::filesystem;

bool belongs_to(const fs::path& path, uid_t user, gid_t group) {
    struct stat facts {};
    return ::lstat(path.c_str(), &facts) == 0 && facts.st_uid == user && facts.st_gid == group;
}

// What we made as root, and all that an earlier root left. A folder below `folder` that belongs to the
// user already is done with, so that later starts need not walk through all mail; `folder` itself may
// have been made for us by whoever installed us, which says nothing about what is in it.
void hand_over(const fs::path& folder, uid_t user, gid_t group) {
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (belongs_to(entry.path(), user, group)) continue;
        if (entry.is_directory() && !entry.is_symlink()) hand_over(entry.path(), user, group);
        demand(::lchown(entry.path().c_str(), user, group) == 0,
               "cannot hand " + entry.path().string() + " to the user");
    }
}

} // namespace

void drop_privileges(const std::string& user, const std::string& group, const std::string& folder) {
    if (user.empty() || ::geteuid() != 0) return;
    const passwd* account = ::getpwnam(user.c_str());
    if (!account)
        throw bad_setting({"user"}, "user", fmt::format("there is no user '{}' on this system", user));
    const uid_t uid = account->pw_uid;
    gid_t gid = account->pw_gid;
    if (!group.empty()) {
        const ::group* found = ::getgrnam(group.c_str());
        if (!found)
            throw bad_setting({"group"}, "group",
                              fmt::format("there is no group '{}' on this system", group));
        gid = found->gr_gid;
    }
    hand_over(folder, uid, gid);
    demand(::lchown(folder.c_str(), uid, gid) == 0, "cannot hand " + folder + " to the user");
    // In this order: without root one can give up no groups any more.
    demand(::setgroups(1, &gid) == 0, "cannot drop the supplementary groups");
    demand(::setresgid(gid, gid, gid) == 0, "cannot become group of " + user);
    demand(::setresuid(uid, uid, uid) == 0, "cannot become " + user);
    if (::setuid(0) == 0) throw configuration_error("privileges were dropped and could be had again");
}

void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit); // refused: we go on with what there is
}

} // namespace refmail::daemon
