// COPY and MOVE from and to an mbox. What is moved is there first, durable; in the same transaction its rows
// here go, and the index is told what has to go from here: a crash loses nothing and doubles nothing, and
// what it kept here goes at the next start. See mbox_folder.hpp; RFC 9051 §6.4.7, RFC 6851.
#include "reference/store/content_copies.hpp"
#include "reference/store/mail_store.hpp"
#include "reference/store/maildir_folder.hpp"
#include "reference/store/mbox_folder.hpp"

#include <algorithm>

namespace refmail::store {
namespace {

using kind = enum mailbox::trouble::kind;
constexpr int most_attempts = 10; // while others change the messages

std::unexpected<mailbox::trouble> restless(const std::string& name) {
    return std::unexpected(mailbox::trouble{kind::in_use, "messages of " + name + " change all the time"});
}

// RFC 9051 §6.4.8: a MOVE may fail partway; each message is then in one of the two mailboxes.
template <class Carry>
mailbox::result<mailbox::copied> moved_in_portions(mailbox::folder& from, std::span<const mailbox::uid> ids,
                                                   std::size_t most_octets, const Carry& carry) {
    mailbox::copied done;
    auto all = in_portions(from, ids, most_octets, [&](auto portion) -> mailbox::result<void> {
        const auto carried = carry(portion);
        if (!carried) return std::unexpected(carried.error());
        done.uid_validity = carried->uid_validity;
        done.from.insert(done.from.end(), portion.begin(), portion.end());
        done.to.insert(done.to.end(), carried->ids.begin(), carried->ids.end());
        return {};
    });
    if (!all) return std::unexpected(all.error());
    return done;
}

} // namespace

mailbox::result<mailbox::copied> mbox_folder::copy_to(folder& to, std::span<const mailbox::uid> ids) {
    const auto room = room_for_copies(ids);
    if (!room) return std::unexpected(room.error());
    if (&to == this) return copy_by_content(*this, *this, ids);
    return copy_by_content(*this, dynamic_cast<maildir_folder&>(to), ids);
}

mailbox::result<mailbox::copied> mbox_folder::move_to(folder& to, std::span<const mailbox::uid> ids) {
    if (&to == this) return renumber(ids);
    auto& maildir = dynamic_cast<maildir_folder&>(to);
    const auto alone = hold_moves();
    return moved_in_portions(*this, ids, parts_.store.how().memory_per_copy,
                             [&](auto portion) { return move_portion(maildir, portion); });
}

// The same octets under other UIDs.
mailbox::result<mailbox::copied> mbox_folder::renumber(std::span<const mailbox::uid> ids) {
    mailbox::copied done;
    {
        const std::lock_guard mine(turn_);
        const std::lock_guard one_at_a_time(change_);
        const auto rows = rows_of(ids);
        if (!rows) return std::unexpected(rows.error());
        row_changes wanted;
        wanted.gone = wanted.come = *rows;
        for (auto& one : wanted.come)
            one.base.resize(one.base.rfind('.'));
        if (auto applied = apply(wanted); !applied && !wanted.committed)
            return std::unexpected(applied.error());
        const std::lock_guard hold(state_);
        done.uid_validity = box_.validity;
        for (std::size_t i = 0; i < rows->size(); ++i) {
            done.from.push_back((*rows)[i].facts.id);
            done.to.push_back(wanted.come[i].facts.id);
            at_[done.to.back()] = at_[done.from.back()];
        }
        for (const auto id : done.from)
            at_.erase(id);
    }
    tell();
    return done;
}

mailbox::result<mailbox::appended> mbox_folder::move_portion(maildir_folder& to,
                                                             std::span<const mailbox::uid> ids) {
    for (int attempt = 1; attempt <= most_attempts; ++attempt) {
        const auto before = rows_of(ids);
        if (!before) return std::unexpected(before.error());
        auto messages = as_appends(*this, ids);
        if (!messages) return std::unexpected(messages.error());
        std::unique_lock mine(turn_);
        auto held = locked();
        if (!held) return std::unexpected(held.error());
        if (auto seen = catch_up(**held); !seen) return std::unexpected(seen.error());
        std::unique_lock one_at_a_time(change_);
        row_changes wanted;
        if (auto rows = rows_of(ids))
            wanted.gone = std::move(*rows);
        else
            return std::unexpected(rows.error());
        if (!std::ranges::equal(*before, wanted.gone, {}, &message_row::facts, &message_row::facts)) continue;
        mailbox_row box;
        bool ran = false;
        auto there = to.append(std::move(*messages), [&](account_index::changes& change) {
            box = box_;
            (void)number(change, box, wanted);
            for (const auto& one : wanted.gone)
                change.leave(box, one.base);
            ran = true;
        });
        if (!there) {
            if (ran) { // not all of it may have happened: the index knows
                (void)load_all();
                const std::lock_guard hold(state_);
                again_ = true;
            }
            return there;
        }
        const auto where = extents_of(wanted.gone);
        for (const auto& one : wanted.gone)
            left_.insert(one.base);
        see(box, wanted);
        const auto dropped = drop_leaving(**held, where);
        if (dropped) {
            shift(where, wanted.gone);
            settle(**held, (*held)->stamp());
        } else {
            const std::lock_guard hold(state_);
            again_ = true;
        }
        one_at_a_time.unlock();
        mine.unlock();
        tell();
        return there;
    }
    return restless(name_);
}

mailbox::result<mailbox::copied> maildir_folder::move_into(mbox_folder& to,
                                                           std::span<const mailbox::uid> ids) {
    const auto alone = to.hold_moves();
    return moved_in_portions(*this, ids, parts_.store.how().memory_per_copy,
                             [&](auto portion) { return move_portion(to, portion); });
}

mailbox::result<mailbox::appended> maildir_folder::move_portion(mbox_folder& to,
                                                                std::span<const mailbox::uid> ids) {
    for (int attempt = 1; attempt <= most_attempts; ++attempt) {
        const auto rows = rows_of(ids);
        if (!rows) return std::unexpected(rows.error());
        auto messages = as_appends(*this, ids);
        if (!messages) return std::unexpected(messages.error());
        std::unique_lock one_at_a_time(change_);
        if (auto ok = usable(); !ok) return std::unexpected(ok.error());
        if (!are_as_before(*rows)) continue;
        mailbox_row source = box_;
        ++source.highest;
        auto there = to.append(std::move(*messages), [&](account_index::changes& change) {
            forget(change, source, *rows);
            for (const auto& one : *rows)
                change.leave(source, one.base);
        });
        if (!there) return there;
        std::optional<listing> all;
        account_index::changes change(*parts_.index);
        for (const auto& one : *rows)
            if (unlink_one(one, all)) change.left(source, one.base); // else at the next start
        (void)change.commit();
        see_go(source.highest, *rows);
        one_at_a_time.unlock();
        tell();
        return there;
    }
    return restless(name_);
}

} // namespace refmail::store
