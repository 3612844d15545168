// What a crash left half done in an account; see the header.
#include "reference/store/recovery.hpp"

#include "reference/store/account_folders.hpp"
#include "reference/store/file.hpp"
#include "reference/store/folder_name.hpp"
#include "reference/store/message_file.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <set>
#include <unistd.h>

namespace refmail::store {
namespace {

namespace fs = std::filesystem;

bool is_of(const std::string& name, const std::string& tree) {
    return name == tree || name.starts_with(tree + "/");
}

// A file may have got other letters meanwhile; its base stays.
std::string present_name(const std::string& path) {
    if (::access(path.c_str(), F_OK) == 0) return path;
    const auto slash = path.rfind('/') + 1;
    const auto wanted = split_name(std::string_view(path).substr(slash)).base;
    std::error_code ended;
    for (fs::directory_iterator at(path.substr(0, slash), ended), end; !ended && at != end;
         at.increment(ended)) {
        const std::string name = at->path().filename();
        if (split_name(name).base == wanted) return at->path();
    }
    return "";
}

std::string directory_above(const std::string& root, const arrival& one) {
    const auto directory = folder_of(root, one.mailbox);
    if (!directory) return "";
    return root + (directory->empty() ? "" : "/" + *directory) + (one.message.fresh ? "/new/" : "/cur/");
}

mailbox::result<void> take_up_arrivals(const std::string& root, account_index& index) {
    const auto all = index.arrivals();
    if (!all) return std::unexpected(all.error());
    if (all->empty()) return {};
    std::set<std::string> touched;
    for (const auto& one : *all) {
        const std::string where = directory_above(root, one);
        if (where.empty() || !present_name(where + one.message.base).empty()) continue;
        const std::string from = present_name(root + "/" + one.from);
        if (from.empty()) continue; // a row without a file: it vanishes at the first look
        ::rename(from.c_str(), (where + one.message.base + one.message.info).c_str());
        touched.insert(where);
    }
    for (const auto& where : touched)
        if (auto opened = folder::open(where)) (void)(*opened)->sync();
    account_index::changes change(index);
    change.settle_all();
    return change.commit();
}

// What was moved into an mbox, or out of one that is a Maildir now.
mailbox::result<void> drop_leaving(const std::string& root, account_index& index, bool inbox_is_mbox) {
    const auto all = index.leaving();
    if (!all) return std::unexpected(all.error());
    for (const auto& [name, base] : *all) {
        if (name == "INBOX" && inbox_is_mbox) continue; // mbox_folder.hpp
        const auto directory = folder_of(root, name);
        const auto box = index.mailbox_named(name);
        if (!box) return std::unexpected(box.error());
        if (!directory || !*box) continue;
        for (const char* part : {"/new/", "/cur/"}) {
            const std::string where = root + (directory->empty() ? "" : "/" + *directory) + part;
            if (const auto path = present_name(where + base); !path.empty()) ::unlink(path.c_str());
        }
        account_index::changes change(index);
        change.left(**box, base);
        if (auto done = change.commit(); !done) return done;
    }
    return {};
}

mailbox::result<void> move_folder(const std::string& root, const std::string& before, const std::string& to) {
    const auto after = directory_of(to);
    if (!after) return std::unexpected(after.error());
    const std::string target = root + "/" + *after;
    if (::rename((root + "/" + before).c_str(), target.c_str()) != 0)
        return std::unexpected(trouble_of(disk_failure(errno, "rename to", target).error()));
    return {};
}

} // namespace

mailbox::result<void> carry_out_renaming(const std::string& root, account_index& index,
                                         const std::string& from, const std::string& to) {
    const auto there = folders_in(root);
    if (!there) return std::unexpected(there.error());
    mailbox::result<void> all_moved;
    std::set<std::string> stayed;
    for (const auto& [name, directory] : there->mailboxes) {
        if (!is_of(name, from)) continue;
        auto moved = move_folder(root, directory, to + name.substr(from.size()));
        if (moved) continue;
        all_moved = std::move(moved);
        stayed.insert(name);
    }
    if (auto opened = folder::open(root); !opened || !(*opened)->sync())
        return std::unexpected(mailbox::trouble{mailbox::trouble::kind::failed, "cannot sync " + root});
    const auto known = index.mailbox_names();
    if (!known) return std::unexpected(known.error());
    account_index::changes change(index);
    for (const auto& name : *known)
        if (is_of(name, from) && !stayed.contains(name))
            change.rename_mailbox(name, to + name.substr(from.size()));
    // Also when some stayed: what the disk refuses today must not keep the user out tomorrow.
    change.end_renaming();
    if (auto done = change.commit(); !done) return done;
    return all_moved;
}

mailbox::result<void> recover_account(const std::string& root, account_index& index, bool inbox_is_mbox) {
    const auto begun = index.renaming();
    if (!begun) return std::unexpected(begun.error());
    if (*begun)
        if (auto done = carry_out_renaming(root, index, (*begun)->first, (*begun)->second); !done)
            return done;
    if (auto done = take_up_arrivals(root, index); !done) return done;
    return drop_leaving(root, index, inbox_is_mbox);
}

} // namespace refmail::store
