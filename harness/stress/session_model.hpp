// What one session must see of its selected mailbox: sequence numbers and their UIDs, flags and mod-sequences
// as told, and that each answer has what was asked for. It is given commands with their complete answers and
// says, in sentences, what in them cannot be. No I/O. RFC 9051 §2.3.1, §5.2, §7.4.1, §7.5.1; RFC 7162 §3.
#pragma once
#include "harness/stress/asked.hpp"
#include "harness/stress/mailbox_cache.hpp"
#include "harness/stress/mailbox_truth.hpp"

#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mailspec::stress {

// What the session has enabled.
struct session_form {
    bool condstore = false;    // MODSEQ is told with flags (RFC 7162 §3.1)
    bool qresync = false;      // VANISHED is told (RFC 7162 §3.2.3)
    bool uid_with_all = false; // of a server that offers QRESYNC (RFC 7162 §3.2.4)
};

class session_model {
  public:
    explicit session_model(std::string own_keyword, session_form form = {})
        : own_(std::move(own_keyword))
        , form_(form) {}

    // What is wrong with the answer; empty: nothing. Afterwards the model is as the server told.
    std::vector<std::string> heard(const asked& command, const answered& answer);
    // Commands that were sent at once, and their answers in the order in which they were completed: which
    // command, and what came since the one before.
    std::vector<std::string> heard(const std::vector<asked>& commands,
                                   const std::vector<std::pair<std::size_t, answered>>& answers);
    // What was said in a form that is not allowed, though nothing is lost by it, since the last call: which
    // rule, and how.
    using formal_fault = std::pair<std::string, std::string>;
    std::vector<formal_fault> formal() { return std::exchange(formal_, {}); }

    void enabled(session_form form) { form_ = form; }
    void left(); // CLOSE, UNSELECT, the connection is gone: what can be kept is kept
    // The connection was closed in this STORE of the own keyword: it may have been done, or be done yet.
    void interrupted(const asked& command);
    // The next SELECT brings this up to date; `listed`: for the UIDs that are kept.
    void will_resync(bool listed) { resync_listed_ = listed; }
    const mailbox_cache& kept(const mailbox_truth& of) const;

    bool selected() const { return truth_ != nullptr; }
    bool read_only() const { return read_only_; }
    bool takes_keywords() const { return takes_keywords_; } // PERMANENTFLAGS has \*
    mailbox_truth* truth() const { return truth_; }
    const std::string& own_keyword() const { return own_; }
    std::uint64_t size() const { return messages_.size(); }
    std::uint64_t uid_of(std::uint64_t number) const { return messages_[number - 1].uid; } // 0: not known
    std::uint64_t modseq() const { return modseq_; } // all changes up to it were told (RFC 7162 §6)
    std::uint64_t modseq_of(std::uint64_t number) const { return messages_[number - 1].modseq; }
    const std::vector<std::uint64_t>* saved() const { return saved_ ? &*saved_ : nullptr; } // UIDs of `$`
    bool is_there(std::uint64_t uid) const { return by_uid(uid) != nullptr; }
    std::vector<std::uint64_t> lately_gone() const; // some UIDs
    std::optional<std::pair<std::uint64_t, std::uint64_t>>
    unknown() const; // messages without a UID, from, to

    seen_mailbox seen() const;             // those with a UID and flags
    std::vector<std::string> owed() const; // what was asked for and never came, of messages still there

