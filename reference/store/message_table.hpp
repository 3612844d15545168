// The messages of an open mailbox in memory: records in the order of their UIDs, where each one's file is,
// and what changed or vanished since which mod-sequence. Values only: no file, no row, no lock. 100,000
// messages are some 20 MB. RFC 9051 §2.3.1.1, RFC 7162 §3.1.
#pragma once
#include "reference/mailbox/folder.hpp"
#include "reference/store/account_index.hpp"

#include <deque>
#include <string_view>
#include <unordered_map>

namespace refmail::store {

struct file_place {
    std::string info;
    bool fresh = false; // in new/
    bool operator==(const file_place&) const = default;
};

// What STORE makes of flags.
mailbox::flag_set changed_by(const mailbox::flag_change& change, mailbox::flag_set flags);

class message_table {
  public:
    void load(std::vector<message_row> rows,
              std::vector<std::pair<mailbox::mod_sequence, mailbox::uid>> vanished, const mailbox_row& box);

    const std::vector<mailbox::record>& records() const { return *records_; }
    // The records as they are now, and stay for who keeps it. Nothing is copied before something changes.
    std::shared_ptr<const std::vector<mailbox::record>> snapshot() const;
    std::uint32_t first_unseen() const; // its number; 0: all are seen
    void each(const std::function<void(const std::string& base, const file_place& at,
                                       const mailbox::record& facts)>& seen) const;
    std::optional<message_row> find(mailbox::uid id) const;
    std::optional<message_row> find(std::string_view base) const;
    bool contains(std::string_view base) const;
    std::optional<mailbox::record> record_of(mailbox::uid id) const;

    void add(message_row one);           // its UID is greater than all
    void update(const message_row& one); // flags, mod-sequence, place
    void remove(std::vector<mailbox::uid> ids, mailbox::mod_sequence when);

    // Changes and what vanished; `next`: UIDNEXT. Past what is kept, all UIDs that are not there.
    mailbox::folder_changes since(mailbox::mod_sequence known, mailbox::uid next) const;
    // The oldest half is forgotten when there are too many; up to which mod-sequence, 0: none.
    mailbox::mod_sequence forget_vanished();

    void count(mailbox::folder_facts& facts) const;

  private:
    struct place {
        const std::string* base; // a key of by_base_
        file_place at;
    };
    std::vector<mailbox::record>& own_records(); // before they are changed
    std::size_t position(mailbox::uid id) const; // or size()
    message_row row_at(std::size_t index) const;
    void note_change(mailbox::mod_sequence when, mailbox::uid id);
    void tally(const mailbox::record& one, bool come);
    std::vector<mailbox::uid> gaps(mailbox::uid next) const;

    struct hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    std::shared_ptr<std::vector<mailbox::record>> records_ = std::make_shared<std::vector<mailbox::record>>();
    std::vector<place> places_;
    std::unordered_map<std::string, mailbox::uid, hash, std::equal_to<>> by_base_;
    // The latest changes, oldest first: all those after `complete_from_`.
    std::deque<std::pair<mailbox::mod_sequence, mailbox::uid>> latest_;
    mailbox::mod_sequence complete_from_ = 0;
    std::vector<std::pair<mailbox::mod_sequence, mailbox::uid>> vanished_; // ascending
    mailbox::mod_sequence forgotten_ = 0;
    std::uint32_t unseen_ = 0, deleted_ = 0;
    std::uint64_t octets_ = 0, deleted_octets_ = 0;
};

} // namespace refmail::store
