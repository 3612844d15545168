// A mailbox of which the account's index has the rows; see the header.
#include "reference/store/indexed_folder.hpp"

#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>

namespace refmail::store {
namespace {

using kind = enum mailbox::trouble::kind;

struct records_now final : mailbox::record_list {
    const std::vector<mailbox::record>& all() const override { return *kept; }
    std::shared_ptr<const std::vector<mailbox::record>> kept;
};

} // namespace

mailbox::result<void> indexed_folder::load() {
    auto known = index_->mailbox_named(name_);
    if (!known) return std::unexpected(known.error());
    if (!*known) {
        account_index::changes change(*index_);
        *known = change.add_mailbox(name_, {});
        if (auto done = change.commit(); !done) return done;
    }
    auto rows = index_->messages_of((*known)->id);
    if (!rows) return std::unexpected(rows.error());
    auto vanished = index_->vanished_from((*known)->id);
    if (!vanished) return std::unexpected(vanished.error());
    auto keywords = index_->keywords_of((*known)->id);
    if (!keywords) return std::unexpected(keywords.error());
    const std::lock_guard hold(state_);
    box_ = **known;
    keywords_ = std::move(*keywords);
    table_.load(std::move(*rows), std::move(*vanished), box_);
    return {};
}

mailbox::folder_facts indexed_folder::facts() {
    const std::lock_guard hold(state_);
    mailbox::folder_facts now;
    now.uid_validity = box_.validity;
    now.uid_next = box_.next;
    now.highest = box_.highest;
    now.first_recent = box_.first_recent;
    now.read_only = read_only_;
    table_.count(now);
    return now;
}

mailbox::folder_look indexed_folder::look() {
    mailbox::folder_look seen;
    seen.facts = facts();
    const std::lock_guard hold(state_);
    auto records = std::make_shared<records_now>();
    records->kept = table_.snapshot();
    seen.first_unseen = table_.first_unseen();
    seen.records = std::move(records);
    return seen;
}

std::vector<mailbox::record> indexed_folder::records() {
    const std::lock_guard hold(state_);
    return table_.records();
}

std::optional<mailbox::record> indexed_folder::find(mailbox::uid id) {
    const std::lock_guard hold(state_);
    return table_.record_of(id);
}

mailbox::folder_changes indexed_folder::since(mailbox::mod_sequence known) {
    const std::lock_guard hold(state_);
    mailbox::folder_changes changes;
    if (known < box_.highest) changes = table_.since(known, box_.next);
    changes.highest = box_.highest;
    return changes;
}

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
    account_index::changes change(*index_);
    for (auto i = before; i < all.size(); ++i)
        change.add_keyword(box_, static_cast<int>(i), all[i]);
    if (auto done = change.commit(); !done) return std::unexpected(done.error());
    const std::lock_guard hold(state_);
    keywords_ = std::move(all);
    return bits;
}

std::optional<std::string> indexed_folder::remembered(mailbox::uid id, std::string_view aspect) {
    if (!find(id)) return std::nullopt;
    return index_->remembered(box_.id, id, aspect);
}

void indexed_folder::remember(mailbox::uid id, std::string_view aspect, std::string text) {
    if (find(id)) index_->remember(box_.id, id, aspect, std::move(text));
}

mailbox::result<mailbox::flags_stored> indexed_folder::store_flags(std::span<const mailbox::uid> ids,
                                                                   const mailbox::flag_change& change) {
    mailbox::flags_stored done;
    row_changes wanted;
    wanted.lasting = false;
    std::vector<std::size_t> places; // in done.changed, of those that change
    {
        const std::lock_guard one_at_a_time(change_);
        for (const auto id : ids) {
            auto one = row_of(id);
            if (!one) {
                done.missing.push_back(id);
                continue;
            }
            if (change.unchanged_since && one->facts.modified > *change.unchanged_since) {
                done.modified.push_back(id);
                continue;
            }
            const auto flags = changed_by(change, one->facts.flags);
            if (flags != one->facts.flags) {
                one->facts.flags = flags;
                places.push_back(done.changed.size());
                wanted.changed.push_back(*one);
            }
            done.changed.push_back(one->facts);
        }
        if (wanted.changed.empty()) return done;
        if (auto applied = apply(wanted); !applied) return std::unexpected(applied.error());
        for (std::size_t i = 0; i < places.size(); ++i)
            done.changed[places[i]] = wanted.changed[i].facts;
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
    account_index::changes change(*index_);
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

std::optional<message_row> indexed_folder::row_of(mailbox::uid id) {
    const std::lock_guard hold(state_);
    return table_.find(id);
}

mailbox::result<message_rows> indexed_folder::rows_of(std::span<const mailbox::uid> ids) {
    message_rows rows;
    const std::lock_guard hold(state_);
    for (const auto id : ids) {
        const auto one = table_.find(id);
        if (!one) // RFC 2180 §4.4.1
            return std::unexpected(mailbox::trouble{kind::missing, "a message is there no more"});
        rows.push_back(*one);
    }
    return rows;
}

mailbox::result<void> indexed_folder::number(account_index::changes& change, mailbox_row& box,
                                             row_changes& wanted) {
    ++box.highest;
    for (auto& one : wanted.changed) {
        const auto before = table_.find(one.facts.id); // nobody writes it while we have change_
        if (!before || before->facts.flags != one.facts.flags) one.facts.modified = box.highest;
        change.update(box, one);
    }
    for (const auto& one : wanted.gone) {
        change.remove(box, one.facts.id, box.highest);
        box.messages -= 1;
        box.octets -= one.facts.octets;
    }
    for (auto& one : wanted.come) {
        // RFC 9051 §2.3.1.1: 32 bits, and none twice.
        if (box.next == 0xffffffff)
            return std::unexpected(mailbox::trouble{kind::limit, name_ + " has used up its UIDs"});
        one.facts.id = box.next++;
        one.facts.modified = box.highest;
        one.base += '.' + std::to_string(one.facts.id);
        box.messages += 1;
        box.octets += one.facts.octets;
        change.add(box, one, "");
    }
    change.save(box);
    if (wanted.also) wanted.also(change);
    return {};
}

mailbox::result<void> indexed_folder::apply(row_changes& wanted) {
    mailbox_row box = box_;
    {
        account_index::changes change(*index_);
        if (auto done = number(change, box, wanted); !done) return done;
        if (auto done = change.commit(); !done) return done;
    }
    wanted.committed = true;
    mailbox::result<void> lasts;
    if (wanted.lasting) lasts = index_->sync();
    see(box, wanted); // in the index it is in any case
    if (!wanted.gone.empty()) prune_vanished();
    return lasts;
}

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
    account_index::changes change(*index_);
    change.forget_vanished(box);
    change.save(box);
    (void)change.commit();
}

} // namespace refmail::store
