// What all sessions together know of one mailbox: which messages a server took, what they are, who may
// have removed them, which flags a mod-sequence stands for. Each fact that contradicts an earlier one, of
// whatever session, is a sentence. RFC 9051 §2.3.1; RFC 7162 §3.1; RFC 4315 §3.
#pragma once
#include "harness/wire/imap_names.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mailspec::stress {

using flag_set = std::set<std::string>; // as told, without \Recent; system flags in one spelling

// What a look at a whole mailbox finds, by UID.
struct seen_message {
    flag_set flags;
    std::uint64_t modseq = 0; // 0: not told
    bool operator==(const seen_message&) const = default;
};
using seen_mailbox = std::map<std::uint64_t, seen_message>;

class mailbox_truth {
  public:
    explicit mailbox_truth(std::string mailbox)
        : name_(std::move(mailbox)) {}
    const std::string& name() const { return name_; }

    // All return what is wrong in a sentence; empty: nothing.
    std::string told_validity(std::uint64_t uidvalidity);
    // A message was acknowledged under this UID; `highest` is highest_uid() from before the command.
    std::string added(std::uint64_t uid, const std::string& token, std::uint64_t highest);
    // Greater than `highest_uid`, not less than `before` (both from before the command).
    std::string told_uid_next(std::uint64_t uid_next, std::uint64_t highest_uid, std::uint64_t before);
    std::string told_highest(std::uint64_t modseq, std::uint64_t before); // HIGHESTMODSEQ
    std::string told_token(std::uint64_t uid, const std::string& token);
    std::string told_flags(std::uint64_t uid, std::uint64_t modseq, const flag_set& flags);
    bool contradicts(std::uint64_t uid, std::uint64_t modseq, const flag_set& flags) const;
    std::string told_gone(std::uint64_t uid); // by EXPUNGE, VANISHED
    void told_modseq(std::uint64_t uid, std::uint64_t modseq);

    void never(const std::string& token) { never_.insert(token); } // it was not sent whole

    void may_be_deleted(std::uint64_t uid) { deletable_.insert(uid); } // \Deleted is about to be set
    void may_be_moved(std::uint64_t uid) { moving_.insert(uid); }
    void moved(std::uint64_t uid) { gone_.insert(uid); }
    void replaced(std::uint64_t uid) { replaced_.insert(uid); } // STORE FLAGS: keywords of others are lost
    bool acknowledged(std::uint64_t uid) const { return acknowledged_.contains(uid); }
    bool deletable(std::uint64_t uid) const { return deletable_.contains(uid); }
    bool may_go(std::uint64_t uid) const { return deletable(uid) || moving_.contains(uid); }
    bool was_replaced(std::uint64_t uid) const { return replaced_.contains(uid); }
    std::string token_of(std::uint64_t uid) const;                       // empty: not known
    std::uint64_t modseq_of(std::uint64_t uid) const;                    // the largest that was told; 0: none
    std::uint64_t first_not_removed(const wire::number_set& uids) const; // of what was acknowledged; 0: none

    std::uint64_t highest_uid() const { return highest_uid_; } // that was acknowledged
    std::uint64_t highest_modseq() const { return highest_modseq_; }
    std::uint64_t uid_next() const { return uid_next_; }
    std::uint64_t validity() const { return validity_; } // 0: not told yet

    // What is wrong with a fresh look at the mailbox when nobody changes it any more.
    std::vector<std::string> checkpoint(const seen_mailbox& now) const;

  private:
    std::string name_;
    std::uint64_t validity_ = 0, highest_uid_ = 0, highest_modseq_ = 0, uid_next_ = 0;
    std::map<std::uint64_t, std::string> tokens_;    // by UID
    std::map<std::uint64_t, std::uint64_t> modseqs_; // by UID: the largest
    std::set<std::string> never_;
    std::set<std::uint64_t> acknowledged_, deletable_, moving_, gone_, replaced_;
    std::map<std::uint64_t, std::deque<std::pair<std::uint64_t, flag_set>>> flags_; // by UID: MODSEQ, flags
};

std::string shown_flags(const flag_set& flags); // "(\Seen work)"
// The first difference of two looks at a mailbox, in words; empty: none.
std::string difference(const seen_mailbox& a, const std::string& of_a, const seen_mailbox& b,
                       const std::string& of_b);

} // namespace mailspec::stress
