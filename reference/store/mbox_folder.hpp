// An mbox as an open mailbox: INBOX of accounts whose mail is kept so. UIDs and flags are rows of the
// account's index; a row finds its message by the digest of what is served of it, wherever in the file that
// lies (mbox_form.hpp). So other programs may add, remove and move messages, and keep records in them:
// refresh() takes over what they did. Of their records of flags what changes is taken over, too; ours are in
// the index alone, and the file is not rewritten for a flag. What is served is always checked against the
// digest. Three locks, taken in this order: turn_ (who uses the file), the locks of the file itself, change_
// (indexed_folder.hpp). docs/adr/0008; RFC 9051 §2.3.
#pragma once
#include "reference/store/indexed_folder.hpp"
#include "reference/store/mbox_file.hpp"
#include "reference/store/mbox_scanner.hpp"

#include <set>

namespace refmail::store {

class maildir_folder;

class mbox_folder final : public indexed_folder {
  public:
    static mailbox::result<std::shared_ptr<mbox_folder>>
    open(const account_parts& parts, std::shared_ptr<mbox_file> file, account_index::log log);
    mbox_folder(const account_parts& parts, std::shared_ptr<mbox_file> file, account_index::log log);

    mailbox::result<void> refresh() override;
    mailbox::result<std::shared_ptr<const mailbox::content>> open(mailbox::uid id) override;
    mailbox::result<std::vector<mailbox::uid>> expunge(std::span<const mailbox::uid> ids,
                                                       bool even_undeleted) override;
    mailbox::result<mailbox::copied> copy_to(folder& to, std::span<const mailbox::uid> ids) override;
    mailbox::result<mailbox::copied> move_to(folder& to, std::span<const mailbox::uid> ids) override;

    // `also`: in the transaction that makes the messages; when it ran, they are there.
    mailbox::result<mailbox::appended> append(std::vector<mailbox::to_append> messages,
                                              const in_the_same_transaction& also = {});
    // COPY by content: all of them come, or none, whatever happens meanwhile.
    mailbox::result<mailbox::appended> take_copies(indexed_folder& from, std::span<const mailbox::uid> ids);
    // A delivery is about to bring a message that is no text with CR LF line ends: this lasts when it
    // returns.
    mailbox::result<void> expect(const mbox_entry& one);
    // Between this and another mailbox nothing is moved meanwhile; taken before all locks.
    [[nodiscard]] std::unique_lock<std::mutex> hold_moves() { return std::unique_lock(moves_); }

    // Remembers, for the next start, where the messages lie in the file as it is now. At the end.
    void note();

    void heard(name_event) override {}
    void heard_too_much() override {}

  private:
    using held_file = std::unique_ptr<mbox_file::hold>;
    using extents = std::unordered_map<mailbox::uid, mbox_extent>;
    struct written; // messages as they will stand in the file

    // mbox_folder.cpp
    mailbox::result<void> load_all();
    mailbox::result<held_file> locked(mbox_file::milliseconds patience = mbox_file::milliseconds::max());
    mailbox::result<void> write_down(written& all, std::vector<mailbox::to_append> messages);
    mailbox::result<mailbox::appended> taken_in(written& all, const in_the_same_transaction& also);
    mailbox::result<void> add(mbox_file::hold& held, written& all, const in_the_same_transaction& also);
    std::vector<mbox_extent> extents_of(const message_rows& rows) const; // ascending
    void stretch_last(std::uint64_t end);
    void shift(const std::vector<mbox_extent>& gone, const message_rows& rows);

    // mbox_refresh.cpp
    bool is_news();
    mailbox::result<void> catch_up(mbox_file::hold& held);
    bool has_only_grown(const mbox_file::hold& held, const mbox_stamp& now) const;
    mailbox::result<mbox_contents> scan(const mbox_file::hold& held, std::uint64_t from,
                                        std::uint64_t to) const;
    mailbox::result<void> take_over(const mbox_contents& found, bool whole,
                                    std::vector<mbox_extent>& leaving);
    void match(const mbox_contents& found, row_changes& wanted, extents& known,
               std::vector<mbox_extent>& come, std::vector<mbox_extent>& leaving,
               std::set<std::string>& expected);
    mailbox::result<bool> drop_leaving(mbox_file::hold& held, const std::vector<mbox_extent>& there);
    message_row row_for(const mbox_message& one, std::set<std::string>& expected);
    void settle(const mbox_file::hold& held, const mbox_stamp& now); // all of it is known

    // mbox_note.cpp
    void believe_note();

    // mbox_moves.cpp
    mailbox::result<mailbox::appended> move_portion(maildir_folder& to, std::span<const mailbox::uid> ids);
    mailbox::result<mailbox::copied> renumber(std::span<const mailbox::uid> ids);

    const std::shared_ptr<mbox_file> file_;
    const account_index::log log_;
    std::mutex moves_, turn_;
    extents at_;                                          // under change_ and state_; read under either
    std::map<std::string, account_index::form> expected_; // under change_
    std::multiset<std::string> left_; // under turn_: identities of messages that must go from the file
    mbox_stamp stamp_;                // under turn_ and state_: the file as it was seen last
    std::string tail_;                // under turn_: the digest of its end
    std::uint64_t told_ = UINT64_MAX; // under turn_: of which doubtful line the log was told
    bool again_ = true;               // under state_: look at all of it
    std::shared_ptr<void> watch_;     // ends first
};

} // namespace refmail::store
