// The mailboxes of one user as a Maildir++ tree; see the header. Names that change: maildir_names.cpp.
#include "reference/store/maildir_account.hpp"

#include "reference/store/account_folders.hpp"
#include "reference/store/folder_name.hpp"
#include "reference/store/mail_store.hpp"
#include "reference/store/recovery.hpp"

#include <filesystem>
#include <unistd.h>

namespace refmail::store {
namespace {

using kind = enum mailbox::trouble::kind;
constexpr std::size_t most_kept_open = 16;

// Mailboxes that were being removed when a crash came.
void sweep(const std::string& tmp) {
    namespace fs = std::filesystem;
    std::error_code ended, ignored;
    for (fs::directory_iterator at(tmp, ended), end; !ended && at != end; at.increment(ended))
        if (at->path().filename().native().starts_with("removed.")) fs::remove_all(at->path(), ignored);
}

} // namespace

mailbox::result<std::shared_ptr<maildir_account>>
maildir_account::open(mail_store& store, const std::string& user, const settings& how) {
    auto inbox = store.mailbox_of(user);
    if (!inbox) return std::unexpected(trouble_of(inbox.error()));
    const std::string path = store.maildir_path(user);
    auto root = folder::open(path);
    if (!root) return std::unexpected(trouble_of(root.error()));
    auto index = account_index::open(path, how.log, store.texts());
    if (!index) return std::unexpected(index.error());
    if (auto recovered = recover_account(path, **index, store.mbox_of(user) != nullptr); !recovered)
        return std::unexpected(recovered.error());
    sweep(path + "/tmp");
    account_parts parts{store, path, *index, std::make_shared<store::quota>(*index, how.quota)};
    std::shared_ptr<maildir_account> made(new maildir_account(user, how, std::move(parts), std::move(*root)));
    made->parts_.quota->count_by([account = std::weak_ptr(made)]() -> mailbox::result<void> {
        const auto alive = account.lock();
        if (!alive) return {};
        if (auto inbox = alive->open("INBOX"); !inbox) return std::unexpected(inbox.error());
        return {};
    });
    return made;
}

maildir_account::~maildir_account() {
    for (const auto& one : lately_)
        one->note();
    if (mbox_) mbox_->note();
}

std::string maildir_account::path_of(const std::string& directory) const {
    return parts_.root + (directory.empty() ? "" : "/" + directory);
}

bool maildir_account::is_on_disk(const std::string& directory) const {
    std::error_code ignored;
    return std::filesystem::is_directory(path_of(directory), ignored);
}

void maildir_account::keep(const std::string& name, const std::shared_ptr<maildir_folder>& one) {
    open_[name] = one;
    lately_.remove(one);
    lately_.push_front(one);
    if (lately_.size() <= most_kept_open) return;
    lately_.back()->note();
    lately_.pop_back();
    std::erase_if(open_, [](const auto& known) { return known.second.expired(); });
}

// Opening may take long (100,000 messages); one at a time, for a mailbox must not be open twice.
mailbox::result<std::shared_ptr<maildir_folder>> maildir_account::opened(const std::string& name) {
    const std::lock_guard hold(open_lock_);
    if (const auto known = open_.find(name); known != open_.end())
        if (auto alive = known->second.lock(); alive && alive->is_there()) {
            keep(name, alive);
            return alive;
        }
    const auto directory = folder_of(parts_.root, name);
    if (!directory) // no mailbox may be called so: there is none
        return std::unexpected(mailbox::trouble{kind::missing, directory.error().text});
    if (!is_on_disk(*directory))
        return std::unexpected(mailbox::trouble{kind::missing, "there is no mailbox " + name});
    // A program may have made the folder and nothing in it.
    for (const char* part : {"/new", "/cur"})
        if (!is_on_disk(*directory + part))
            if (auto whole = maildir::open(path_of(*directory)); !whole)
                return std::unexpected(trouble_of(whole.error()));
    auto made = maildir_folder::open(parts_, name, *directory);
    if (made) keep(name, *made);
    return made;
}

mailbox::result<std::shared_ptr<mbox_folder>> maildir_account::opened_mbox() {
    auto file = parts_.store.mbox_of(user_);
    if (!file) return std::shared_ptr<mbox_folder>();
    const std::lock_guard hold(open_lock_);
    if (mbox_) return mbox_;
    auto made = mbox_folder::open(parts_, std::move(file), how_.log);
    if (made) mbox_ = *made;
    return made;
}

mailbox::result<std::shared_ptr<mailbox::folder>> maildir_account::open(const std::string& name) {
    if (name == "INBOX") {
        auto mbox = opened_mbox();
        if (!mbox) return std::unexpected(mbox.error());
        if (*mbox) {
            if (auto looked = (*mbox)->refresh(); !looked && looked.error().kind != kind::no_space)
                return std::unexpected(looked.error());
            return *mbox;
        }
    }
    auto one = opened(name);
    if (!one) return std::unexpected(one.error());
    // On a full disk what is known already can still be read.
    if (auto looked = (*one)->refresh(); !looked && looked.error().kind != kind::no_space)
        return std::unexpected(looked.error());
    if (!(*one)->is_there())
        return std::unexpected(mailbox::trouble{kind::missing, "there is no mailbox " + name});
    return *one;
}

mailbox::result<std::vector<mailbox::entry>> maildir_account::list() {
    const auto folders = folders_in(parts_.root);
    if (!folders) return std::unexpected(folders.error());
    if (!folders->hidden.empty()) tell_of_hidden(*folders);
    const auto subscribed = parts_.index->subscriptions();
    if (!subscribed) return std::unexpected(subscribed.error());
    const auto uses = parts_.index->special_uses();
    if (!uses) return std::unexpected(uses.error());
    std::map<std::string, mailbox::entry> all;
    const auto at = [&](const std::string& name) -> mailbox::entry& {
        const auto [found, fresh] = all.try_emplace(name);
        if (fresh) {
            found->second.name = name;
            found->second.exists = found->second.selectable = false;
        }
        return found->second;
    };
    for (const auto& [name, directory] : folders->mailboxes) {
        auto& one = at(name);
        one.exists = one.selectable = true;
        if (const auto known = uses->find(name); known != uses->end()) one.uses = known->second;
        for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1))
            at(name.substr(0, slash));
    }
    for (const auto& name : *subscribed)
        at(name).subscribed = true;
    std::vector<mailbox::entry> sorted;
    sorted.reserve(all.size());
    sorted.push_back(std::move(all.extract("INBOX").mapped()));
    for (auto& [name, one] : all)
        sorted.push_back(std::move(one));
    return sorted;
}

