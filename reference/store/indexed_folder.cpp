// A mailbox of which the account's index has the rows: what it knows beside its messages, and how rows
// change; see the header. Reading the rows: indexed_rows.cpp.
#include "reference/store/indexed_folder.hpp"

#include "reference/store/mail_store.hpp"

#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>
#include <utility>

namespace refmail::store {
namespace {

using kind = enum mailbox::trouble::kind;

} // namespace

std::vector<std::string> indexed_folder::keywords() {
    const std::lock_guard hold(state_);
    return keywords_;
}

std::vector<std::string> indexed_folder::keywords_in(mailbox::flag_set flags) {
    std::vector<std::string> names;
    const auto all = keywords();
    for (std::size_t i = 0; i < all.size(); ++i)
        if (flags >> (mailbox::flag::first_keyword + i) & 1) names.push_back(all[i]);
    return names;
}

// RFC 9051 §2.3.2: keywords are compared without regard to case.
mailbox::result<mailbox::flag_set> indexed_folder::bits_of(std::span<const std::string> keywords,
                                                           bool create) {
    const std::lock_guard one_at_a_time(change_);
    std::vector<std::string> all = this->keywords();
    const auto before = all.size();
    mailbox::flag_set bits = 0;
    for (const auto& wanted : keywords) {
        auto at = std::ranges::find_if(
            all, [&](const auto& known) { return boost::algorithm::iequals(known, wanted); });
        if (at == all.end()) {
            if (!create) continue;
            if (all.size() >= mailbox::flag::most_keywords)
                return std::unexpected(mailbox::trouble{
                    kind::limit, name_ + " has 59 keywords, and no room for " + wanted.substr(0, 100)});
            at = all.insert(all.end(), wanted);
        }
        bits |= mailbox::flag_set{1} << (mailbox::flag::first_keyword + (at - all.begin()));
    }
    if (all.size() == before) return bits;
    if (auto ok = usable(); !ok) return std::unexpected(ok.error());
    account_index::changes change(*parts_.index);
    for (auto i = before; i < all.size(); ++i)
        change.add_keyword(box_, static_cast<int>(i), all[i]);
    if (auto done = change.commit(); !done) return std::unexpected(done.error());
    const std::lock_guard hold(state_);
    keywords_ = std::move(all);
    return bits;
}

// What memory still has of a message that went says nothing.
std::optional<std::string> indexed_folder::remembered(mailbox::uid id, std::string_view aspect) {
    if (gone_ || !find(id)) return std::nullopt;
    return parts_.index->remembered(box_.id, id, aspect);
}

void indexed_folder::remember(mailbox::uid id, std::string_view aspect, std::string text) {
    if (!gone_ && find(id)) parts_.index->remember(box_.id, id, aspect, std::move(text));
}

mailbox::result<mailbox::flags_stored> indexed_folder::store_flags(std::span<const mailbox::uid> ids,
                                                                   const mailbox::flag_change& change) {
    mailbox::flags_stored done;
    row_changes wanted;
    wanted.lasting = false;
    {
        const std::lock_guard one_at_a_time(change_);
        if (auto ok = usable(); !ok) return std::unexpected(ok.error());
        for (const auto id : ids) {
            auto one = row_of(id);
            if (!one) {
                done.missing.push_back(id);
            } else if (change.unchanged_since && one->facts.modified > *change.unchanged_since) {
                done.modified.push_back(id);
            } else {
                const auto before = std::exchange(one->facts.flags, changed_by(change, one->facts.flags));
                done.changed.push_back(one->facts);
                if (one->facts.flags != before) wanted.changed.push_back(std::move(*one));
            }
        }
        if (wanted.changed.empty()) return done;
        for (const auto id : write_flags(wanted.changed)) {
            done.missing.push_back(id);
            std::erase_if(done.changed, [id](const auto& one) { return one.id == id; });
        }
        if (wanted.changed.empty()) return done;
        if (auto applied = apply(wanted); !applied) {
            heard_too_much(); // what is written beside the messages says more than the rows
            return std::unexpected(applied.error());
        }
        auto next = wanted.changed.begin();
        for (auto& one : done.changed)
            if (next != wanted.changed.end() && one.id == next->facts.id) one = (next++)->facts;
    }
    tell();
    return done;
}

mailbox::uid indexed_folder::recent_from(bool claim) {
    const std::lock_guard one_at_a_time(change_);
    mailbox_row box = box_;
    const auto first = box.first_recent;
    if (!claim || first == box.next) return first;
    box.first_recent = box.next;
    account_index::changes change(*parts_.index);
    change.save(box);
    (void)change.commit(); // at worst they are recent once more
    const std::lock_guard hold(state_);
    box_.first_recent = box.first_recent;
    return first;
}

mailbox::folder::watch indexed_folder::on_change(std::function<void()> changed) {
    return users_.on_change(std::move(changed));
}

void indexed_folder::tell() {
    users_.tell();
}

mailbox::result<std::shared_ptr<void>> indexed_folder::lock_exclusively() {
    return users_.lock_exclusively(name_);
}

void indexed_folder::wake() {
    if (woken_.exchange(true)) return;
    parts_.store.post([self = weak_from_this()] {
        const auto alive = self.lock();
        if (!alive) return;
        alive->woken_ = false;
        (void)alive->refresh();
    });
}

void indexed_folder::forget(account_index::changes& change, mailbox_row& box, const message_rows& gone) {
    for (const auto& one : gone) {
        change.remove(box, one.facts.id, box.highest);
        box.messages -= 1;
        box.octets -= one.facts.octets;
    }
    change.save(box);
}

void indexed_folder::see_go(mailbox::mod_sequence when, const message_rows& gone) {
    std::vector<mailbox::uid> ids;
    const std::lock_guard hold(state_);
    for (const auto& one : gone) {
        ids.push_back(one.facts.id);
        box_.messages -= 1;
        box_.octets -= one.facts.octets;
    }
    box_.highest = when;
    table_.remove(std::move(ids), when);
}

// RFC 7162 §3.1: a mod-sequence for what a client can see; where a file lies is nothing to it.
mailbox::result<void> indexed_folder::number(account_index::changes& change, mailbox_row& box,
                                             row_changes& wanted) {
    const auto when = box.highest + 1;
    if (!wanted.gone.empty() || !wanted.come.empty()) box.highest = when;
    for (auto& one : wanted.changed) {
        const auto before = table_.record_of(one.facts.id); // nobody writes it while we have change_
        if (!before || before->flags != one.facts.flags) one.facts.modified = box.highest = when;
        change.update(box, one);
    }
    for (auto& one : wanted.come) {
        // RFC 9051 §2.3.1.1: 32 bits, and none twice.
        if (box.next == 0xffffffff)
            return std::unexpected(mailbox::trouble{kind::limit, name_ + " has used up its UIDs"});
        one.facts.id = box.next++;
        one.facts.modified = when;
        one.base += '.' + std::to_string(one.facts.id);
        box.messages += 1;
        box.octets += one.facts.octets;
        change.add(box, one, "");
    }
    forget(change, box, wanted.gone);
    if (wanted.also) wanted.also(change);
    return {};
}

mailbox::result<void> indexed_folder::apply(row_changes& wanted) {
    mailbox_row box = box_;
    {
        account_index::changes change(*parts_.index);
        if (auto done = number(change, box, wanted); !done) return done;
        if (auto done = change.commit(); !done) return done;
    }
    wanted.committed = true;
    mailbox::result<void> lasts;
    if (wanted.lasting) lasts = parts_.index->sync();
    see(box, wanted); // in the index it is in any case
    if (!wanted.gone.empty()) prune_vanished();
    return lasts;
}

// All at once: who is told the new mod-sequence has heard of what went.
void indexed_folder::see(const mailbox_row& box, const row_changes& done) {
    std::vector<mailbox::uid> ids;
    for (const auto& one : done.gone)
        ids.push_back(one.facts.id);
    const std::lock_guard hold(state_);
    box_ = box;
    for (const auto& one : done.changed)
        table_.update(one);
    if (!ids.empty()) table_.remove(std::move(ids), box.highest);
    for (const auto& one : done.come)
        table_.add(one);
}

void indexed_folder::prune_vanished() {
    mailbox_row box = box_;
    {
        const std::lock_guard hold(state_);
        box.forgotten = table_.forget_vanished();
        if (box.forgotten == 0) return;
        box_.forgotten = box.forgotten;
    }
    account_index::changes change(*parts_.index);
    change.forget_vanished(box);
    change.save(box);
    (void)change.commit();
}

} // namespace refmail::store
