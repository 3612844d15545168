// One mailbox, open: shared by all sessions that have it selected, and by deliveries. Its messages in the
// order of their UIDs, what changed since when, and the operations that change it. Every call may block on
// the disk (worker threads only) and is safe from any thread; each is atomic as other sessions see it, and
// lasts when it returns (a crash loses nothing that was answered). What other programs did to the files is
// noticed by refresh(). RFC 9051 §2.3, §6.4; RFC 7162; RFC 4315; RFC 6851. Implemented by store/, and in
// memory by tests.
#pragma once
#include "reference/mailbox/message.hpp"
#include "reference/mailbox/trouble.hpp"

#include <functional>
#include <optional>
#include <span>

namespace refmail::mailbox {

struct folder_facts {
    std::uint32_t uid_validity = 1;
    uid uid_next = 1;
    mod_sequence highest = 1; // HIGHESTMODSEQ
    std::uint32_t messages = 0, unseen = 0, deleted = 0;
    std::uint64_t octets = 0;         // STATUS=SIZE: of all messages
    std::uint64_t deleted_octets = 0; // STATUS DELETED-STORAGE (RFC 9208)
    uid first_recent = 1;             // messages from here on were in no session yet (RFC 3501 \Recent)
    bool read_only = false;           // the files are not ours to write
};

// The messages of one moment, ascending by UID. They may be read from the disk only when somebody asks for
// them, for the first time.
class record_list {
  public:
    virtual ~record_list() = default;
    virtual const std::vector<record>& all() const = 0;
};

struct folder_look { // all of one moment
    folder_facts facts;
    std::uint32_t first_unseen = 0; // number of the first message without \Seen; 0: there is none
    std::shared_ptr<const record_list> records;
};

struct folder_changes {
    std::vector<record> changed; // new ones and those whose flags changed, ascending by UID
    std::vector<uid>
        vanished; // ascending; at least those that went since then, perhaps others that are gone too
    mod_sequence highest = 1; // ask from here the next time
};

struct flag_change {
    enum class how { replace, add, remove } how = how::replace;
    flag_set flags = 0;
    std::optional<mod_sequence> unchanged_since; // RFC 7162 §3.1.3
};
struct flags_stored {
    std::vector<record> changed; // those asked for that are there, as they are now, changed or not
    std::vector<uid> modified;   // refused: changed after unchanged_since
    std::vector<uid> missing;    // gone
};

struct copied {
    std::uint32_t uid_validity = 0; // of the destination
    std::vector<uid> from, to;      // pairs, in the order in which they were stored: COPYUID
};

class folder {
  public:
    virtual ~folder() = default;

    virtual const std::string& name() const = 0; // at the time it was opened; UTF-8, '/' between levels
    virtual folder_facts facts() = 0;
    // For SELECT; here by facts() and records(), better where there may be many messages.
    virtual folder_look look();
    virtual std::vector<record> records() = 0; // all, ascending by UID
    virtual std::optional<record> find(uid id) = 0;
    virtual folder_changes since(mod_sequence known) = 0; // cheap when nothing changed
    // True while the mailbox is there; false after DELETE, or when its files went (a session then ends with
    // BYE or NO [NONEXISTENT]).
    virtual bool is_there() = 0;
    // Looks at the files for what other programs did. Cheap when nothing did (two stats).
    virtual result<void> refresh() = 0;

    // Keywords by bit, from flag::first_keyword on. New ones are made when `create`; trouble::limit when
    // full.
    virtual std::vector<std::string> keywords() = 0;
    virtual result<flag_set> bits_of(std::span<const std::string> keywords, bool create) = 0;

    // nullptr inside: not possible. trouble::missing: expunged meanwhile (RFC 2180 §4.1).
    virtual result<std::shared_ptr<const content>> open(uid id) = 0;
    // What somebody wants remembered about a message for ever (a message never changes): rendered ENVELOPE,
    // BODYSTRUCTURE ... `aspect` is a short name with a version in it ("envelope-1"). Losing it is harmless.
    virtual std::optional<std::string> remembered(uid id, std::string_view aspect) = 0;
    virtual void remember(uid id, std::string_view aspect, std::string text) = 0;

    virtual result<flags_stored> store_flags(std::span<const uid> ids, const flag_change& change) = 0;
    // Removes those of `ids` that have \Deleted (`even_undeleted`: all); which ones went. Trouble when one
    // stayed: others may have gone, as since() tells.
    virtual result<std::vector<uid>> expunge(std::span<const uid> ids, bool even_undeleted) = 0;
    // All or none. Flags, keywords, received and zone go along (RFC 9051 §6.4.7).
    virtual result<copied> copy_to(folder& to, std::span<const uid> ids) = 0;
    virtual result<copied> move_to(folder& to, std::span<const uid> ids) = 0;
    // The messages that no session has seen yet are \Recent for the caller alone: [first, facts().uid_next).
    // `claim`: SELECT, not EXAMINE (RFC 3501 §6.3.2).
    virtual uid recent_from(bool claim) = 0;

    // `changed` is called, from any thread and soon, after something changed (also by other programs, as soon
    // as that is noticed). It ends with the returned handle. It must not call back into the folder.
    using watch = std::shared_ptr<void>;
    virtual watch on_change(std::function<void()> changed) = 0;

    // POP3 (RFC 1939 §8): nobody else has the maildrop for writing. trouble::in_use otherwise; the lock ends
    // with the handle. IMAP sessions are not kept out (docs: rulings of refmaild).
    virtual result<std::shared_ptr<void>> lock_exclusively() = 0;
};

} // namespace refmail::mailbox
