// An open mailbox on the disk: a Maildir and its rows in the account's index, held in memory. Other programs
// may add, rename and remove files at any time; what they did is taken over by refresh(). Refuses to share a
// Maildir with another process that gives UIDs. https://cr.yp.to/proto/maildir.html, RFC 9051 §2.3, RFC 7162;
// mailbox/folder.hpp has the promises. What lasts when: new messages and their UIDs survive power loss once
// they are seen; so does EXPUNGE. Flags, once stored, survive kill -9; after a power loss the latest may be
// gone. Three locks, taken in this order: arrival_ (whoever gives UIDs, kept while syncing), change_ (whoever
// changes rows or names), state_ (memory; never kept over a system call that blocks).
#pragma once
#include "reference/store/file_watch.hpp"
#include "reference/store/folder_users.hpp"
#include "reference/store/message_file.hpp"
#include "reference/store/message_table.hpp"
#include "reference/store/quota.hpp"

#include <atomic>
#include <condition_variable>
#include <set>

namespace refmail::store {

class mail_store;
class mbox_folder;

// What the folders of an account share.
struct account_parts {
    mail_store& store;
    std::string root; // the user's Maildir
    std::shared_ptr<account_index> index;
    std::shared_ptr<store::quota> quota;
};

class maildir_folder final : public mailbox::folder,
                             public watched_files,
                             public std::enable_shared_from_this<maildir_folder> {
  public:
    // The folder must be there; `directory` is relative to the root.
    static mailbox::result<std::shared_ptr<maildir_folder>>
    open(const account_parts& parts, const std::string& name, const std::string& directory);
    maildir_folder(const account_parts& parts, std::string name, const std::string& directory);
    ~maildir_folder() override;

    const std::string& name() const override { return name_; }
    mailbox::folder_facts facts() override;
    mailbox::folder_look look() override;
    std::vector<mailbox::record> records() override;
    std::optional<mailbox::record> find(mailbox::uid id) override;
    mailbox::folder_changes since(mailbox::mod_sequence known) override;
    bool is_there() override { return !gone_; }
    mailbox::result<void> refresh() override;
    std::vector<std::string> keywords() override;
    mailbox::result<mailbox::flag_set> bits_of(std::span<const std::string> keywords, bool create) override;
    mailbox::result<std::shared_ptr<const mailbox::content>> open(mailbox::uid id) override;
    std::optional<std::string> remembered(mailbox::uid id, std::string_view aspect) override;
    void remember(mailbox::uid id, std::string_view aspect, std::string text) override;
    mailbox::result<mailbox::flags_stored> store_flags(std::span<const mailbox::uid> ids,
                                                       const mailbox::flag_change& change) override;
    mailbox::result<std::vector<mailbox::uid>> expunge(std::span<const mailbox::uid> ids,
                                                       bool even_undeleted) override;
    mailbox::result<mailbox::copied> copy_to(folder& to, std::span<const mailbox::uid> ids) override;
    mailbox::result<mailbox::copied> move_to(folder& to, std::span<const mailbox::uid> ids) override;
    mailbox::uid recent_from(bool claim) override;
    watch on_change(std::function<void()> changed) override;
    mailbox::result<std::shared_ptr<void>> lock_exclusively() override;

    // `also`: in the transaction that gives them their UIDs.
    mailbox::result<mailbox::appended> append(std::vector<mailbox::to_append> messages,
                                              const in_the_same_transaction& also = {});
    // While its folder is being renamed nothing else may happen: first of all folders the one, then the
    // other.
    [[nodiscard]] std::unique_lock<std::mutex> hold_arrivals() { return std::unique_lock(arrival_); }
    [[nodiscard]] std::unique_lock<std::mutex> hold_changes() { return std::unique_lock(change_); }
    void renamed(const std::string& directory, std::uint32_t validity); // while held
    // Remembers, for the next start, that files and rows agree now, if they do. When nobody has asked for a
    // while, and at the end.
    void note();
    void removed(); // is_there() is false from here on

    void heard(name_event event) override;
    void heard_too_much() override;
    void wake() override;

  private:
    struct arriving { // a message on its way in; its file is at `from` (relative to the root) until placed
        message_row row;
        std::string from;
        bool placed = false;
        mailbox::uid source = 0; // COPY, MOVE: its UID there
    };
    struct job { // arrivals that all succeed, or none stays
        std::vector<arriving> messages;
        in_the_same_transaction also;
        mailbox::result<void> outcome;
        bool done = false;
    };
    struct listed {
        std::string info;
        bool fresh = false;
    };
    using listing = std::unordered_map<std::string, listed>; // by base
    struct differences {
        message_rows changed, gone, come; // as they are on the disk
    };

    // maildir_rows.cpp
    struct records_then;
    mailbox::result<void> load();
    mailbox::result<void> need_rows(); // before the table is looked at; not under state_
    mailbox::folder_facts facts_now() const;

    // maildir_folder.cpp
    std::string path() const;
    std::string path_of(const message_row& one) const;
    mailbox::result<void> usable(); // for writing
    std::shared_ptr<const mailbox::content> shared(mailbox::uid id) const;
    void share(mailbox::uid id, const std::shared_ptr<const mailbox::content>& content);
    void tell();

    // maildir_arrivals.cpp
    mailbox::result<job> written(std::vector<mailbox::to_append> messages);
    void take_in(job& mine);
    void commit_jobs(std::span<job* const> jobs);
    mailbox::result<void> number(account_index::changes& change, std::span<job* const> jobs,
                                 mailbox_row& box);
    void place(job& one);
    void take_back(std::span<job* const> jobs);
    mailbox::result<void> make_last();
    void publish(std::span<job* const> jobs, mailbox::mod_sequence given);
    void drop_files(const job& one);

    // maildir_copies.cpp
    mailbox::result<message_rows> rows_of(std::span<const mailbox::uid> ids);
    mailbox::result<mailbox::flag_set> translated(maildir_folder& to, mailbox::flag_set flags);
    mailbox::result<job> as_arrivals(maildir_folder& to, std::span<const message_row> from);
    mailbox::result<job> linked(maildir_folder& to, std::span<const mailbox::uid> ids);
    mailbox::copied told(const job& mine);
    bool files_are_there(std::span<const message_row> all) const;
    bool are_as_before(std::span<const message_row> all) const;
    mailbox::result<bool> move_rows(maildir_folder& to, job& mine, std::span<const message_row> from);
    void forget_rows(account_index::changes& change, mailbox_row& source, std::span<const message_row> gone);
    void see_go(const mailbox_row& source, std::span<const message_row> gone);
    void take_away(const mailbox_row& source, std::span<const message_row> gone); // the same; state_ is held
    void drop_rows_without_file(job& mine);
    void prune_vanished();

    // mbox_moves.cpp
    mailbox::result<mailbox::copied> copy_into(mbox_folder& to, std::span<const mailbox::uid> ids);
    mailbox::result<mailbox::copied> move_into(mbox_folder& to, std::span<const mailbox::uid> ids);
    mailbox::result<mailbox::appended> move_portion(mbox_folder& to, std::span<const mailbox::uid> ids);

    // maildir_flags.cpp
    bool rename_to(const message_row& before, const message_row& after, std::optional<listing>& all);
    mailbox::result<void> unlink_one(const message_row& one, std::optional<listing>& all);
    const listed* find_elsewhere(const message_row& one, std::optional<listing>& all);

    // maildir_scan.cpp
    mailbox::result<listing> list_files() const;
    bool is_news(const name_event& event) const;
    bool times_changed();
    std::vector<name_event> take_heard(bool& everything);
    differences compare(const listing& all) const;
    mailbox::result<differences> look_at_all() const;
    differences look_into(const std::vector<name_event>& events, bool& unclear) const;
    mailbox::result<void> take_over(differences found);
    mailbox::result<void> take_over_changes(const differences& found);
    mailbox::result<void> number_new(message_rows come);

    const account_parts parts_;
    const std::string name_;
    std::atomic<bool> gone_ = false, read_only_ = false;

    std::mutex looking_; // before arrival_: one refresh() at a time
    std::mutex arrival_, change_;
    mutable std::mutex state_;
    std::string path_; // this and what follows is written under change_ and state_, and read under either

    mailbox_row box_;
    std::mutex loading_; // after change_, before state_
    std::atomic<bool> loaded_ = false;
    folder_summary summary_; // until the rows are read
    message_table table_;    // then
    std::weak_ptr<records_then> unread_;
    std::vector<std::string> keywords_;
    std::set<std::string, std::less<>> in_flight_; // bases whose files are placed and not yet in the table
    std::vector<mailbox::uid> to_settle_;          // rows of arrivals that have arrived
    std::map<mailbox::uid, std::weak_ptr<const mailbox::content>> being_read_; // large ones
    folder_users users_;

    std::mutex group_lock_; // appends that wait for one another
    std::condition_variable group_changed_;
    std::vector<job*> waiting_;
    bool led_ = false;

    std::mutex heard_lock_;
    std::vector<name_event> heard_;
    bool look_at_all_ = true;
    bool woken_ = false;
    std::int64_t times_[3] = {0, 0, 0}; // of new/, of cur/, and when they were looked at
    std::shared_ptr<void> watch_;       // ends first
};

// Where a row's file is, relative to its Maildir.
std::string place_of(const message_row& one);

} // namespace refmail::store
