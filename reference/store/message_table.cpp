// The messages of an open mailbox in memory; see the header.
#include "reference/store/message_table.hpp"

#include <algorithm>
#include <atomic>

namespace refmail::store {
namespace {

constexpr std::size_t most_latest = 4096;
constexpr std::size_t most_vanished = 40'000;

} // namespace

mailbox::flag_set changed_by(const mailbox::flag_change& change, mailbox::flag_set flags) {
    switch (change.how) {
    case mailbox::flag_change::how::add: return flags | change.flags;
    case mailbox::flag_change::how::remove: return flags & ~change.flags;
    case mailbox::flag_change::how::replace: break;
    }
    return change.flags;
}

void message_table::load(std::vector<message_row> rows,
                         std::vector<std::pair<mailbox::mod_sequence, mailbox::uid>> vanished,
                         const mailbox_row& box) {
    *this = message_table();
    own_records().reserve(rows.size());
    places_.reserve(rows.size());
    by_base_.reserve(rows.size());
    for (auto& one : rows)
        add(std::move(one));
    latest_.clear();
    complete_from_ = box.highest;
    vanished_ = std::move(vanished);
    forgotten_ = box.forgotten;
}

std::shared_ptr<const std::vector<mailbox::record>> message_table::snapshot() const {
    return records_;
}

// Nobody else gets hold of them meanwhile: whoever asks for the table has its lock.
std::vector<mailbox::record>& message_table::own_records() {
    if (records_.use_count() > 1) records_ = std::make_shared<std::vector<mailbox::record>>(*records_);
    std::atomic_thread_fence(std::memory_order_acquire); // behind the last look of who had them
    return *records_;
}

std::uint32_t message_table::first_unseen() const {
    if (unseen_ == 0) return 0;
    const auto at = std::find_if(records_->begin(), records_->end(),
                                 [](const auto& one) { return !(one.flags & mailbox::flag::seen); });
    return static_cast<std::uint32_t>(at - records_->begin()) + 1;
}

std::size_t message_table::position(mailbox::uid id) const {
    const auto at = std::lower_bound(records_->begin(), records_->end(), id,
                                     [](const auto& one, mailbox::uid wanted) { return one.id < wanted; });
    if (at == records_->end() || at->id != id) return records_->size();
    return static_cast<std::size_t>(at - records_->begin());
}

message_row message_table::row_at(std::size_t index) const {
    return {(*records_)[index], *places_[index].base, places_[index].at.info, places_[index].at.fresh};
}

void message_table::each(const std::function<void(const std::string& base, const file_place& at,
                                                  const mailbox::record& facts)>& seen) const {
    for (std::size_t i = 0; i < records_->size(); ++i)
        seen(*places_[i].base, places_[i].at, (*records_)[i]);
}

std::optional<message_row> message_table::find(mailbox::uid id) const {
    const auto at = position(id);
    if (at == records_->size()) return std::nullopt;
    return row_at(at);
}

std::optional<message_row> message_table::find(std::string_view base) const {
    const auto at = by_base_.find(base);
    if (at == by_base_.end()) return std::nullopt;
    return find(at->second);
}

bool message_table::contains(std::string_view base) const {
    return by_base_.contains(base);
}

std::optional<mailbox::record> message_table::record_of(mailbox::uid id) const {
    const auto at = position(id);
    if (at == records_->size()) return std::nullopt;
    return (*records_)[at];
}

void message_table::tally(const mailbox::record& one, bool come) {
    const auto by = [come](auto& sum, auto amount) {
        sum = static_cast<std::remove_reference_t<decltype(sum)>>(come ? sum + amount : sum - amount);
    };
    by(octets_, one.octets);
    if (!(one.flags & mailbox::flag::seen)) by(unseen_, 1u);
    if (!(one.flags & mailbox::flag::deleted)) return;
    by(deleted_, 1u);
    by(deleted_octets_, one.octets);
}

void message_table::note_change(mailbox::mod_sequence when, mailbox::uid id) {
    latest_.emplace_back(when, id);
    if (latest_.size() <= most_latest) return;
    complete_from_ = latest_.front().first; // others of that one may be gone already
    while (!latest_.empty() && latest_.front().first <= complete_from_)
        latest_.pop_front();
}

void message_table::add(message_row one) {
    const auto key = by_base_.insert_or_assign(std::move(one.base), one.facts.id).first;
    own_records().push_back(one.facts);
    places_.push_back({&key->first, {std::move(one.info), one.fresh}});
    tally(one.facts, true);
    note_change(one.facts.modified, one.facts.id);
}

void message_table::update(const message_row& one) {
    const auto at = position(one.facts.id);
    if (at == records_->size()) return;
    tally((*records_)[at], false);
    const bool changed = (*records_)[at].modified != one.facts.modified;
    own_records()[at] = one.facts;
    places_[at].at = {one.info, one.fresh};
    tally(one.facts, true);
    if (changed) note_change(one.facts.modified, one.facts.id);
}

void message_table::remove(std::vector<mailbox::uid> ids, mailbox::mod_sequence when) {
    auto& records = own_records();
    std::sort(ids.begin(), ids.end());
    std::size_t kept = ids.empty() ? records.size() : position(ids.front());
    auto next = ids.begin();
    for (std::size_t i = kept; i < records.size(); ++i) {
        while (next != ids.end() && *next < records[i].id)
            ++next;
        if (next != ids.end() && *next == records[i].id) {
            tally(records[i], false);
            vanished_.emplace_back(when, records[i].id);
            const auto key = by_base_.find(*places_[i].base);
            if (key != by_base_.end() && key->second == records[i].id) by_base_.erase(key);
            continue;
        }
        if (kept != i) {
            records[kept] = records[i];
            places_[kept] = std::move(places_[i]);
        }
        ++kept;
    }
    records.resize(kept);
    places_.resize(kept);
}

mailbox::mod_sequence message_table::forget_vanished() {
    if (vanished_.size() <= most_vanished) return 0;
    forgotten_ = vanished_[vanished_.size() / 2].first;
    std::erase_if(vanished_, [&](const auto& one) { return one.first <= forgotten_; });
    return forgotten_;
}

std::vector<mailbox::uid> message_table::gaps(mailbox::uid next) const {
    std::vector<mailbox::uid> missing;
    mailbox::uid expected = 1;
    for (const auto& one : *records_) {
        for (; expected < one.id; ++expected)
            missing.push_back(expected);
        expected = one.id + 1;
    }
    for (; expected < next; ++expected)
        missing.push_back(expected);
    return missing;
}

mailbox::folder_changes message_table::since(mailbox::mod_sequence known, mailbox::uid next) const {
    mailbox::folder_changes changes;
    if (known >= complete_from_) {
        std::vector<mailbox::uid> ids;
        for (auto at = latest_.rbegin(); at != latest_.rend() && at->first > known; ++at)
            ids.push_back(at->second);
        std::sort(ids.begin(), ids.end());
        ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
        for (const auto id : ids)
            if (const auto one = record_of(id)) changes.changed.push_back(*one);
    } else {
        for (const auto& one : *records_)
            if (one.modified > known) changes.changed.push_back(one);
    }
    if (known < forgotten_) {
        changes.vanished = gaps(next);
        return changes;
    }
    const auto first = std::upper_bound(vanished_.begin(), vanished_.end(), known,
                                        [](auto value, const auto& one) { return value < one.first; });
    for (auto at = first; at != vanished_.end(); ++at)
        changes.vanished.push_back(at->second);
    std::sort(changes.vanished.begin(), changes.vanished.end());
    return changes;
}

void message_table::count(mailbox::folder_facts& facts) const {
    facts.messages = static_cast<std::uint32_t>(records_->size());
    facts.unseen = unseen_;
    facts.deleted = deleted_;
    facts.octets = octets_;
    facts.deleted_octets = deleted_octets_;
}

} // namespace refmail::store
