// The client's view of a mailbox; see imap_mailbox_view.hpp.
#include "harness/wire/imap_mailbox_view.hpp"

#include <fmt/core.h>

namespace mailspec::wire {

// RFC 9051 §7.5.1: the numbers behind the one removed go down by one.
template <typename Value>
void imap_mailbox_view::remove(std::map<std::uint64_t, Value>& known, std::uint64_t number) {
    std::map<std::uint64_t, Value> left(known.begin(), known.lower_bound(number));
    for (auto at = known.upper_bound(number); at != known.end(); ++at)
        left.emplace_hint(left.end(), at->first - 1, at->second);
    known = std::move(left);
}

void imap_mailbox_view::expunge(std::uint64_t number) {
    remove(uids_, number);
    remove(modseqs_, number);
    if (exists_ && *exists_ > 0) --*exists_;
}

// Where a removed message stood is known only if its UID was.
void imap_mailbox_view::vanished(const number_set& uids) {
    const auto count = count_of(uids);
    std::uint64_t known = 0;
    for (auto at = uids_.begin(); at != uids_.end();) {
        if (!contains(uids, at->second)) {
            ++at;
            continue;
        }
        const auto number = at->first;
        remove(uids_, number);
        remove(modseqs_, number);
        at = uids_.lower_bound(number);
        ++known;
    }
    if (known < count) {
        uids_.clear();
        modseqs_.clear();
    }
    if (exists_) *exists_ -= std::min(*exists_, count);
}

std::string imap_mailbox_view::learn_uid(std::uint64_t number, std::uint64_t uid) {
    changed_ = false;
    const auto at = uids_.lower_bound(number);
    if (at != uids_.end() && at->first == number) {
        if (at->second == uid) return {};
        changed_ = true;
        const auto before = at->second;
        at->second = uid;
        return fmt::format("message {} has UID {}, and had {} before", number, uid, before);
    }
    std::string why;
    if (at != uids_.end() && at->second <= uid)
        why = fmt::format("message {} has UID {}, message {} has {}", number, uid, at->first, at->second);
    if (at != uids_.begin() && std::prev(at)->second >= uid)
        why = fmt::format("message {} has UID {}, message {} has {}", std::prev(at)->first,
                          std::prev(at)->second, number, uid);
    uids_[number] = uid;
    return why;
}

std::optional<std::uint64_t> imap_mailbox_view::learn_modseq(std::uint64_t number, std::uint64_t modseq) {
    auto& known = modseqs_[number];
    const auto before = std::exchange(known, modseq);
    if (before > modseq) return before;
    return std::nullopt;
}

} // namespace mailspec::wire
