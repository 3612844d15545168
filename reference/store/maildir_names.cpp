// CREATE, DELETE and RENAME in a Maildir++ tree; see maildir_account.hpp. A folder of its own stands for each
// mailbox, not for each level: what is renamed with its children are many folders, journalled in the index.
// RFC 9051 §6.3.4 to §6.3.6, RFC 6154 §3.
#include "reference/store/account_folders.hpp"
#include "reference/store/folder_name.hpp"
#include "reference/store/mail_store.hpp"
#include "reference/store/maildir_account.hpp"
#include "reference/store/recovery.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace refmail::store {
namespace {

using kind = enum mailbox::trouble::kind;

std::unexpected<mailbox::trouble> refusal(enum mailbox::trouble::kind why, std::string text) {
    return std::unexpected(mailbox::trouble{why, std::move(text)});
}

bool is_below(const std::string& name, const std::string& above) {
    return name.size() > above.size() && name.starts_with(above) && name[above.size()] == '/';
}

} // namespace

mailbox::result<void> maildir_account::make_folder(const std::string& name,
                                                   const mailbox::special_uses& uses) {
    const auto directory = directory_of(name);
    if (!directory) return std::unexpected(directory.error());
    const std::lock_guard nobody_opens(open_lock_);
    if (const auto known = open_.find(name); known != open_.end()) {
        if (const auto former = known->second.lock()) former->removed(); // its folder went without us
        open_.erase(known);
    }
    const std::string path = path_of(*directory);
    auto made = maildir::open(path);
    if (!made) return std::unexpected(trouble_of(made.error()));
    // Maildir++: by this file a delivery agent knows that it is not a user's INBOX.
    const int marker = ::open((path + "/maildirfolder").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (marker >= 0) ::close(marker);
    auto known = parts_.index->mailbox_named(name);
    if (!known) return std::unexpected(known.error());
    account_index::changes change(*parts_.index);
    if (*known) change.remove_mailbox(name); // its folder went without us: this is another mailbox
    change.add_mailbox(name, uses);
    if (auto done = change.commit(); !done) return done;
    return parts_.index->sync();
}

mailbox::result<void> maildir_account::make_parents(const std::string& name) {
    for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
        const std::string above = name.substr(0, slash);
        const auto directory = folder_of(parts_.root, above);
        if (!directory) return std::unexpected(directory.error());
        if (is_on_disk(*directory)) continue;
        if (auto made = make_folder(above, {}); !made) return made;
    }
    return {};
}

mailbox::result<void> maildir_account::create(const std::string& name, const mailbox::special_uses& uses) {
    static const mailbox::special_uses known{"archive", "drafts", "flagged", "junk", "sent", "trash"};
    for (const auto& use : uses)
        if (!known.contains(use)) return refusal(kind::no_special_use, "no mailbox can be for \\" + use);
    const auto directory = folder_of(parts_.root, name);
    if (!directory) return std::unexpected(directory.error());
    const std::lock_guard hold(names_);
    if (is_on_disk(*directory)) return refusal(kind::exists, "there is a mailbox " + name);
    if (auto made = make_parents(name); !made) return made;
    return make_folder(name, uses);
}

mailbox::result<bool> maildir_account::has_children(const std::string& name) {
    const auto all = folders_in(parts_.root);
    if (!all) return std::unexpected(all.error());
    return std::ranges::any_of(all->mailboxes, [&](const auto& one) { return is_below(one.first, name); });
}

