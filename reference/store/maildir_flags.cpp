// STORE and EXPUNGE of a mailbox on the disk; see maildir_folder.hpp. First the names, then the rows: what a
// crash leaves between the two looks like another program's change, and is taken over as such. RFC 9051
// §6.4.6, §6.4.3; RFC 7162 §3.1.3.
#include "reference/store/mail_store.hpp"
#include "reference/store/maildir_folder.hpp"

#include <cerrno>
#include <cstdio>
#include <unistd.h>

namespace refmail::store {
namespace {

// The name says the system flags, and that somebody dealt with it: a message with flags is in cur/.
message_row with_flags(message_row one, mailbox::flag_set flags) {
    const bool named = (one.facts.flags & mailbox::flag::system) != (flags & mailbox::flag::system);
    one.facts.flags = flags;
    if (!named) return one;
    one.info = info_with(one.fresh ? "" : one.info, flags);
    one.fresh = false;
    return one;
}

} // namespace

// Where another program has put it since we looked. Without `all` afterwards, that could not be seen.
const maildir_folder::listed* maildir_folder::find_elsewhere(const message_row& one,
                                                             std::optional<listing>& all) {
    if (!all)
        if (auto listed = list_files()) all = std::move(*listed);
    if (!all) return nullptr;
    const auto at = all->find(one.base);
    return at == all->end() ? nullptr : &at->second;
}

bool maildir_folder::rename_to(const message_row& before, const message_row& after,
                               std::optional<listing>& all) {
    if (place_of(before) == place_of(after)) return true;
    const std::string to = path_of(after);
    if (::rename(path_of(before).c_str(), to.c_str()) == 0) return true;
    if (errno != ENOENT) return false;
    const auto* elsewhere = find_elsewhere(before, all);
    if (!elsewhere) return false;
    message_row found = before;
    found.info = elsewhere->info;
    found.fresh = elsewhere->fresh;
    return ::rename(path_of(found).c_str(), to.c_str()) == 0;
}

mailbox::result<mailbox::flags_stored> maildir_folder::store_flags(std::span<const mailbox::uid> ids,
                                                                   const mailbox::flag_change& change) {
    mailbox::flags_stored done;
    {
        const std::lock_guard one_at_a_time(change_);
        if (auto ok = usable(); !ok) return std::unexpected(ok.error());
        mailbox_row box = box_;
        ++box.highest;
        message_rows changed;
        std::optional<listing> all;
        for (const auto id : ids) {
            const auto before = table_.find(id); // nobody writes it while we have change_
            if (!before) {
                done.missing.push_back(id);
                continue;
            }
            if (change.unchanged_since && before->facts.modified > *change.unchanged_since) {
                done.modified.push_back(id);
                continue;
            }
            const auto flags = changed_by(change, before->facts.flags);
            message_row after = with_flags(*before, flags);
            if (flags != before->facts.flags) {
                if (!rename_to(*before, after, all)) {
                    done.missing.push_back(id);
                    heard_too_much();
                    continue;
                }
                after.facts.modified = box.highest;
                changed.push_back(after);
            }
            done.changed.push_back(after.facts);
        }
        if (changed.empty()) return done;
        account_index::changes rows(*parts_.index);
        for (const auto& one : changed)
            rows.update(box, one);
        rows.save(box);
        if (auto committed = rows.commit(); !committed) {
            heard_too_much(); // the names say more than the rows
            return std::unexpected(committed.error());
        }
        const std::lock_guard hold(state_);
        box_.highest = box.highest;
        for (const auto& one : changed)
            table_.update(one);
    }
    tell();
    return done;
}

mailbox::result<void> maildir_folder::unlink_one(const message_row& one, std::optional<listing>& all) {
    const auto unlink = [&](const std::string& path) -> mailbox::result<void> {
        if (::unlink(path.c_str()) == 0) return {};
        return std::unexpected(trouble_of(disk_failure(errno, "remove", path).error()));
    };
    auto done = unlink(path_of(one));
    if (done || done.error().kind != mailbox::trouble::kind::missing) return done;
    const auto* elsewhere = find_elsewhere(one, all);
    if (!elsewhere && all) return {}; // gone already
    if (!elsewhere) return done;
    message_row found = one;
    found.info = elsewhere->info;
    found.fresh = elsewhere->fresh;
    return unlink(path_of(found));
}

mailbox::result<std::vector<mailbox::uid>> maildir_folder::expunge(std::span<const mailbox::uid> ids,
                                                                   bool even_undeleted) {
    std::vector<mailbox::uid> went;
    bool fresh = false, seen = false;
    mailbox::result<void> all_went;
    {
        const std::lock_guard one_at_a_time(change_);
        if (auto ok = usable(); !ok) return std::unexpected(ok.error());
        message_rows gone;
        std::optional<listing> all;
        for (const auto id : ids) {
            const auto one = table_.find(id);
            if (!one || !(even_undeleted || (one->facts.flags & mailbox::flag::deleted))) continue;
            if (auto gone_now = unlink_one(*one, all); !gone_now) { // it stays, and so does its row
                all_went = std::move(gone_now);
                continue;
            }
            (one->fresh ? fresh : seen) = true;
            went.push_back(id);
            gone.push_back(*one);
        }
        if (!all_went && went.empty()) return std::unexpected(all_went.error());
        if (went.empty()) return went;
        mailbox_row box = box_;
        ++box.highest;
        account_index::changes change(*parts_.index);
        forget_rows(change, box, gone);
        const auto committed = change.commit(); // a row without a file vanishes at the next look, at worst
        see_go(box, gone);
        prune_vanished();
        if (!committed) return std::unexpected(committed.error());
    }
    tell();
    for (const auto& [touched, name] : {std::pair{fresh, "/new"}, std::pair{seen, "/cur"}}) {
        if (!touched) continue;
        auto opened = store::folder::open(path() + name);
        const auto synced = opened ? (*opened)->sync() : std::unexpected(opened.error());
        if (!synced && !gone_) return std::unexpected(trouble_of(synced.error()));
    }
    if (!all_went) return std::unexpected(all_went.error());
    return went;
}

void maildir_folder::prune_vanished() {
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
