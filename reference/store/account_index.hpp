// What the mail folders of an account cannot say themselves: UIDs, mod-sequences, keywords, what vanished
// when, subscriptions, special uses, limits. One SQLite database beside the mail
// (DATA/maildir/USER/refmaild.index). It touches no message and no folder: recovery.hpp does, after a crash.
// The rows are the truth about UIDs; the files are the truth about mail. Thread-safe. RFC 9051 §2.3.1.1
// (UIDs, UIDVALIDITY), RFC 7162 §3.1 (mod-sequences), RFC 6154, RFC 9208.
#pragma once
#include "reference/mailbox/account.hpp"
#include "reference/store/database.hpp"
#include "reference/store/text_memory.hpp"

#include <deque>
#include <map>
#include <mutex>
#include <set>

namespace refmail::store {

struct mailbox_row {
    std::int64_t id = 0;
    std::uint32_t validity = 0;
    mailbox::uid next = 1;
    mailbox::mod_sequence highest = 1;
    mailbox::uid first_recent = 1;
    mailbox::mod_sequence forgotten = 0; // what vanished up to then is known by the gaps only
    std::uint64_t messages = 0, octets = 0;
};

struct message_row {
    mailbox::record facts;
    std::string base;   // file name up to ':'
    std::string info;   // from ':' on
    bool fresh = false; // in new/, not in cur/
};

using message_rows = std::vector<message_row>;

// A message whose row is there and whose file may still be elsewhere.
struct arrival {
    std::string mailbox; // its name
    message_row message;
    std::string from; // relative to the root
};

// What an open mailbox amounted to when it was seen to agree with its files.
struct folder_summary {
    std::int64_t fresh_time = 0, seen_time = 0; // of new/ and cur/, nanoseconds since 1970
    std::uint32_t messages = 0, unseen = 0, deleted = 0;
    std::uint32_t first_unseen = 0; // its number; 0: none
    std::uint64_t octets = 0, deleted_octets = 0;
};

// Octets and messages; empty: no limit.
struct quota_limits {
    std::optional<std::uint64_t> storage, messages;
};

class account_index {
  public:
    using log = std::function<void(const std::string&)>;
    // `root`: the user's Maildir. A broken index is set aside and made anew, with greater UIDVALIDITYs.
    // `memory`: for what is remembered of messages; nullptr: a small one of its own.
    static mailbox::result<std::shared_ptr<account_index>>
    open(const std::string& root, const log& tell, std::shared_ptr<text_memory> memory = nullptr);
    ~account_index();

    // Changes that are all made or none; undone unless committed. Holds the index meanwhile.
    class changes {
      public:
        explicit changes(account_index& index);
        ~changes();
        mailbox_row add_mailbox(const std::string& name, const mailbox::special_uses& uses);
        void rename_mailbox(const std::string& from, const std::string& to);
        void remove_mailbox(const std::string& name);
        void save(const mailbox_row& box);
        // `from`: where the file lies until settled(); relative to the root. Empty: it is in its place.
        void add(const mailbox_row& box, const message_row& one, const std::string& from);
        void update(const mailbox_row& box, const message_row& one);
        void remove(const mailbox_row& box, mailbox::uid id, mailbox::mod_sequence when);
        void take_back(const mailbox_row& box, const message_row& one); // nobody saw it
        void settled(const mailbox_row& box, mailbox::uid id);
        void settle_all();                            // after a crash; their mod-sequences become new ones
        void forget_vanished(const mailbox_row& box); // up to box.forgotten
        void note(const mailbox_row& box, const folder_summary& seen);
        void note_mbox(const mailbox_row& box, const std::string& stamp, const std::string& places);
        // Its row is gone, and what holds it must go: a file, or a part of an mbox; until left() says it did.
        void leave(const mailbox_row& box, const std::string& base);
        void left(const mailbox_row& box, const std::string& base);
        // How a message that comes into an mbox is to be served, by its digest, until it has its row.
        void expect(const std::string& digest, const std::string& info, std::uint64_t octets);
        void expected(const std::string& digest);
        void add_keyword(const mailbox_row& box, int bit, const std::string& name);
        void subscribe(const std::string& name, bool on);
        void set_limits(const quota_limits& limits);
        // RENAME of several folders: begun is repeated after a crash until it is ended.
        void begin_renaming(const std::string& from, const std::string& to);
        void end_renaming();
        mailbox::result<void> commit();

