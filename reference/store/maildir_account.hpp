// The mailboxes of one user as a Maildir++ tree: which there are, how they are made, renamed and removed.
// What is a folder on the disk is a mailbox, whoever made it; UIDs, subscriptions and special uses are the
// index's. Mailboxes that were used lately stay open. mailbox/account.hpp has the promises. RFC 9051 §6.3,
// RFC 6154.
#pragma once
#include "reference/store/file.hpp"
#include "reference/store/maildir_folder.hpp"
#include "reference/store/mbox_folder.hpp"

#include <list>

namespace refmail::store {

struct folders_on_disk;

class maildir_account final : public mailbox::account {
  public:
    struct settings {
        quota_limits quota;           // unless the user set others
        bool users_set_quota = false; // RFC 9208 §4.1.3: who may
        account_index::log log;
    };
    static mailbox::result<std::shared_ptr<maildir_account>> open(mail_store& store, const std::string& user,
                                                                  const settings& how);

    ~maildir_account() override;

    const std::string& user() const override { return user_; }
    mailbox::result<std::vector<mailbox::entry>> list() override;
    mailbox::result<std::shared_ptr<mailbox::folder>> open(const std::string& name) override;
    mailbox::result<void> create(const std::string& name, const mailbox::special_uses& uses) override;
    mailbox::result<void> remove(const std::string& name) override;
    mailbox::result<void> rename(const std::string& from, const std::string& to) override;
    mailbox::result<void> subscribe(const std::string& name, bool on) override;
    mailbox::result<mailbox::appended> append(const std::string& name,
                                              std::vector<mailbox::to_append> messages) override;
    mailbox::result<mailbox::quota_root> quota() override;
    mailbox::result<void> set_quota(std::optional<std::uint64_t> storage,
                                    std::optional<std::uint64_t> messages) override;

    // False once the user's Maildir was removed or replaced: this account serves what is no more.
    bool is_still_there() const { return root_->is_still_there(); }
    bool has_damaged_index() const { return parts_.index->is_damaged(); }
    // A message came into INBOX, not through us.
    void delivered();
    // Kept until the handle is dropped. trouble::over_quota. Deliveries that nobody has counted yet are
    // counted first.
    mailbox::result<std::shared_ptr<void>> room_for(std::uint64_t octets, std::uint64_t messages = 1);

  private:
    maildir_account(std::string user, const settings& how, account_parts parts,
                    std::shared_ptr<const store::folder> root)
        : user_(std::move(user))
        , how_(how)
        , parts_(std::move(parts))
        , root_(std::move(root)) {}
    mailbox::result<std::shared_ptr<maildir_folder>> opened(const std::string& name);
    mailbox::result<std::shared_ptr<mbox_folder>> opened_mbox(); // INBOX, where it is one; else nullptr
    void keep(const std::string& name, const std::shared_ptr<maildir_folder>& one);
    std::string path_of(const std::string& directory) const;
    bool is_on_disk(const std::string& directory) const;
    void tell_of_hidden(const folders_on_disk& folders);
    mailbox::result<void> make_folder(const std::string& name, const mailbox::special_uses& uses);
    mailbox::result<void> make_parents(const std::string& name);
    mailbox::result<bool> has_children(const std::string& name);
    mailbox::result<void> rename_inbox(const std::string& to);
    mailbox::result<void> rename_open_ones(const std::string& from, const std::string& to);

    const std::string user_;
    const settings how_;
    const account_parts parts_;
    const std::shared_ptr<const store::folder> root_;
    std::mutex names_; // which mailboxes there are; taken before the folders' locks
    std::mutex open_lock_;
    std::map<std::string, std::weak_ptr<maildir_folder>> open_;
    std::list<std::shared_ptr<maildir_folder>> lately_; // the latest first
    std::shared_ptr<mbox_folder> mbox_;
    std::atomic<bool> told_of_hidden_ = false;
};

} // namespace refmail::store