  private:
    struct message {
        std::uint64_t uid = 0, modseq = 0, before = 0; // before: MODSEQ when the command was sent
        bool known = false;                            // its UID was, when the command was sent
        std::uint64_t floor = 0;                       // MODSEQ is told to be as large from now on
        std::string why_floor;
        std::optional<flag_set> flags;
        std::vector<std::string> told; // items of this answer
        // In this answer: that flags were told, with which MODSEQ (0: none), and whether
        // somebody was told other flags with it.
        bool flags_told = false, contradicts = false;
        std::uint64_t flags_at = 0;
        std::string owed;
    };
    // The own keyword on a message, as the session's commands had it; `late`: as one may yet have it whose
    // connection is gone.
    struct own_state {
        std::optional<bool> has, late;
        bool open = false; // a STORE is under way
    };
    struct search_answer {
        int times = 0;
        std::vector<std::uint64_t> found, uids,
            ends; // as told; their UIDs, 0: not known; those of MIN and MAX
        std::optional<std::uint64_t> min, max, count, modseq;
    };

    void say(std::string wrong);
    void remark(std::string rule, std::string text) {
        formal_.emplace_back(std::move(rule), std::move(text));
    }
    message* by_uid(std::uint64_t uid);
    const message* by_uid(std::uint64_t uid) const;
    message* named(const asked& command, std::uint64_t number);
    bool names(const asked& command, std::uint64_t number) const;
    bool certain(const message& m) const;
    own_state& own(const message& m) { return owns_[truth_][m.uid]; }
    // By a FETCH that is under way; an empty item: any.
    bool fetching(std::uint64_t number, std::string_view item) const;
    bool opening() const; // SELECT or EXAMINE is under way
    const asked* searching() const;

    void begin(const asked& command);
    void take(const asked& command, const wire::imap_response& r);
    void exists(std::uint64_t count);
    void removable(const std::string& what);
    std::size_t place_of(std::uint64_t uid) const;
    void expunge(std::uint64_t number);
    void vanished(const asked& command, const wire::imap_response& r);
    void vanished_earlier(const asked& command, const wire::number_set& uids);
    void gone(std::size_t index);
    void code(const asked& command, const wire::imap_response& r);
    void complete(const asked& command, const answered& answer);
    void refused(const asked& command, const answered& answer);
    void follow_modseq();
    void resynced();

    // session_fetch.cpp
    void fetch(const wire::imap_response& r);
    void fetched_modseq(std::uint64_t number, message& m, std::uint64_t modseq);
    void learn_uid(std::uint64_t number, std::uint64_t uid);
    void learn_flags(message& m);
    void learn_body(message& m, const std::string& item, const wire::imap_value& value);
    void flags_were_told();
    void complete_fetch(const asked& command);
    void complete_store(const asked& command, bool ok, const wire::imap_response* tagged);
    void stored(const asked& command, message& m);
    void not_stored(const asked& command, message& m);

    // session_search.cpp
    void search(const wire::imap_response& r);
    void esearch(const wire::imap_response& r);
    void flatten(const wire::imap_value& thread);
    void complete_search(const asked& command);
    void compare_results(const asked& command);
    void know_found();
    void expected(const asked& command, message& m, bool is_found);
    void ordered(const asked& command);
    void save(const asked& command);

    std::string own_;
    session_form form_;
    mailbox_truth* truth_ = nullptr;
    bool read_only_ = false, takes_keywords_ = true, resync_listed_ = false;
    std::vector<message> messages_; // by sequence number, from 1
    std::map<mailbox_truth*, std::map<std::uint64_t, own_state>> owns_;
    std::map<const mailbox_truth*, mailbox_cache> kept_;
    std::map<std::uint64_t, std::uint64_t> gone_; // by UID: modseq() when its removal was told
    std::set<std::uint64_t> earlier_;             // UIDs that VANISHED (EARLIER) named in this answer
    std::optional<resync> resync_;
    std::uint64_t modseq_ = 0, validity_ = 0;
    std::optional<std::uint64_t> coded_modseq_; // HIGHESTMODSEQ since the last tagged response
    std::uint64_t fetched_modseq_ = 0;          // the largest since the last tagged response
    std::optional<std::vector<std::uint64_t>> saved_;
    search_answer search_;
    std::vector<const asked*> under_way_;
    std::vector<std::string> wrong_;
    std::vector<formal_fault> formal_;
};

} // namespace mailspec::stress
