// The cache brought up to date, held against the mailbox; see the header.
#include "harness/stress/mailbox_cache.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailspec::stress {

void resync::vanished(const wire::number_set& uids) {
    vanished_.push_back(uids);
}

std::vector<std::string> resync::differences(const seen_mailbox& now, const mailbox_truth& truth) const {
    std::vector<std::string> wrong;
    const auto said_gone = [&](std::uint64_t uid) {
        return gone_.contains(uid) ||
               std::ranges::any_of(vanished_, [&](const auto& set) { return wire::contains(set, uid); });
    };
    for (const auto& [uid, message] : kept_.messages)
        if (!now.contains(uid) && !said_gone(uid))
            wrong.push_back(fmt::format("UID {} is gone, and SELECT (QRESYNC) from MODSEQ {} did not tell so",
                                        uid, kept_.modseq));
    for (const auto& [uid, message] : now) {
        // What changed after the SELECT it could not tell; what is gone already may be told in any way.
        if (message.modseq > highest_ || truth.may_go(uid)) continue;
        const auto told = told_.find(uid);
        const auto kept = kept_.messages.find(uid);
        if (told == told_.end() && kept == kept_.messages.end()) {
            if (!listed_)
                wrong.push_back(
                    fmt::format("UID {} at MODSEQ {} is new since MODSEQ {}, and SELECT (QRESYNC) "
                                "did not tell it",
                                uid, message.modseq, kept_.modseq));
            continue;
        }
        const auto& flags = told != told_.end() ? told->second : kept->second.flags;
        if (flags != message.flags)
            wrong.push_back(fmt::format(
                "UID {} at MODSEQ {} has the flags {}; who had kept it and heard SELECT "
                "(QRESYNC) from MODSEQ {} has {}",
                uid, message.modseq, shown_flags(message.flags), kept_.modseq, shown_flags(flags)));
    }
    return wrong;
}

} // namespace mailspec::stress
