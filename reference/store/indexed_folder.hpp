// A mailbox of which the account's index has the rows and memory a copy: what is answered from there, and how
// rows change, all at once or not at all. The rows are read when somebody asks for a message, not before. It
// knows nothing of where and how the messages lie: maildir_folder.hpp and mbox_folder.hpp do. RFC 9051 §2.3,
// RFC 7162; mailbox/folder.hpp has the promises. Two locks, taken in this order: change_ (whoever changes
// rows), state_ (memory; never kept over a system call that blocks).
#pragma once
#include "reference/mailbox/folder.hpp"
#include "reference/store/account_index.hpp"
#include "reference/store/file_watch.hpp"
#include "reference/store/folder_users.hpp"
#include "reference/store/message_table.hpp"
#include "reference/store/quota.hpp"

#include <atomic>

namespace refmail::store {

class mail_store;

// What the folders of an account share.
struct account_parts {
    mail_store& store;
    std::string root; // the user's Maildir
    std::shared_ptr<account_index> index;
    std::shared_ptr<store::quota> quota;
};

class indexed_folder : public mailbox::folder,
                       public watched_files,
                       public std::enable_shared_from_this<indexed_folder> {
  public:
    const std::string& name() const override { return name_; }
    mailbox::folder_facts facts() override;
    mailbox::folder_look look() override;
    std::vector<mailbox::record> records() override;
    std::optional<mailbox::record> find(mailbox::uid id) override;
    mailbox::folder_changes since(mailbox::mod_sequence known) override;
    bool is_there() override { return !gone_; }
    std::vector<std::string> keywords() override;
    mailbox::result<mailbox::flag_set> bits_of(std::span<const std::string> keywords, bool create) override;
    std::vector<std::string> keywords_in(mailbox::flag_set flags);
    std::optional<std::string> remembered(mailbox::uid id, std::string_view aspect) override;
    void remember(mailbox::uid id, std::string_view aspect, std::string text) override;
    mailbox::result<mailbox::flags_stored> store_flags(std::span<const mailbox::uid> ids,
                                                       const mailbox::flag_change& change) override;
    mailbox::uid recent_from(bool claim) override;
    watch on_change(std::function<void()> changed) override;
    mailbox::result<std::shared_ptr<void>> lock_exclusively() override;

    void wake() override; // refresh(), soon and on another thread; once for all who ask until then

  protected:
    indexed_folder(const account_parts& parts, std::string name)
        : parts_(parts)
        , name_(std::move(name)) {}
    ~indexed_folder() override = default;

    // indexed_rows.cpp
    mailbox::result<void> load();      // the mailbox is made in the index if it is not there; reads no row
    mailbox::result<void> read_rows(); // whatever was read before
    mailbox::result<void> need_rows(); // before the table is looked at; not under state_
    // Of the mailbox that was loaded, as it is: instead of its rows, until somebody needs them.
    void believe(const folder_summary& noted);
    folder_summary sum_up() const;  // to be noted; without the times
    mailbox::result<void> usable(); // for writing
    void tell();                    // without a lock

    struct row_changes {
        message_rows come;    // get their UIDs, in this order, and these behind their base: "BASE.UID"
        message_rows changed; // as they are to be
        message_rows gone;
        bool lasting = true; // survives power loss before anybody sees it
        bool committed = false;
        in_the_same_transaction also;
    };
    // Under change_. The rows of `come` and `changed` are then as they are in the index.
    mailbox::result<void> apply(row_changes& wanted);
    // The same in two halves, when it is another's transaction: then `box` is what see() must be told.
    mailbox::result<void> number(account_index::changes& change, mailbox_row& box, row_changes& wanted);
    void see(const mailbox_row& box, const row_changes& done);
    // Rows that go, and nothing else; `box` has the mod-sequence of their going.
    void forget(account_index::changes& change, mailbox_row& box, const message_rows& gone);
    void see_go(mailbox::mod_sequence when, const message_rows& gone);
    // Under change_: flags that are about to be stored, where they are also written beside the messages. Rows
    // whose message is not there any more are taken out and returned.
    virtual std::vector<mailbox::uid> write_flags(message_rows&) { return {}; }
    mailbox::result<message_rows>
    rows_of(std::span<const mailbox::uid> ids); // trouble::missing: one is not there
    std::optional<message_row> row_of(mailbox::uid id);
    mailbox::result<quota::reservation> room_for_copies(std::span<const mailbox::uid> ids);

    const account_parts parts_;
    const std::string name_;
    std::atomic<bool> gone_ = false, read_only_ = false, loaded_ = false;
    std::mutex change_;
    mutable std::mutex state_;
    mailbox_row box_; // this and what follows is written under change_ and state_, and read under either
    message_table table_;

  private:
    struct records_then;
    mailbox::folder_facts facts_now() const;
    void prune_vanished();

    std::mutex loading_;     // after change_, before state_
    folder_summary summary_; // until the rows are read
    std::weak_ptr<records_then> unread_;
    std::vector<std::string> keywords_;
    folder_users users_;
    std::atomic<bool> woken_ = false;
};

} // namespace refmail::store
