// STORE and EXPUNGE of a mailbox on the disk; see maildir_folder.hpp. First the names, then the rows: what a
// crash leaves between the two looks like another program's change, and is taken over as such. RFC 9051
// §6.4.6, §6.4.3; RFC 7162 §3.1.3.
#include "reference/store/mail_store.hpp"
#include "reference/store/maildir_folder.hpp"

#include <cerrno>
#include <cstdio>
#include <unistd.h>

namespace refmail::store {

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

// The name says the system flags, and that somebody dealt with it: a message with flags is in cur/.
std::vector<mailbox::uid> maildir_folder::write_flags(message_rows& changed) {
    std::vector<mailbox::uid> missing;
    std::optional<listing> all;
    std::erase_if(changed, [&](auto& after) {
        const auto before = table_.find(after.facts.id); // nobody writes it while we have change_
        const auto named = (before->facts.flags ^ after.facts.flags) & mailbox::flag::system;
        if (!named) return false;
        after.info = info_with(after.fresh ? "" : after.info, after.facts.flags);
        after.fresh = false;
        if (rename_to(*before, after, all)) return false;
        missing.push_back(after.facts.id);
        return true;
    });
    if (!missing.empty()) heard_too_much();
    return missing;
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
        row_changes wanted;
        wanted.lasting = false;
        std::optional<listing> all;
        for (const auto id : ids) {
            auto one = table_.find(id);
            if (!one || !(even_undeleted || (one->facts.flags & mailbox::flag::deleted))) continue;
            if (auto gone_now = unlink_one(*one, all); !gone_now) { // it stays, and so does its row
                all_went = std::move(gone_now);
                continue;
            }
            (one->fresh ? fresh : seen) = true;
            went.push_back(id);
            wanted.gone.push_back(std::move(*one));
        }
        if (!all_went && went.empty()) return std::unexpected(all_went.error());
        if (went.empty()) return went;
        if (auto applied = apply(wanted); !applied) {
            heard_too_much(); // rows without files
            return std::unexpected(applied.error());
        }
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

} // namespace refmail::store