      private:
        account_index& index_;
        const std::lock_guard<std::mutex> hold_;
        bool open_ = true;
    };

    mailbox::result<std::optional<mailbox_row>> mailbox_named(const std::string& name);
    mailbox::result<std::vector<message_row>> messages_of(std::int64_t mailbox); // ascending by UID
    mailbox::result<std::vector<std::pair<mailbox::mod_sequence, mailbox::uid>>>
    vanished_from(std::int64_t mailbox); // ascending by mod-sequence
    // Nothing: none was noted of the mailbox as it is now.
    mailbox::result<std::optional<folder_summary>> summary_of(const mailbox_row& box);
    mailbox::result<std::vector<std::string>> keywords_of(std::int64_t mailbox);
    mailbox::result<std::set<std::string>> subscriptions();
    mailbox::result<std::map<std::string, mailbox::special_uses>> special_uses();
    mailbox::result<std::vector<std::string>> mailbox_names();
    mailbox::result<mailbox::quota_root> usage();
    mailbox::result<std::optional<quota_limits>> limits(); // set by set_limits()
    mailbox::result<std::optional<std::pair<std::string, std::string>>> renaming();
    mailbox::result<std::vector<arrival>> arrivals();                            // not settled yet
    mailbox::result<std::vector<std::pair<std::string, std::string>>> leaving(); // mailbox, base
    struct form {
        std::string info;
        std::uint64_t octets = 0; // as served
    };
    mailbox::result<std::map<std::string, form>> expected(); // by digest
    struct mbox_note {
        std::string stamp;  // of the file
        std::string places; // of the messages in it
    };
    // As note_mbox() was told; nothing if rows have changed since.
    mailbox::result<std::optional<mbox_note>> mbox_note_of(const mailbox_row& box);

    // What somebody wants remembered about messages: kept in memory first, written now and then.
    std::optional<std::string> remembered(std::int64_t mailbox, mailbox::uid id, std::string_view aspect);
    void remember(std::int64_t mailbox, mailbox::uid id, std::string_view aspect, std::string text);

    // What was committed survives power loss when this returns.
    mailbox::result<void> sync();
    // Found so while in use: the next open() makes another one.
    bool is_damaged();

  private:
    account_index() = default;
    result<void> prepare();
    void note_the_boot();
    std::uint32_t new_validity(const std::string& name);
    void promise_validity(std::uint32_t highest);
    bool was_read_ahead(std::int64_t mailbox, mailbox::uid id, std::string_view aspect);
    void read_ahead(std::int64_t mailbox, mailbox::uid id, std::string_view aspect);
    void write_remembered();
    mailbox::trouble why();
    mailbox::trouble told(const disk_error& e);

    struct aspect_key {
        std::int64_t mailbox;
        mailbox::uid id;
        std::string aspect;
        auto operator<=>(const aspect_key&) const = default;
    };
    struct stretch { // of UIDs whose texts were read into memory
        std::int64_t mailbox;
        mailbox::uid first;
        std::string aspect;
        std::uint64_t turns; // of the memory
    };
    std::mutex lock_;
    std::unique_ptr<database> db_;
    std::string root_;
    log tell_;
    std::uint32_t least_validity_ = 1; // more than any that is lost with an earlier index
    std::map<aspect_key, std::string> to_remember_;
    std::shared_ptr<text_memory> memory_;
    std::uint64_t owner_ = 0;        // in memory_
    std::deque<stretch> read_ahead_; // the latest last
};

// What is done in the same transaction as something else.
using in_the_same_transaction = std::function<void(account_index::changes&)>;

// A file system's or a database's trouble as a client may hear of it.
mailbox::trouble trouble_of(const disk_error& e);
disk_error disk_error_of(const mailbox::trouble& t);

} // namespace refmail::store