void maildir_account::tell_of_hidden(const folders_on_disk& folders) {
    if (!how_.log || told_of_hidden_.exchange(true)) return;
    for (const auto& one : folders.hidden)
        how_.log(path_of(one) + ": the name of its mailbox is that of " +
                 path_of(folders.mailboxes.at(*name_of(one))) +
                 ", too; nobody can read it until one of them is renamed");
}

mailbox::result<void> maildir_account::subscribe(const std::string& name, bool on) {
    if (const auto directory = directory_of(name); !directory && on)
        return std::unexpected(directory.error());
    account_index::changes change(*parts_.index);
    change.subscribe(name, on);
    return change.commit();
}

mailbox::result<mailbox::appended> maildir_account::append(const std::string& name,
                                                           std::vector<mailbox::to_append> messages) {
    auto mbox = name == "INBOX" ? opened_mbox() : std::shared_ptr<mbox_folder>();
    if (!mbox) return std::unexpected(mbox.error());
    auto to = *mbox ? std::shared_ptr<maildir_folder>() : opened(name);
    if (!to) return std::unexpected(to.error());
    std::uint64_t octets = 0;
    for (const auto& one : messages)
        octets += one.octets.size();
    const auto room = room_for(octets, messages.size());
    if (!room) return std::unexpected(room.error());
    return *mbox ? (*mbox)->append(std::move(messages)) : (*to)->append(std::move(messages));
}

mailbox::result<mailbox::quota_root> maildir_account::quota() {
    if (auto inbox = open("INBOX"); !inbox) return std::unexpected(inbox.error());
    return parts_.quota->root();
}

mailbox::result<void> maildir_account::set_quota(std::optional<std::uint64_t> storage,
                                                 std::optional<std::uint64_t> messages) {
    if (!how_.users_set_quota)
        return std::unexpected(
            mailbox::trouble{kind::not_possible, user_ + " may not change the limits of the account"});
    return parts_.quota->set({storage, messages});
}

void maildir_account::delivered() {
    std::shared_ptr<maildir_folder> inbox;
    {
        const std::unique_lock hold(open_lock_, std::try_to_lock); // who opens a mailbox looks into it
        if (!hold) return;
        if (mbox_) return mbox_->wake();
        if (const auto known = open_.find("INBOX"); known != open_.end()) inbox = known->second.lock();
    }
    if (!inbox) return;
    if (!parts_.store.watches()) inbox->heard_too_much();
    inbox->wake();
}

mailbox::result<std::shared_ptr<void>> maildir_account::room_for(std::uint64_t octets,
                                                                 std::uint64_t messages) {
    return parts_.quota->reserve(octets, messages);
}

} // namespace refmail::store
