// Facts of one mailbox, held against each other; see the header.
#include "harness/stress/mailbox_truth.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace mailspec::stress {
namespace {

constexpr std::size_t most_history = 32; // mod-sequences kept of a message

} // namespace

std::string shown_flags(const flag_set& flags) {
    return fmt::format("({})", fmt::join(flags, " "));
}

// RFC 9051 §2.3.1.1: the same mailbox keeps its UIDVALIDITY.
std::string mailbox_truth::told_validity(std::uint64_t uidvalidity) {
    if (validity_ != 0 && validity_ != uidvalidity)
        return fmt::format("UIDVALIDITY of {} was {} and is {} now", name_, validity_, uidvalidity);
    validity_ = uidvalidity;
    return {};
}

// RFC 9051 §2.3.1.1: UIDs are strictly ascending in the order in which messages are added.
std::string mailbox_truth::added(std::uint64_t uid, const std::string& token, std::uint64_t highest) {
    if (uid <= highest)
        return fmt::format("a message was added to {} under UID {}, though UID {} had been given before",
                           name_, uid, highest);
    if (acknowledged_.contains(uid)) return fmt::format("UID {} of {} was given twice", uid, name_);
    acknowledged_.insert(uid);
    highest_uid_ = std::max(highest_uid_, uid);
    return token.empty() ? std::string() : told_token(uid, token);
}

std::string mailbox_truth::told_token(std::uint64_t uid, const std::string& token) {
    const auto [known, is_new] = tokens_.emplace(uid, token);
    if (!is_new && known->second != token)
        return fmt::format("UID {} of {} was the message {} and is {} now", uid, name_, known->second, token);
    return {};
}

std::string mailbox_truth::token_of(std::uint64_t uid) const {
    const auto known = tokens_.find(uid);
    return known == tokens_.end() ? std::string() : known->second;
}

// RFC 7162 §3.1: a change of the metadata gets a mod-sequence larger than all before.
std::string mailbox_truth::told_flags(std::uint64_t uid, std::uint64_t modseq, const flag_set& flags) {
    if (modseq == 0) return {};
    highest_modseq_ = std::max(highest_modseq_, modseq);
    auto& history = flags_[uid];
    const auto known = std::ranges::find(history, modseq, &std::pair<std::uint64_t, flag_set>::first);
    if (known != history.end()) {
        if (known->second == flags) return {};
        return fmt::format("UID {} of {} at MODSEQ {} was told to have the flags {} and {}", uid, name_,
                           modseq, shown_flags(known->second), shown_flags(flags));
    }
    history.emplace_back(modseq, flags);
    if (history.size() > most_history) history.pop_front();
    return {};
}

std::string mailbox_truth::told_gone(std::uint64_t uid) {
    gone_.insert(uid);
    flags_.erase(uid);
    // Where it was not acknowledged yet, nor is it known whether \Deleted came with it: checkpoint() knows.
    if (may_go(uid) || !acknowledged_.contains(uid)) return {};
    return fmt::format("UID {} of {} was expunged, though nobody set \\Deleted on it or moved it", uid,
                       name_);
}

std::vector<std::string> mailbox_truth::checkpoint(const seen_mailbox& now) const {
    std::vector<std::string> wrong;
    for (const auto uid : acknowledged_)
        if (!now.contains(uid) && !may_go(uid) && !gone_.contains(uid))
            wrong.push_back(fmt::format("{} lost UID {} ({}), which it had acknowledged and nobody removed",
                                        name_, uid, token_of(uid)));
    for (const auto uid : gone_)
        if (!now.contains(uid) && acknowledged_.contains(uid) && !may_go(uid))
            wrong.push_back(
                fmt::format("UID {} of {} was expunged, though nobody set \\Deleted on it", uid, name_));
        else if (now.contains(uid))
            wrong.push_back(fmt::format("{} still has UID {}, which was told to be gone", name_, uid));
    return wrong;
}

std::string difference(const seen_mailbox& a, const std::string& of_a, const seen_mailbox& b,
                       const std::string& of_b) {
    for (const auto& [uid, message] : a) {
        const auto other = b.find(uid);
        if (other == b.end()) return fmt::format("{} sees UID {}, {} does not", of_a, uid, of_b);
        if (other->second == message) continue;
        return fmt::format("UID {} has the flags {} and MODSEQ {} for {}, {} and {} for {}", uid,
                           shown_flags(message.flags), message.modseq, of_a, shown_flags(other->second.flags),
                           other->second.modseq, of_b);
    }
    for (const auto& [uid, message] : b)
        if (!a.contains(uid)) return fmt::format("{} sees UID {}, {} does not", of_b, uid, of_a);
    return {};
}

} // namespace mailspec::stress
