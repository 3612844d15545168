// What a client that was away kept of a mailbox, and whether SELECT (QRESYNC ...) told it all that it needs
// to bring this up to date. RFC 7162 §3.2.5, §3.2.6, §6. No I/O.
#pragma once
#include "harness/stress/mailbox_truth.hpp"
#include "harness/wire/imap_names.hpp"

#include <string>
#include <vector>

namespace mailspec::stress {

struct mailbox_cache {
    std::uint64_t validity = 0, modseq = 0; // 0: nothing is kept
    seen_mailbox messages;
    std::vector<std::uint64_t> by_number; // their UIDs by sequence number, from 1
};

class resync {
  public:
    // `listed`: the command named the UIDs that are kept, and so is not told of new messages.
    resync(mailbox_cache kept, bool listed)
        : kept_(std::move(kept))
        , listed_(listed) {}

    void vanished(const wire::number_set& uids);
    void gone(std::uint64_t uid) { gone_.insert(uid); } // by VANISHED without EARLIER, afterwards
    void told(std::uint64_t uid, const flag_set& flags) { told_[uid] = flags; }
    void up_to(std::uint64_t highest) { highest_ = highest; } // HIGHESTMODSEQ of the SELECT
    // `now`: all messages as FETCH has told them. What is wrong, in sentences.
    std::vector<std::string> differences(const seen_mailbox& now, const mailbox_truth& truth) const;

  private:
    mailbox_cache kept_;
    bool listed_;
    std::uint64_t highest_ = 0;
    std::vector<wire::number_set> vanished_;
    std::set<std::uint64_t> gone_;
    std::map<std::uint64_t, flag_set> told_;
};

} // namespace mailspec::stress
