// The mailbox that a session has selected, as its client knows it: which message has which number, what was
// told of each, and what happened since and waits to be told. The folder is shared by all sessions; this
// view is one session's own, and numbers change in it only when the client is told (RFC 9051 §5.2, §7.5.1).
// Refuses to decide when an EXPUNGE may be sent: the command says so. Calls may block on the folder.
// Documents: RFC 9051 §2.3.1, §6.4.4.1 ("$"), §7.4, §7.5; RFC 3501 (\Recent); RFC 7162 §3.2.10; RFC 2180.
#pragma once
#include "reference/imap/response.hpp"
#include "reference/imap/sequence_set.hpp"
#include "reference/mailbox/account.hpp"

#include <map>

namespace refmail::imap {

struct named_flags;

// A message under its number. `gone`: expunged by somebody; it keeps its number until the client is told.
struct known_message {
    mailbox::record now; // as the folder had it when we looked last
    bool recent = false; // RFC 3501 §2.3.2: ours was the first session to hear of it
    bool gone = false;
};

// Places in the view: message number minus one.
using place = std::uint32_t;

class selected_folder {
  public:
    // `examine`: nothing is changed, \Recent is left for others (RFC 9051 §6.3.3).
    selected_folder(std::shared_ptr<mailbox::folder> of, bool examine);

    mailbox::folder& folder() const { return *folder_; }
    bool read_only() const { return read_only_; }
    std::uint32_t uid_validity() const { return uid_validity_; }
    // RFC 9051 §2.3.1.1: the mailbox has another UIDVALIDITY than the client was told: what it says of UIDs
    // may mean other messages. Nothing is learned from it any more.
    bool uids_changed() const { return folder_->facts().uid_validity != uid_validity_; }
    mailbox::uid uid_next() const { return uid_next_; } // when it was selected

    // Of the messages told by EXISTS, by number - 1.
    const std::vector<known_message>& messages() const { return all(); }
    std::size_t count() const { return unread_ ? count_ : messages_.size(); } // of messages()
    std::uint32_t first_unseen() const { return first_unseen_; } // its number, when it was selected; 0: none
    std::optional<place> place_of(mailbox::uid id) const;
    std::uint32_t recent_count() const;

    // What a client's set means, ascending, gone ones included. By number: the words for BAD when a number is
    // past the last message (RFC 9051 §9, seq-number). By UID: those that are there; `$` likewise.
    std::expected<std::vector<place>, std::string> places(const sequence_set& set, bool by_uid) const;

    std::vector<place> places_by_uid(const sequence_set& set) const;

    // Learns from the folder what happened. Nothing is told, no number changes. Cheap when nothing did.
    void catch_up();
    // Puts into the view what a STORE of ours gave back.
    void take(const mailbox::record& fresh);
    // Forgets that `at` has news: the client was told its flags (and mod-sequence).
    void told(place at);
    // The flags and mod-sequence that the client was told last, which `now` may be ahead of.
    struct told_state {
        mailbox::flag_set flags = 0;
        mailbox::mod_sequence modified = 0;
    };
    told_state told_of(place at) const;

    // Tells what waits: expunges (only if `expunges`), arrivals, new keywords, flags. False: out.full(), call
    // again. After each command, and in IDLE: catch_up(), then tell() until true.
    bool tell(response_writer& out, const modes& how, bool expunges);

    // "(\Seen $Junk)"
    void put_flags(std::string& out, const known_message& of, const modes& how);
    // "* FLAGS ..." and "* OK [PERMANENTFLAGS ...] ...": at SELECT, and when keywords were added.
    void put_defined_flags(response_writer& out);
    // Keywords that the client has not heard of, before a FETCH response of the command itself shows them.
    void tell_keywords(response_writer& out) {
        if (keywords_told_ != keywords_.size()) put_defined_flags(out);
    }
    // What a client's flags are as bits. Without `create`, keywords that nobody used have no bit.
    mailbox::result<mailbox::flag_set> bits_of(const named_flags& flags, bool create);

    // Nothing up to here waits to be told: safe to send as HIGHESTMODSEQ (RFC 7162 §3.2).
    mailbox::mod_sequence settled() const { return settled_; }
    // A CONDSTORE enabling command (RFC 7162 §3.1): the first one is answered with HIGHESTMODSEQ.
    void enable_condstore(response_writer& out, modes& how);

    // "$" (RFC 9051 §6.4.4.1), ascending UIDs.
    void save(std::vector<mailbox::uid> found) { saved_ = std::move(found); }

  private:
    // Many a client selects a large mailbox and asks for one message: the list is made when it is first used.
    std::vector<known_message>& all() const {
        if (unread_) fill();
        return messages_;
    }
    void fill() const;
    void take_arrivals(const std::vector<mailbox::record>& fresh);
    std::vector<known_message>::iterator arrival(mailbox::uid id); // arrived_.end(): none
    void take_vanished(const std::vector<mailbox::uid>& ids);
    void tell_expunged(response_writer& out, const modes& how);
    void tell_arrivals(response_writer& out);
    void refresh_keywords(mailbox::flag_set used);

    std::shared_ptr<mailbox::folder> folder_;
    bool examine_, read_only_ = false;
    std::uint32_t uid_validity_ = 0;
    mailbox::uid uid_next_ = 1;
    mutable std::shared_ptr<const mailbox::record_list> unread_; // what becomes messages_
    mutable std::vector<known_message> messages_;                // ascending by UID; by all() only
    std::size_t count_ = 0;                                      // of unread_
    mailbox::uid first_recent_ = 1;                              // likewise
    std::uint32_t first_unseen_ = 0;
    std::vector<known_message> arrived_; // not told yet; above all of messages_
    std::map<mailbox::uid, told_state> untold_;
    std::uint32_t gone_ = 0; // of messages_
    bool told_recent_ = true;
    mailbox::mod_sequence known_ = 0, settled_ = 0;
    std::vector<std::string> keywords_;
    std::size_t keywords_told_ = 0;
    std::vector<mailbox::uid> saved_;
    // The last flags put into words: many messages have the same ones.
    struct {
        mailbox::flag_set flags = 0;
        bool recent = false, filled = false;
        std::string text;
    } last_flags_;
};

} // namespace refmail::imap
