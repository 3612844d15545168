// An mbox as an open mailbox: reading, adding and removing messages; see the header.
#include "reference/store/mbox_folder.hpp"

#include "reference/store/content_copies.hpp"
#include "reference/store/mail_store.hpp"
#include "reference/store/message_file.hpp"

#include <algorithm>
#include <ctime>

namespace refmail::store {
namespace {

using kind = enum mailbox::trouble::kind;

struct octets_in_memory : mailbox::content {
    explicit octets_in_memory(std::string all)
        : text(std::move(all)) {}
    std::string_view octets() const override { return text; }
    std::string text;
};

// Is this the message of the row, and nothing else?
bool is_message_of(const message_row& row, std::string_view text) {
    mbox_scanner scanner;
    scanner.feed(text);
    const auto found = scanner.finish();
    return !found.foreign && found.messages.size() == 1 &&
           row.base.starts_with(found.messages[0].identity + '.');
}

} // namespace

mbox_folder::mbox_folder(const account_parts& parts, std::shared_ptr<mbox_file> file, account_index::log log)
    : indexed_folder(parts, "INBOX")
    , file_(std::move(file))
    , log_(std::move(log)) {}

mailbox::result<std::shared_ptr<mbox_folder>>
mbox_folder::open(const account_parts& parts, std::shared_ptr<mbox_file> file, account_index::log log) {
    auto made = std::make_shared<mbox_folder>(parts, std::move(file), std::move(log));
    if (auto loaded = made->load_all(); !loaded) return std::unexpected(loaded.error());
    const auto leaving = parts.index->leaving();
    if (!leaving) return std::unexpected(leaving.error());
    for (const auto& [name, base] : *leaving)
        if (name == "INBOX") made->left_.insert(base);
    auto expected = parts.index->expected();
    if (!expected) return std::unexpected(expected.error());
    made->expected_ = std::move(*expected);
    made->believe_note();
    if (auto looked = made->refresh(); !looked) return std::unexpected(looked.error());
    if (auto* watches = parts.store.watches()) made->watch_ = watches->watch_file(made->file_->path(), made);
    return made;
}

// The file is looked through at once, so the rows are wanted at once.
mailbox::result<void> mbox_folder::load_all() {
    if (auto loaded = load(); !loaded) return loaded;
    return read_rows();
}

mailbox::result<mbox_folder::held_file> mbox_folder::locked(mbox_file::milliseconds patience) {
    const auto decided = [this](const mbox_numbers& numbers) {
        const std::lock_guard hold(state_);
        return numbers.validity != box_.validity || numbers.first < box_.next;
    };
    auto held = file_->lock(decided, patience);
    if (!held) return std::unexpected(trouble_of(held.error()));
    return std::move(*held);
}

mailbox::result<std::shared_ptr<const mailbox::content>> mbox_folder::open(mailbox::uid id) {
    for (int attempt = 1;; ++attempt) {
        std::optional<message_row> row;
        mbox_extent where;
        {
            const std::lock_guard hold(state_);
            row = table_.find(id);
            if (const auto known = at_.find(id); known != at_.end()) where = known->second;
        }
        if (!row) return std::unexpected(mailbox::trouble{kind::missing, "the message is there no more"});
        const auto text = file_->read(where);
        if (!text && text.error().kind != disk_error::kind::missing)
            return std::unexpected(trouble_of(text.error()));
        if (text && is_message_of(*row, *text))
            return std::make_shared<octets_in_memory>(served_from_mbox(*text, mbox_info::from(row->info)));
        if (attempt > 5)
            return std::unexpected(
                mailbox::trouble{kind::in_use, file_->path() + " changes while it is read"});
        { // another program has moved it, or does so right now
            const std::lock_guard hold(state_);
            again_ = true;
        }
        if (auto looked = refresh(); !looked) return std::unexpected(looked.error());
    }
}

// Texts one behind the other, and where in them each message is.
struct mbox_folder::written {
    mbox_text text;
    row_changes rows;
    std::vector<mbox_extent> where;
};

mailbox::result<void> mbox_folder::write_down(written& all, std::vector<mailbox::to_append> messages) {
    for (auto& wanted : messages) {
        const auto bits = bits_of(wanted.keywords, true);
        if (!bits) return std::unexpected(bits.error());
        message_row row;
        row.facts.flags = *bits | (wanted.system_flags & mailbox::flag::system);
        row.facts.received = wanted.received.value_or(std::time(nullptr));
        row.facts.zone = wanted.zone;
        const auto form = to_store(std::move(wanted.octets));
        const auto entry = mbox_entry_of(form.octets, form.raw, "", row.facts.received);
        row.facts.octets = entry.octets;
        row.base = entry.identity;
        row.info = entry.info.text();
        all.where.push_back({all.text.size(), entry.text.size()});
        if (auto added = all.text.add(entry.text); !added) return std::unexpected(trouble_of(added.error()));
        all.rows.come.push_back(std::move(row));
    }
    return {};
}

// Under turn_. First the octets, then the rows: octets without rows are taken back, also after a crash.
mailbox::result<void> mbox_folder::add(mbox_file::hold& held, written& all,
                                       const in_the_same_transaction& also) {
    const std::lock_guard one_at_a_time(change_);
    const auto begin = held.append(std::move(all.text), {box_.validity, box_.next});
    if (!begin) return std::unexpected(trouble_of(begin.error()));
    all.rows.also = also;
    auto applied = apply(all.rows);
    if (!applied && !(also && all.rows.committed)) { // what is taken away elsewhere must be here
        const std::lock_guard hold(state_);
        again_ = true;
        return applied;
    }
    held.keep();
    stretch_last(*begin);
    const std::lock_guard hold(state_);
    for (std::size_t i = 0; i < all.where.size(); ++i)
        at_[all.rows.come[i].facts.id] = {*begin + all.where[i].offset, all.where[i].length};
    return {};
}

mailbox::result<mailbox::appended> mbox_folder::append(std::vector<mailbox::to_append> messages,
                                                       const in_the_same_transaction& also) {
    written all{{parts_.root + "/tmp", parts_.store.how().memory_per_copy}, {}, {}};
    if (auto done = write_down(all, std::move(messages)); !done) return std::unexpected(done.error());
    return taken_in(all, also);
}

mailbox::result<mailbox::appended> mbox_folder::take_copies(indexed_folder& from,
                                                            std::span<const mailbox::uid> ids) {
    const auto most = parts_.store.how().memory_per_copy;
    written all{{parts_.root + "/tmp", most}, {}, {}};
    const auto done = in_portions(from, ids, most, [&](auto portion) {
        auto messages = as_appends(from, portion);
        return messages ? write_down(all, std::move(*messages)) : std::unexpected(messages.error());
    });
    if (!done) return std::unexpected(done.error());
    return taken_in(all, {});
}

mailbox::result<mailbox::appended> mbox_folder::taken_in(written& all, const in_the_same_transaction& also) {
    {
        const std::lock_guard mine(turn_);
        auto held = locked();
        if (!held) return std::unexpected(held.error());
        if (auto seen = catch_up(**held); !seen) return std::unexpected(seen.error());
        auto done = add(**held, all, also);
        if (done) settle(**held, (*held)->stamp());
        if (!done) return std::unexpected(done.error());
    }
    tell();
    mailbox::appended done;
    done.uid_validity = facts().uid_validity;
    for (const auto& one : all.rows.come)
        done.ids.push_back(one.facts.id);
    return done;
}

// Under turn_. An empty line that was missing behind what was the last message goes when that does.
void mbox_folder::stretch_last(std::uint64_t end) {
    if (end == stamp_.size) return;
    const std::lock_guard hold(state_);
    const auto last = std::ranges::max_element(at_, {}, [](const auto& one) { return one.second.offset; });
    if (last != at_.end()) last->second.length = end - last->second.offset;
}

std::vector<mbox_extent> mbox_folder::extents_of(const message_rows& rows) const {
    std::vector<mbox_extent> all;
    const std::lock_guard hold(state_);
    for (const auto& one : rows)
        if (const auto known = at_.find(one.facts.id); known != at_.end()) all.push_back(known->second);
    std::ranges::sort(all, {}, &mbox_extent::offset);
    return all;
}

// Under change_. What lay behind a message that went lies where that was.
void mbox_folder::shift(const std::vector<mbox_extent>& gone, const message_rows& rows) {
    std::vector<std::uint64_t> octets{0}; // of the first n that went
    for (const auto& one : gone)
        octets.push_back(octets.back() + one.length);
    const std::lock_guard hold(state_);
    for (const auto& one : rows)
        at_.erase(one.facts.id);
    for (auto& [id, where] : at_) {
        const auto before = std::ranges::lower_bound(gone, where.offset, {}, &mbox_extent::offset);
        where.offset -= octets[static_cast<std::size_t>(before - gone.begin())];
    }
}

// First the octets, then the rows: what a crash leaves between the two looks like another program's change.
mailbox::result<std::vector<mailbox::uid>> mbox_folder::expunge(std::span<const mailbox::uid> ids,
                                                                bool even_undeleted) {
    std::vector<mailbox::uid> went;
    {
        const std::lock_guard mine(turn_);
        auto held = locked();
        if (!held) return std::unexpected(held.error());
        if (auto seen = catch_up(**held); !seen) return std::unexpected(seen.error());
        const std::lock_guard one_at_a_time(change_);
        row_changes wanted;
        for (const auto id : ids) {
            auto one = row_of(id);
            if (!one || !(even_undeleted || (one->facts.flags & mailbox::flag::deleted))) continue;
            went.push_back(id);
            wanted.gone.push_back(std::move(*one));
        }
        if (went.empty()) return went;
        const auto where = extents_of(wanted.gone);
        if (auto removed = (*held)->remove(where); !removed)
            return std::unexpected(trouble_of(removed.error()));
        if (auto applied = apply(wanted); !applied) {
            const std::lock_guard hold(state_);
            again_ = true;
            return std::unexpected(applied.error());
        }
        shift(where, wanted.gone);
        settle(**held, (*held)->stamp());
    }
    tell();
    return went;
}

mailbox::result<void> mbox_folder::expect(const mbox_entry& one) {
    const std::lock_guard one_at_a_time(change_);
    account_index::changes change(*parts_.index);
    change.expect(one.identity, one.info.text(), one.octets);
    if (auto done = change.commit(); !done) return done;
    expected_[one.identity] = {one.info.text(), one.octets};
    return parts_.index->sync();
}

} // namespace refmail::store
