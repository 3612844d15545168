// Where mail lies: DATA/maildir/USER/{tmp,new,cur} for accounts, DATA/queue/ for what must leave.
// Hands out drafts (draft.hpp), owns the threads that write and sync, and the group commit.
// Thread-safe. Knows nothing of sessions or replies.
#pragma once
#include "reference/mailbox/account.hpp"
#include "reference/store/account_index.hpp"
#include "reference/store/commit_group.hpp"
#include "reference/store/file_watch.hpp"
#include "reference/store/maildir.hpp"
#include "reference/store/mbox_file.hpp"
#include "reference/store/worker_pool.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace refmail::store {

class maildir_account;
class mbox_folder;

class mail_store {
  public:
    struct settings {
        std::string data;               // created if missing
        std::string host = "localhost"; // in file names
        // Syncs of several files share a journal commit when they happen at once, so threads that
        // do nothing but wait for the disk are what makes it quick: 32 measured, see docs/reference.md.
        std::size_t threads = 32;
        // Content is kept in memory up to here, then written as it comes.
        std::size_t memory_per_message = 256 * 1024;
        quota_limits quota;                           // of each account ...
        std::map<std::string, quota_limits> quota_of; // ... but of these users
        // Of a COPY or MOVE between a Maildir and an mbox, at a time.
        std::size_t memory_per_copy = 32 * 1024 * 1024;
        // Of what is remembered of messages in order to list and search them, of all accounts.
        std::size_t memory_for_texts = 64 * 1024 * 1024;
        // Where INBOX is an mbox: its path, with "{user}" in it. Empty: INBOX is the user's Maildir.
        std::string mbox;
        std::chrono::milliseconds mbox_wait{10'000}; // for who has it locked
        bool inotify = true; // false: other programs' changes are found by the times of folders alone
        bool users_set_quota = false; // SETQUOTA (RFC 9208 §4.1.3)
        account_index::log log;       // what an admin should know; called from any thread
    };

    // Refuses a folder that another process has open.
    static result<std::unique_ptr<mail_store>> open(settings wanted);
    ~mail_store();

    result<std::shared_ptr<const maildir>> mailbox_of(const std::string& user); // created if missing
    std::shared_ptr<mbox_file> mbox_of(const std::string& user);                // nullptr: INBOX is a Maildir
    result<std::shared_ptr<mbox_folder>> mbox_inbox_of(const std::string& user); // opened and looked at
    // The mailboxes of a user, made if missing; the same object for all sessions. Cheap when somebody had it
    // lately. It and its folders must be gone before the store is.
    mailbox::result<std::shared_ptr<mailbox::account>> account_of(const std::string& user);
    // A message got its name in the user's new/: who has INBOX open hears of it.
    void delivered_to(const std::string& user);
    // Kept until the handle is dropped, which is to be before the store is. disk_error::kind::over_quota: the
    // user's mailboxes are full.
    result<std::shared_ptr<void>> room_for(const std::string& user, std::uint64_t octets);
    std::string maildir_path(const std::string& user) const;
    // Removes what a crash left in the user's tmp/ long ago, but for what is carried on. How many files.
    // `at`: nanoseconds since 1970.
    result<std::size_t> remove_stale(const std::string& user, std::int64_t at);
    std::string queue_path() const { return settings_.data + "/queue"; }
    std::shared_ptr<const folder> queue();

    std::string new_name() const { return unique_name(settings_.host); }

    void post(worker_pool::job work) { pool_->post(std::move(work)); }
    void finish() { pool_->finish(); } // before what the jobs answer to is gone
    commit_group& commits() { return commits_; }
    file_watch* watches() { return watches_.get(); } // nullptr: the kernel has none to give
    worker_pool& syncs() { return *syncs_; }         // for what another thread waits for
    const std::shared_ptr<text_memory>& texts() const { return texts_; }
    const settings& how() const { return settings_; }

  private:
    explicit mail_store(settings wanted)
        : settings_(std::move(wanted))
        , texts_(std::make_shared<text_memory>(settings_.memory_for_texts)) {}
    struct slot { // of a user; its lock is kept while the account is opened
        std::mutex lock;
        std::shared_ptr<maildir_account> account;
    };
    result<void> lock_folder();
    std::shared_ptr<slot> slot_of(const std::string& user);
    mailbox::result<std::shared_ptr<maildir_account>> opened_account(const std::string& user);
    bool has_limits() const;

    settings settings_;
    const std::shared_ptr<text_memory> texts_;
    int lock_file_ = -1;
    std::shared_ptr<const folder> queue_;
    commit_group commits_;
    std::mutex lock_;
    std::map<std::string, std::shared_ptr<const maildir>> mailboxes_;
    std::map<std::string, std::shared_ptr<mbox_file>> mboxes_;
    std::unique_ptr<worker_pool> syncs_;
    std::unique_ptr<file_watch> watches_;
    std::map<std::string, std::shared_ptr<slot>> accounts_; // under lock_
    std::unique_ptr<worker_pool> pool_;                     // last: its jobs use all of the above
};

} // namespace refmail::store
