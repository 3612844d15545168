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

// At the first start; later ones find it done and need not walk through all mail.
void hand_over(const std::string& folder, uid_t user, gid_t group) {
    struct stat facts {};
    if (::stat(folder.c_str(), &facts) == 0 && facts.st_uid == user && facts.st_gid == group) return;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        demand(::lchown(entry.path().c_str(), user, group) == 0,
               "cannot hand " + entry.path().string() + " to the user");
    // Last: it is the mark that all is done.
    demand(::lchown(folder.c_str(), user, group) == 0, "cannot hand " + folder + " to the user");
}

} // namespace

void drop_privileges(const std::string& user, const std::string& group, const std::string& folder) {
    if (user.empty() || ::geteuid() != 0) return;
    const passwd* account = ::getpwnam(user.c_str());
    if (!account) throw configuration_error(fmt::format("user: there is no user '{}' on this system", user));
    const uid_t uid = account->pw_uid;
    gid_t gid = account->pw_gid;
    if (!group.empty()) {
        const ::group* found = ::getgrnam(group.c_str());
        if (!found)
            throw configuration_error(fmt::format("group: there is no group '{}' on this system", group));
        gid = found->gr_gid;
    }
    hand_over(folder, uid, gid);
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
