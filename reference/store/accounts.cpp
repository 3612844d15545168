// The accounts of a store: opened when somebody asks, kept while it is likely that somebody asks again; see
// mail_store.hpp.
#include "reference/store/mail_store.hpp"
#include "reference/store/maildir_account.hpp"

namespace refmail::store {
namespace {

// An account that nobody uses costs some descriptors and the mailboxes that it keeps open.
constexpr std::size_t most_kept = 200;

} // namespace

std::shared_ptr<mail_store::slot> mail_store::slot_of(const std::string& user) {
    std::vector<std::shared_ptr<slot>> idle; // closed outside the lock
    const std::lock_guard hold(lock_);
    auto& mine = accounts_[user];
    if (!mine) mine = std::make_shared<slot>();
    const auto kept = mine;
    if (accounts_.size() > most_kept)
        std::erase_if(accounts_, [&](const auto& known) {
            if (known.second.use_count() > 1 || known.second->account.use_count() > 1) return false;
            idle.push_back(known.second);
            return true;
        });
    return kept;
}

mailbox::result<std::shared_ptr<maildir_account>> mail_store::opened_account(const std::string& user) {
    const auto mine = slot_of(user);
    const std::lock_guard hold(mine->lock);
    auto& known = mine->account;
    // While a session goes on, the UIDs that its client knows do, too; then nobody waits for a restart.
    const bool damaged = known && known.use_count() == 1 && known->has_damaged_index();
    if (known && known->is_still_there() && !damaged) return known;
    known.reset();
    maildir_account::settings how;
    const auto own = settings_.quota_of.find(user);
    how.quota = own == settings_.quota_of.end() ? settings_.quota : own->second;
    how.users_set_quota = settings_.users_set_quota;
    how.log = settings_.log;
    auto opened = maildir_account::open(*this, user, how);
    if (opened) mine->account = *opened;
    return opened;
}

mailbox::result<std::shared_ptr<mailbox::account>> mail_store::account_of(const std::string& user) {
    auto opened = opened_account(user);
    if (!opened) return std::unexpected(opened.error());
    return *opened;
}

result<std::shared_ptr<mbox_folder>> mail_store::mbox_inbox_of(const std::string& user) {
    auto opened = opened_account(user);
    auto inbox = opened ? (*opened)->open("INBOX") : std::unexpected(opened.error());
    if (inbox) return std::dynamic_pointer_cast<mbox_folder>(*inbox);
    return std::unexpected(disk_error_of(inbox.error()));
}

void mail_store::delivered_to(const std::string& user) {
    std::shared_ptr<slot> mine;
    {
        const std::lock_guard hold(lock_);
        const auto known = accounts_.find(user);
        if (known == accounts_.end()) return;
        mine = known->second;
    }
    // Whoever opens the account right now will look for itself; deliveries do not wait for that.
    const std::unique_lock hold(mine->lock, std::try_to_lock);
    if (hold && mine->account) mine->account->delivered();
}

bool mail_store::has_limits() const {
    return settings_.quota.storage || settings_.quota.messages || !settings_.quota_of.empty() ||
           settings_.users_set_quota;
}

result<std::shared_ptr<void>> mail_store::room_for(const std::string& user, std::uint64_t octets) {
    if (!has_limits()) return std::shared_ptr<void>();
    auto opened = opened_account(user);
    auto room = opened ? (*opened)->room_for(octets) : std::unexpected(opened.error());
    if (room) return *room;
    const bool full = room.error().kind == mailbox::trouble::kind::over_quota;
    return std::unexpected(disk_error{full ? disk_error::kind::over_quota : disk_error::kind::failed,
                                      "mail for " + user + ": " + room.error().text});
}

// Opening the account takes up what was decided and not yet done: that lies there, too (recovery.hpp).
result<std::size_t> mail_store::remove_stale(const std::string& user, std::int64_t at) {
    const auto mailbox = mailbox_of(user);
    if (!mailbox) return std::unexpected(mailbox.error());
    if ((*mailbox)->stale(at).empty()) return 0;
    if (const auto account = account_of(user); !account)
        return std::unexpected(disk_error_of(account.error()));
    std::size_t removed = 0;
    for (const auto& path : (*mailbox)->stale(at))
        if (::unlink(path.c_str()) == 0) ++removed;
    return removed;
}

} // namespace refmail::store
