// The mailboxes of an account as folders; see the header.
#include "reference/store/account_folders.hpp"

#include "reference/store/account_index.hpp"
#include "reference/store/folder_name.hpp"

#include <cerrno>
#include <dirent.h>
#include <filesystem>

namespace refmail::store {

mailbox::result<folders_on_disk> folders_in(const std::string& root) {
    DIR* folder = ::opendir(root.c_str());
    if (!folder) return std::unexpected(trouble_of(disk_failure(errno, "read", root).error()));
    folders_on_disk all{{{"INBOX", ""}}, {}};
    while (const dirent* one = ::readdir(folder)) {
        if (one->d_name[0] != '.' ||
            (one->d_type != DT_DIR && one->d_type != DT_UNKNOWN && one->d_type != DT_LNK))
            continue;
        auto name = name_of(one->d_name);
        if (!name) continue;
        std::string directory = one->d_name;
        const auto [at, first] = all.mailboxes.try_emplace(*name, directory);
        if (first) continue;
        // Two for one name: ours, else the first by the alphabet.
        const auto ours = directory_of(*name);
        if (directory == *ours || (at->second != *ours && directory < at->second))
            std::swap(at->second, directory);
        all.hidden.push_back(std::move(directory));
    }
    ::closedir(folder);
    return all;
}

mailbox::result<std::string> folder_of(const std::string& root, const std::string& name) {
    auto ours = directory_of(name);
    std::error_code ignored;
    if (!ours || !may_be_written_otherwise(name) ||
        std::filesystem::is_directory(root + "/" + *ours, ignored))
        return ours;
    const auto all = folders_in(root);
    if (!all) return std::unexpected(all.error());
    const auto there = all->mailboxes.find(name);
    return there == all->mailboxes.end() ? ours : there->second;
}

} // namespace refmail::store