// The folder goes in one step, what is in it afterwards.
mailbox::result<void> maildir_account::remove(const std::string& name) {
    if (name == "INBOX") return refusal(kind::not_possible, "INBOX cannot be deleted");
    const auto directory = folder_of(parts_.root, name);
    if (!directory) return refusal(kind::missing, directory.error().text);
    const std::lock_guard hold(names_);
    if (!is_on_disk(*directory)) {
        const auto children = has_children(name);
        if (!children) return std::unexpected(children.error());
        if (*children) return refusal(kind::not_possible, name + " is no mailbox, there are some below it");
        return refusal(kind::missing, "there is no mailbox " + name);
    }
    const std::lock_guard nobody_opens(open_lock_);
    std::shared_ptr<maildir_folder> in_use;
    if (const auto known = open_.find(name); known != open_.end()) in_use = known->second.lock();
    if (in_use) in_use->removed();
    const std::string aside = parts_.root + "/tmp" + "/removed." + parts_.store.new_name();
    if (::rename(path_of(*directory).c_str(), aside.c_str()) != 0)
        return std::unexpected(trouble_of(disk_failure(errno, "remove", path_of(*directory)).error()));
    (void)root_->sync();
    open_.erase(name);
    if (in_use) lately_.remove(in_use);
    account_index::changes change(*parts_.index);
    change.remove_mailbox(name);
    auto done = change.commit();
    std::error_code ignored; // what stays is swept at the next start
    std::filesystem::remove_all(aside, ignored);
    return done;
}

mailbox::result<void> maildir_account::rename(const std::string& from, const std::string& to) {
    const auto target = directory_of(to);
    if (!target) return std::unexpected(target.error());
    if (is_below(to, from) && from != "INBOX")
        return refusal(kind::not_possible, from + " cannot go below itself");
    const std::lock_guard hold(names_);
    const auto all = folders_in(parts_.root);
    if (!all) return std::unexpected(all.error());
    if (all->mailboxes.contains(to)) return refusal(kind::exists, "there is a mailbox " + to);
    if (from == "INBOX") return rename_inbox(to);
    bool any = false;
    for (const auto& [name, directory] : all->mailboxes) {
        if (name != from && !is_below(name, from)) continue;
        any = true;
        const std::string after = to + name.substr(from.size());
        const auto possible = directory_of(after);
        if (!possible) return std::unexpected(possible.error());
        std::error_code ignored; // a file that somebody put there is in the way, too
        if (std::filesystem::exists(std::filesystem::symlink_status(path_of(*possible), ignored)))
            return refusal(kind::exists, "there is a mailbox " + after);
    }
    if (!any) return refusal(kind::missing, "there is no mailbox " + from);
    if (auto made = make_parents(to); !made) return made;
    return rename_open_ones(from, to);
}

// RFC 9051 §6.3.6: the messages move, INBOX stays with its children.
mailbox::result<void> maildir_account::rename_inbox(const std::string& to) {
    if (auto made = make_parents(to); !made) return made;
    if (auto made = make_folder(to, {}); !made) return made;
    auto inbox = open("INBOX");
    if (!inbox) return std::unexpected(inbox.error());
    auto there = opened(to);
    if (!there) return std::unexpected(there.error());
    std::vector<mailbox::uid> ids;
    for (const auto& one : (*inbox)->records())
        ids.push_back(one.id);
    if (ids.empty()) return {};
    auto moved = (*inbox)->move_to(**there, ids);
    if (!moved) return std::unexpected(moved.error());
    return {};
}

mailbox::result<void> maildir_account::rename_open_ones(const std::string& from, const std::string& to) {
    const std::lock_guard nobody_opens(open_lock_);
    std::vector<std::pair<std::string, std::shared_ptr<maildir_folder>>> moved;
    for (const auto& [name, known] : open_)
        if (name == from || is_below(name, from))
            if (auto alive = known.lock()) moved.emplace_back(name, std::move(alive));
    std::vector<std::unique_lock<std::mutex>> still;
    for (const auto& [name, one] : moved)
        still.push_back(one->hold_arrivals());
    for (const auto& [name, one] : moved)
        still.push_back(one->hold_changes());
    {
        account_index::changes change(*parts_.index);
        change.begin_renaming(from, to);
        if (auto done = change.commit(); !done) return done;
    }
    if (auto synced = parts_.index->sync(); !synced) return synced;
    const auto done = carry_out_renaming(parts_.root, *parts_.index, from, to);
    for (const auto& [name, one] : moved) {
        const std::string after = to + name.substr(from.size());
        if (!is_on_disk(*directory_of(after))) continue; // it stayed
        open_.erase(name);
        const auto row = parts_.index->mailbox_named(after);
        if (!row || !*row) continue;
        one->renamed(*directory_of(after), (*row)->validity);
        open_[after] = one;
    }
    if (!done) return done;
    return parts_.index->sync();
}

} // namespace refmail::store
