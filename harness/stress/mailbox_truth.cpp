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

// RFC 9051 §2.3.1.1: greater than every UID that was given, and never less than it was.
std::string mailbox_truth::told_uid_next(std::uint64_t uid_next, std::uint64_t highest_uid,
                                         std::uint64_t before) {
    if (uid_next <= highest_uid)
        return fmt::format("UIDNEXT of {} is {}, though UID {} was given", name_, uid_next, highest_uid);
    if (uid_next < before) return fmt::format("UIDNEXT of {} was {} and is {} now", name_, before, uid_next);
    uid_next_ = std::max(uid_next_, uid_next);
    return {};
}

// RFC 7162 §3.1.2.1, §3.2: the highest of all messages, and those that were removed count.
std::string mailbox_truth::told_highest(std::uint64_t modseq, std::uint64_t before) {
    if (modseq < before)
        return fmt::format("HIGHESTMODSEQ of {} is {}, though MODSEQ {} was told before", name_, modseq,
                           before);
    highest_modseq_ = std::max(highest_modseq_, modseq);
    return {};
}

void mailbox_truth::told_modseq(std::uint64_t uid, std::uint64_t modseq) {
    highest_modseq_ = std::max(highest_modseq_, modseq);
    auto& known = modseqs_[uid];
    known = std::max(known, modseq);
}

std::uint64_t mailbox_truth::modseq_of(std::uint64_t uid) const {
    const auto known = modseqs_.find(uid);
    return known == modseqs_.end() ? 0 : known->second;
}

std::uint64_t mailbox_truth::first_not_removed(const wire::number_set& uids) const {
    for (const auto& [first, last] : uids)
        for (auto at = acknowledged_.lower_bound(first); at != acknowledged_.end() && *at <= last; ++at)
            if (!may_go(*at)) return *at;
    return 0;
}

std::string mailbox_truth::told_token(std::uint64_t uid, const std::string& token) {
    if (never_.contains(token))
        return fmt::format("UID {} of {} is the message {}, which was never sent whole", uid, name_, token);
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

bool mailbox_truth::contradicts(std::uint64_t uid, std::uint64_t modseq, const flag_set& flags) const {
    const auto history = flags_.find(uid);
    return history != flags_.end() && std::ranges::any_of(history->second, [&](const auto& known) {
               return known.first == modseq && known.second != flags;
           });
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
        const bool both = message.modseq != 0 && other->second.modseq != 0;
        if (other->second.flags == message.flags && (!both || other->second.modseq == message.modseq))
            continue;
        return fmt::format("UID {} has the flags {} and MODSEQ {} for {}, {} and {} for {}", uid,
                           shown_flags(message.flags), message.modseq, of_a, shown_flags(other->second.flags),
                           other->second.modseq, of_b);
    }
    for (const auto& [uid, message] : b)
        if (!a.contains(uid)) return fmt::format("{} sees UID {}, {} does not", of_b, uid, of_a);
    return {};
}

} // namespace mailspec::stress
