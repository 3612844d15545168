// COPY and MOVE between mailboxes of one account: by hard link and by rename, no octet is read. See
// maildir_folder.hpp. RFC 9051 §6.4.7, RFC 6851: all or none.
#include "reference/store/content_copies.hpp"
#include "reference/store/mail_store.hpp"
#include "reference/store/maildir_folder.hpp"
#include "reference/store/mbox_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <unistd.h>

namespace refmail::store {
namespace {

using kind = enum mailbox::trouble::kind;

std::string raw_mark_of(const message_row& one) {
    return std::string(one.base.ends_with(raw_mark) ? raw_mark : "");
}

// A file has so many names at most (65,000 on ext4); then its octets are copied.
mailbox::result<void> link_or_copy(const std::string& from, const std::string& to, bool raw) {
    if (::link(from.c_str(), to.c_str()) == 0) return {};
    const int cause = errno;
    if (cause != EMLINK && cause != EPERM && cause != EXDEV)
        return std::unexpected(trouble_of(disk_failure(cause, "link to", from).error()));
    auto read = read_message(from);
    auto made = file::create(to);
    result<void> written;
    if (!read) written = std::unexpected(read.error());
    if (written && !made) written = std::unexpected(made.error());
    if (written) written = made->append(raw ? read->octets : to_store(std::move(read->octets)).octets);
    if (written) written = made->sync();
    if (!written) return std::unexpected(trouble_of(written.error()));
    return {};
}

} // namespace

mailbox::result<mailbox::flag_set> maildir_folder::translated(maildir_folder& to, mailbox::flag_set flags) {
    if (&to == this) return flags;
    auto bits = to.bits_of(keywords_in(flags), true);
    if (bits) *bits |= flags & mailbox::flag::system;
    return bits;
}

mailbox::result<maildir_folder::job> maildir_folder::as_arrivals(maildir_folder& to,
                                                                 const message_rows& rows) {
    job mine;
    for (const auto& row : rows) {
        auto flags = translated(to, row.facts.flags);
        if (!flags) return std::unexpected(flags.error());
        arriving one;
        one.row = row;
        one.source = row.facts.id;
        one.row.facts.id = 0;
        one.row.facts.flags = *flags;
        one.row.base = parts_.store.new_name() + raw_mark_of(row);
        one.row.info = info_with(row.fresh ? "" : row.info, *flags);
        one.row.fresh = false;
        mine.messages.push_back(std::move(one));
    }
    return mine;
}

// A name may have changed by another program since we looked: once more, after a refresh.
mailbox::result<maildir_folder::job> maildir_folder::linked(maildir_folder& to,
                                                            std::span<const mailbox::uid> ids) {
    for (bool again = true;; again = false) {
        auto rows = rows_of(ids);
        if (!rows) return std::unexpected(rows.error());
        auto mine = as_arrivals(to, *rows);
        if (!mine) return mine;
        mailbox::result<void> made;
        for (std::size_t i = 0; i < rows->size() && made; ++i) {
            auto& one = mine->messages[i];
            one.from = "tmp/" + one.row.base;
            const bool raw = one.row.base.ends_with(raw_mark);
            made = link_or_copy(path_of((*rows)[i]), parts_.root + "/" + one.from, raw);
        }
        if (made) return mine;
        drop_files(*mine);
        if (!again || made.error().kind != kind::missing) return std::unexpected(made.error());
        heard_too_much();
        if (auto looked = refresh(); !looked) return std::unexpected(looked.error());
    }
}

mailbox::result<mailbox::copied> maildir_folder::copy_to(folder& other, std::span<const mailbox::uid> ids) {
    const auto room = room_for_copies(ids);
    if (!room) return std::unexpected(room.error());
    if (auto* mbox = dynamic_cast<mbox_folder*>(&other)) return copy_by_content(*this, *mbox, ids);
    auto& to = dynamic_cast<maildir_folder&>(other);
    if (auto ok = to.usable(); !ok) return std::unexpected(ok.error());
    auto mine = linked(to, ids);
    if (!mine) return std::unexpected(mine.error());
    to.take_in(*mine);
    if (!mine->outcome) return std::unexpected(mine->outcome.error());
    return to.told(*mine);
}

mailbox::copied maildir_folder::told(const job& mine) {
    mailbox::copied done;
    done.uid_validity = facts().uid_validity;
    for (const auto& one : mine.messages) {
        done.from.push_back(one.source);
        done.to.push_back(one.row.facts.id);
    }
    return done;
}

// The messages as they are now and as they will be there. Keywords of the other mailbox may have to be made
// first; so this is done before the locks are taken, and again when somebody was quicker.
mailbox::result<mailbox::copied> maildir_folder::move_to(folder& other, std::span<const mailbox::uid> ids) {
    if (auto* mbox = dynamic_cast<mbox_folder*>(&other)) return move_into(*mbox, ids);
    auto& to = dynamic_cast<maildir_folder&>(other);
    for (auto* one : {&to, this})
        if (auto ok = one->usable(); !ok) return std::unexpected(ok.error());
    for (int attempt = 1;; ++attempt) {
        const auto rows = rows_of(ids);
        if (!rows) return std::unexpected(rows.error());
        auto mine = as_arrivals(to, *rows);
        if (!mine) return std::unexpected(mine.error());
        if (!files_are_there(*rows)) { // renamed by another program: after the look we know its name
            if (attempt > 10)
                return std::unexpected(mailbox::trouble{kind::in_use, "files of " + name_ + " do not stay"});
            heard_too_much();
            if (auto looked = refresh(); !looked) return std::unexpected(looked.error());
            continue;
        }
        const std::lock_guard alone(to.arrival_);
        auto moved = move_rows(to, *mine, *rows);
        if (!moved) return std::unexpected(moved.error());
        if (*moved) return to.told(*mine);
    }
}

bool maildir_folder::files_are_there(const message_rows& rows) const {
    return std::all_of(rows.begin(), rows.end(),
                       [&](const auto& one) { return ::access(path_of(one).c_str(), F_OK) == 0; });
}

bool maildir_folder::are_as_before(const message_rows& rows) const {
    const std::lock_guard hold(state_);
    return std::all_of(rows.begin(), rows.end(), [&](const auto& before) {
        const auto now = table_.find(before.facts.id);
        return now && now->facts.flags == before.facts.flags && place_of(*now) == place_of(before);
    });
}

// One transaction takes the rows here and gives them there; a crash behind it is made good by recovery.hpp.
// False: something changed since `rows` were looked at.
mailbox::result<bool> maildir_folder::move_rows(maildir_folder& to, job& mine, const message_rows& rows) {
    job* const jobs[] = {&mine};
    mailbox::mod_sequence given = 0;
    {
        std::unique_lock ours(change_, std::defer_lock), theirs(to.change_, std::defer_lock);
        if (&to == this)
            ours.lock();
        else
            std::lock(ours, theirs);
        for (auto* one : {&to, this})
            if (auto ok = one->usable(); !ok) return std::unexpected(ok.error());
        if (!are_as_before(rows)) return false;
        const std::string here = path().substr(parts_.root.size());
        for (std::size_t i = 0; i < rows.size(); ++i)
            mine.messages[i].from = (here + place_of(rows[i])).substr(1);
        mailbox_row target = to.box_;
        given = target.highest + 1;
        account_index::changes change(*parts_.index);
        if (auto done = to.number_arrivals(change, jobs, target); !done) return std::unexpected(done.error());
        mailbox_row source = &to == this ? target : box_;
        if (&to != this) ++source.highest;
        forget(change, source, rows);
        if (auto done = change.commit(); !done) return std::unexpected(done.error());
        to.to_settle_.clear();
        to.place(mine);
        to.count(mine, 1);
        see_go(source.highest, rows);
    }
    tell();
    if (auto last = to.make_last(); !last && mine.outcome) mine.outcome = last;
    // What another program took away in this very moment comes back here, as a new message.
    if (!mine.outcome) to.drop_rows_without_file(mine);
    mine.outcome = {};
    to.publish(jobs, given);
    return true;
}

void maildir_folder::drop_rows_without_file(job& mine) {
    const std::lock_guard one_at_a_time(change_);
    account_index::changes rows(*parts_.index);
    for (const auto& one : mine.messages)
        if (!one.placed) rows.take_back(box_, one.row);
    (void)rows.commit();
    const std::lock_guard hold(state_);
    std::erase_if(mine.messages, [&](const auto& one) {
        if (one.placed) return false;
        in_flight_.erase(one.row.base);
        box_.messages -= 1;
        box_.octets -= one.row.facts.octets;
        return true;
    });
}

} // namespace refmail::store
