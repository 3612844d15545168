// A mailbox of which the account's index has the rows and memory a copy: what is answered from there, flags
// and keywords, and how rows change, all at once or not at all. It knows nothing of where and how the
// messages lie: mbox_folder.hpp does. RFC 9051 §2.3, RFC 7162; mailbox/folder.hpp has the promises. Two
// locks, taken in this order: change_ (whoever changes rows), state_ (memory; never kept over a system call
// that blocks).
#pragma once
#include "reference/mailbox/folder.hpp"
#include "reference/store/account_index.hpp"
#include "reference/store/folder_users.hpp"
#include "reference/store/message_table.hpp"

#include <atomic>

namespace refmail::store {

class indexed_folder : public mailbox::folder {
  public:
    const std::string& name() const override { return name_; }
    mailbox::folder_facts facts() override;
    mailbox::folder_look look() override;
    std::vector<mailbox::record> records() override;
    std::optional<mailbox::record> find(mailbox::uid id) override;
    mailbox::folder_changes since(mailbox::mod_sequence known) override;
    std::vector<std::string> keywords() override;
    mailbox::result<mailbox::flag_set> bits_of(std::span<const std::string> keywords, bool create) override;
    std::optional<std::string> remembered(mailbox::uid id, std::string_view aspect) override;
    void remember(mailbox::uid id, std::string_view aspect, std::string text) override;
    mailbox::result<mailbox::flags_stored> store_flags(std::span<const mailbox::uid> ids,
                                                       const mailbox::flag_change& change) override;
    mailbox::uid recent_from(bool claim) override;
    watch on_change(std::function<void()> changed) override;
    mailbox::result<std::shared_ptr<void>> lock_exclusively() override;

  protected:
    indexed_folder(std::shared_ptr<account_index> index, std::string name)
        : index_(std::move(index))
        , name_(std::move(name)) {}
    ~indexed_folder() override = default;

    mailbox::result<void> load(); // the mailbox is made in the index if it is not there
    void tell();                  // without a lock

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
    mailbox::result<message_rows>
    rows_of(std::span<const mailbox::uid> ids); // trouble::missing: one is not there
    std::optional<message_row> row_of(mailbox::uid id);
    std::vector<std::string> keywords_in(mailbox::flag_set flags);

    const std::shared_ptr<account_index> index_;
    const std::string name_;
    std::atomic<bool> read_only_ = false;
    std::mutex change_;
    mutable std::mutex state_;
    mailbox_row box_; // this and what follows is written under change_ and state_, and read under either
    message_table table_;
    std::vector<std::string> keywords_;

  private:
    void prune_vanished();

    folder_users users_;
};

} // namespace refmail::store
