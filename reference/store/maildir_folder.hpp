// An open mailbox on the disk: a Maildir and its rows in the account's index, held in memory. Other programs
// may add, rename and remove files at any time; what they did is taken over by refresh(). Refuses to share a
// Maildir with another process that gives UIDs. https://cr.yp.to/proto/maildir.html, RFC 9051 §2.3, RFC 7162;
// mailbox/folder.hpp has the promises. What lasts when: new messages and their UIDs survive power loss once
// they are seen; so does EXPUNGE. Flags, once stored, survive kill -9; after a power loss the latest may be
// gone. Three locks, taken in this order: arrival_ (whoever gives UIDs, kept while syncing), then those of
// indexed_folder.hpp.
#pragma once
#include "reference/store/indexed_folder.hpp"
#include "reference/store/message_file.hpp"

#include <condition_variable>
#include <set>

namespace refmail::store {

class mbox_folder;

class maildir_folder final : public indexed_folder {
  public:
    // The folder must be there; `directory` is relative to the root.
    static mailbox::result<std::shared_ptr<maildir_folder>>
    open(const account_parts& parts, const std::string& name, const std::string& directory);
    maildir_folder(const account_parts& parts, std::string name, const std::string& directory);
    ~maildir_folder() override;

    mailbox::result<void> refresh() override;
    mailbox::result<std::shared_ptr<const mailbox::content>> open(mailbox::uid id) override;
    mailbox::result<std::vector<mailbox::uid>> expunge(std::span<const mailbox::uid> ids,
                                                       bool even_undeleted) override;
    mailbox::result<mailbox::copied> copy_to(folder& to, std::span<const mailbox::uid> ids) override;
    mailbox::result<mailbox::copied> move_to(folder& to, std::span<const mailbox::uid> ids) override;

    // `also`: in the transaction that gives them their UIDs.
    mailbox::result<mailbox::appended> append(std::vector<mailbox::to_append> messages,
                                              const in_the_same_transaction& also = {});
    // COPY by content: all of them come, or none, whatever happens meanwhile.
    mailbox::result<mailbox::appended> take_copies(indexed_folder& from, std::span<const mailbox::uid> ids);
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
        bool committed = false, done = false;
    };
    struct listed {
        std::string info;
        bool fresh = false;
    };
    using listing = std::unordered_map<std::string, listed>; // by base
    struct differences {
        message_rows changed, gone, come; // as they are on the disk
    };

    // maildir_folder.cpp
    mailbox::result<void> load_as_noted();
    std::string path() const;
    std::string path_of(const message_row& one) const;
    std::shared_ptr<const mailbox::content> shared(mailbox::uid id) const;
    void share(mailbox::uid id, const std::shared_ptr<const mailbox::content>& content);

    // maildir_arrivals.cpp
    mailbox::result<void> write(job& mine, std::vector<mailbox::to_append> messages); // into tmp/
    mailbox::result<mailbox::appended> taken_in(job& mine, const mailbox::result<void>& written);
    void take_in(job& mine);
    void commit_jobs(std::span<job* const> jobs);
    mailbox::result<void> number_arrivals(account_index::changes& change, std::span<job* const> jobs,
                                          mailbox_row& box);
    void place(job& one);
    void count(const job& one, int sign);
    void take_back(std::span<job* const> jobs);
    mailbox::result<void> make_last();
    void publish(std::span<job* const> jobs, mailbox::mod_sequence given);
    void drop_files(const job& one);

    // maildir_copies.cpp
    mailbox::result<mailbox::flag_set> translated(maildir_folder& to, mailbox::flag_set flags);
    mailbox::result<job> as_arrivals(maildir_folder& to, const message_rows& from);
    mailbox::result<job> linked(maildir_folder& to, std::span<const mailbox::uid> ids);
    mailbox::copied told(const job& mine);
    bool files_are_there(const message_rows& all) const;
    bool are_as_before(const message_rows& all) const;
    mailbox::result<bool> move_rows(maildir_folder& to, job& mine, const message_rows& from);
    void drop_rows_without_file(job& mine);

    // mbox_moves.cpp
    mailbox::result<mailbox::copied> move_into(mbox_folder& to, std::span<const mailbox::uid> ids);
    mailbox::result<mailbox::appended> move_portion(mbox_folder& to, std::span<const mailbox::uid> ids);

    // maildir_flags.cpp
    std::vector<mailbox::uid> write_flags(message_rows& changed) override;
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

    std::mutex looking_; // before arrival_: one refresh() at a time
    std::mutex arrival_;
    std::string path_; // this and what follows is written under change_ and state_, and read under either
    std::set<std::string, std::less<>> in_flight_; // bases whose files are placed and not yet in the table
    std::vector<mailbox::uid> to_settle_;          // rows of arrivals that have arrived
    std::map<mailbox::uid, std::weak_ptr<const mailbox::content>> being_read_; // large ones

    std::mutex group_lock_; // appends that wait for one another
    std::condition_variable group_changed_;
    std::vector<job*> waiting_;
    bool led_ = false;

    std::mutex heard_lock_;
    std::vector<name_event> heard_;
    bool look_at_all_ = true;
    std::int64_t times_[3] = {0, 0, 0}; // of new/, of cur/, and when they were looked at
    std::shared_ptr<void> watch_;       // ends first
};

// Where a row's file is, relative to its Maildir.
std::string place_of(const message_row& one);

} // namespace refmail::store
