// The view itself: numbers, UIDs, what the folder says of them. Telling is in selected_updates.cpp.
#include "reference/imap/selected_folder.hpp"

#include "reference/imap/cursor.hpp"

#include <algorithm>

namespace refmail::imap {

selected_folder::selected_folder(std::shared_ptr<mailbox::folder> of, bool examine)
    : folder_(std::move(of))
    , examine_(examine) {
    first_recent_ = folder_->recent_from(!examine);
    auto seen = folder_->look();
    read_only_ = examine || seen.facts.read_only;
    uid_validity_ = seen.facts.uid_validity;
    uid_next_ = seen.facts.uid_next;
    known_ = settled_ = seen.facts.highest;
    first_unseen_ = seen.first_unseen;
    count_ = seen.facts.messages;
    unread_ = std::move(seen.records);
    keywords_ = folder_->keywords();
    keywords_told_ = keywords_.size();
}

void selected_folder::fill() const {
    const auto& records = unread_->all();
    messages_.reserve(records.size());
    for (const auto& r : records)
        messages_.push_back({r, r.id >= first_recent_, false});
    unread_.reset();
}

std::optional<place> selected_folder::place_of(mailbox::uid id) const {
    const auto at = std::ranges::lower_bound(messages(), id, {}, [](const auto& m) { return m.now.id; });
    if (at == messages().end() || at->now.id != id) return std::nullopt;
    return static_cast<place>(at - messages().begin());
}

std::uint32_t selected_folder::recent_count() const {
    if (unread_ && first_recent_ >= uid_next_) return 0; // as most often
    return static_cast<std::uint32_t>(std::ranges::count_if(messages(), &known_message::recent));
}

std::expected<std::vector<place>, std::string> selected_folder::places(const sequence_set& set,
                                                                       bool by_uid) const {
    if (by_uid || set.saved) return places_by_uid(set);
    const auto count = static_cast<std::uint32_t>(messages().size());
    // RFC 9051 §9, seq-number: BAD for a number past the last message, and for "*" in an empty mailbox.
    if (count == 0) return std::unexpected("there is no message in this mailbox");
    std::vector<place> out;
    for (const auto& r : set.resolved(count)) {
        if (r.last > count)
            return std::unexpected("there is no message " + std::to_string(r.last) + ": the last one is " +
                                   std::to_string(count));
        for (auto n = r.first; n <= r.last; ++n)
            out.push_back(n - 1);
    }
    return out;
}

std::vector<place> selected_folder::places_by_uid(const sequence_set& set) const {
    std::vector<place> out;
    if (set.saved) {
        // RFC 9051 §6.4.4.1: a message that was expunged leaves "$" by itself.
        for (auto id : saved_)
            if (auto at = place_of(id); at && !messages()[*at].gone) out.push_back(*at);
        return out;
    }
    // RFC 9051 §6.4.9: UIDs that are not there are passed over; "*" is the last one that is.
    const auto last =
        std::find_if(messages().rbegin(), messages().rend(), [](const auto& m) { return !m.gone; });
    if (last == messages().rend()) return out;
    for (const auto& r : set.resolved(last->now.id)) {
        auto at = std::ranges::lower_bound(messages(), r.first, {}, [](const auto& m) { return m.now.id; });
        for (; at != messages().end() && at->now.id <= r.last; ++at)
            if (!at->gone) out.push_back(static_cast<place>(at - messages().begin()));
    }
    return out;
}

void selected_folder::catch_up() {
    if (uids_changed()) return;
    const auto news = folder_->since(known_);
    if (news.highest == known_ && news.changed.empty() && news.vanished.empty()) return;
    take_arrivals(news.changed);
    for (const auto& r : news.changed)
        take(r);
    take_vanished(news.vanished);
    known_ = news.highest;
    if (untold_.empty() && gone_ == 0 && arrived_.empty()) settled_ = known_;
}

void selected_folder::take_arrivals(const std::vector<mailbox::record>& fresh) {
    const auto last = !arrived_.empty() ? arrived_.back().now.id : !all().empty() ? all().back().now.id : 0;
    auto at = std::ranges::upper_bound(fresh, last, {}, &mailbox::record::id);
    if (at == fresh.end()) return;
    const auto recent = folder_->recent_from(!examine_);
    for (; at != fresh.end(); ++at)
        arrived_.push_back({*at, at->id >= recent, false});
}

std::vector<known_message>::iterator selected_folder::arrival(mailbox::uid id) {
    const auto at = std::ranges::lower_bound(arrived_, id, {}, [](const auto& m) { return m.now.id; });
    return at != arrived_.end() && at->now.id == id ? at : arrived_.end();
}

void selected_folder::take(const mailbox::record& fresh) {
    refresh_keywords(fresh.flags);
    const auto at = place_of(fresh.id);
    if (!at) { // flags of one that the client does not know yet
        if (const auto waiting = arrival(fresh.id); waiting != arrived_.end()) waiting->now = fresh;
        return;
    }
    auto& m = all()[*at];
    if (m.now == fresh) return;
    const auto& told = untold_.try_emplace(fresh.id, told_state{m.now.flags, m.now.modified}).first->second;
    m.now = fresh;
    // Set and cleared again before we looked.
    if (told.flags == fresh.flags && told.modified == fresh.modified) untold_.erase(fresh.id);
}

void selected_folder::take_vanished(const std::vector<mailbox::uid>& ids) {
    for (auto id : ids) {
        if (const auto at = place_of(id)) {
            if (all()[*at].gone) continue;
            all()[*at].gone = true;
            ++gone_;
            untold_.erase(id);
        } else if (const auto waiting = arrival(id); waiting != arrived_.end()) {
            arrived_.erase(waiting); // before the client heard of it: never told (RFC 7162 §3.2.10.2)
        }
    }
}

void selected_folder::told(place at) {
    untold_.erase(all()[at].now.id);
}

selected_folder::told_state selected_folder::told_of(place at) const {
    const auto& now = messages()[at].now;
    const auto it = untold_.find(now.id);
    return it != untold_.end() ? it->second : told_state{now.flags, now.modified};
}

void selected_folder::refresh_keywords(mailbox::flag_set used) {
    if (used >> mailbox::flag::first_keyword >> keywords_.size() == 0) return;
    keywords_ = folder_->keywords();
}

mailbox::result<mailbox::flag_set> selected_folder::bits_of(const named_flags& flags, bool create) {
    if (flags.keywords.empty()) return flags.system;
    auto bits = folder_->bits_of(flags.keywords, create);
    if (!bits) return bits;
    refresh_keywords(*bits);
    return *bits | flags.system;
}

} // namespace refmail::imap
