// Messages that come into a mailbox: APPEND, and the way that COPY, MOVE and deliveries share; see the
// header.
// 1. The file is complete and synced, under a name that nobody reads (tmp/).
// 2. Rows with UIDs are committed: from now on a crash leads to all of them, never to some (recovery.hpp).
// 3. The files get their names, the index and the folder are synced, all at once for whoever waits.
// 4. They are seen.
#include "reference/store/content_copies.hpp"
#include "reference/store/mail_store.hpp"
#include "reference/store/maildir_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <latch>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace refmail::store {
namespace {

using kind = enum mailbox::trouble::kind;

mailbox::result<void> write_file(const std::string& path, const std::string& octets, std::int64_t received) {
    auto made = file::create(path);
    if (!made) return std::unexpected(trouble_of(made.error()));
    auto written = made->append(octets);
    // The time of the file is INTERNALDATE: an index that is made anew finds it there.
    const timespec when[2] = {{received, 0}, {received, 0}};
    if (written && ::utimensat(AT_FDCWD, path.c_str(), when, 0) != 0)
        written = disk_failure(errno, "set the time of", path);
    if (written) written = made->sync();
    if (!written) return std::unexpected(trouble_of(written.error()));
    return {};
}

} // namespace

mailbox::result<void> maildir_folder::write(job& mine, std::vector<mailbox::to_append> messages) {
    for (auto& wanted : messages) {
        auto bits = bits_of(wanted.keywords, true);
        if (!bits) return std::unexpected(bits.error());
        arriving one;
        one.row.facts.flags = *bits | (wanted.system_flags & mailbox::flag::system);
        one.row.facts.octets = wanted.octets.size();
        one.row.facts.received = wanted.received.value_or(std::time(nullptr));
        one.row.facts.zone = wanted.zone;
        const auto form = to_store(std::move(wanted.octets));
        one.row.base = parts_.store.new_name() + std::string(form.raw ? raw_mark : "");
        one.row.info = info_with("", one.row.facts.flags);
        one.from = "tmp/" + one.row.base;
        mine.messages.push_back(one);
        auto done = write_file(parts_.root + "/" + one.from, form.octets, one.row.facts.received);
        if (!done) return done;
    }
    return {};
}

mailbox::result<mailbox::appended> maildir_folder::append(std::vector<mailbox::to_append> messages,
                                                          const in_the_same_transaction& also) {
    if (auto ok = usable(); !ok) return std::unexpected(ok.error());
    job mine;
    mine.also = also;
    return taken_in(mine, write(mine, std::move(messages)));
}

mailbox::result<mailbox::appended> maildir_folder::take_copies(indexed_folder& from,
                                                               std::span<const mailbox::uid> ids) {
    if (auto ok = usable(); !ok) return std::unexpected(ok.error());
    job mine;
    const auto written = in_portions(from, ids, parts_.store.how().memory_per_copy, [&](auto portion) {
        auto messages = as_appends(from, portion);
        return messages ? write(mine, std::move(*messages)) : std::unexpected(messages.error());
    });
    return taken_in(mine, written);
}

mailbox::result<mailbox::appended> maildir_folder::taken_in(job& mine, const mailbox::result<void>& written) {
    if (!written) {
        drop_files(mine);
        return std::unexpected(written.error());
    }
    take_in(mine);
    if (!mine.outcome) return std::unexpected(mine.outcome.error());
    mailbox::appended done;
    done.uid_validity = facts().uid_validity;
    for (const auto& one : mine.messages)
        done.ids.push_back(one.row.facts.id);
    return done;
}

// Who comes while others sync waits, and is taken along by the next round. A leader leads one round.
void maildir_folder::take_in(job& mine) {
    std::unique_lock hold(group_lock_);
    waiting_.push_back(&mine);
    group_changed_.wait(hold, [&] { return mine.done || !led_; });
    if (mine.done) return;
    led_ = true;
    const std::vector<job*> round = std::exchange(waiting_, {});
    hold.unlock();
    {
        const std::lock_guard alone(arrival_);
        commit_jobs(round);
    }
    hold.lock();
    led_ = false;
    for (auto* one : round)
        one->done = true;
    group_changed_.notify_all();
}

// Under arrival_: UIDs are seen in their order.
void maildir_folder::commit_jobs(std::span<job* const> jobs) {
    mailbox::mod_sequence given = 0;
    mailbox::result<void> outcome;
    {
        const std::lock_guard one_at_a_time(change_);
        if (gone_) outcome = usable();
        if (outcome) {
            mailbox_row box = box_;
            given = box.highest + 1;
            account_index::changes rows(*parts_.index);
            outcome = number_arrivals(rows, jobs, box);
            if (outcome) outcome = rows.commit();
        }
        if (outcome) {
            to_settle_.clear();
            for (auto* one : jobs) {
                one->committed = true;
                count(*one, 1);
                place(*one);
            }
        }
    }
    if (outcome) outcome = make_last();
    if (!outcome)
        for (auto* one : jobs)
            one->outcome = outcome;
    take_back(jobs);
    publish(jobs, given);
}

mailbox::result<void> maildir_folder::number_arrivals(account_index::changes& rows,
                                                      std::span<job* const> jobs, mailbox_row& box) {
    const auto modified = box.highest + 1;
    for (const auto id : to_settle_)
        rows.settled(box, id);
    for (auto* one : jobs)
        for (auto& message : one->messages) {
            // RFC 9051 §2.3.1.1: 32 bits, and none twice.
            if (box.next == 0xffffffff)
                return std::unexpected(mailbox::trouble{kind::limit, name_ + " has used up its UIDs"});
            message.row.facts.id = box.next++;
            message.row.facts.modified = modified;
            box.messages += 1;
            box.octets += message.row.facts.octets;
            rows.add(box, message.row, message.from);
        }
    box.highest = modified;
    rows.save(box);
    for (const auto* one : jobs)
        if (one->also) one->also(rows);
    return {};
}

// What is committed counts, whoever saves the row of the mailbox next.
void maildir_folder::count(const job& one, int sign) {
    const std::lock_guard hold(state_);
    for (const auto& message : one.messages) {
        box_.messages += static_cast<std::uint64_t>(sign);
        box_.octets += static_cast<std::uint64_t>(sign) * message.row.facts.octets;
    }
}

void maildir_folder::place(job& one) {
    const std::string maildir = path();
    for (auto& message : one.messages) {
        {
            const std::lock_guard hold(state_);
            in_flight_.insert(message.row.base);
        }
        if (message.from.empty()) continue; // it lies where it should
        const std::string from = parts_.root + "/" + message.from, to = maildir + place_of(message.row);
        message.placed = ::rename(from.c_str(), to.c_str()) == 0;
        if (!message.placed && one.outcome)
            one.outcome = std::unexpected(trouble_of(disk_failure(errno, "rename to", to).error()));
    }
}

// Names and rows survive power loss when this returns.
mailbox::result<void> maildir_folder::make_last() {
    mailbox::result<void> rows;
    std::latch synced(1);
    parts_.store.syncs().post([&] {
        rows = parts_.index->sync();
        synced.count_down();
    });
    auto opened = store::folder::open(path() + "/cur");
    const auto names = opened ? (*opened)->sync() : std::unexpected(opened.error());
    synced.wait();
    if (!names) return std::unexpected(trouble_of(names.error()));
    return rows;
}

void maildir_folder::drop_files(const job& one) {
    const std::string maildir = path();
    for (const auto& message : one.messages) {
        if (message.from.empty()) continue; // another's
        if (message.placed)
            ::unlink((maildir + place_of(message.row)).c_str());
        else
            ::unlink((parts_.root + "/" + message.from).c_str());
    }
}

// Jobs that failed leave neither files nor rows. Their UIDs are spent.
void maildir_folder::take_back(std::span<job* const> jobs) {
    if (std::all_of(jobs.begin(), jobs.end(), [](const job* one) { return one->outcome.has_value(); }))
        return;
    const std::lock_guard one_at_a_time(change_);
    account_index::changes rows(*parts_.index);
    for (const auto* one : jobs) {
        if (one->outcome) continue;
        drop_files(*one);
        if (!one->committed) continue;
        count(*one, -1);
        for (const auto& message : one->messages)
            rows.take_back(box_, message.row);
    }
    rows.save(box_);
    (void)rows.commit(); // rows without files vanish at the next look
}

// Others may have changed something since the numbers were given: what is seen later has the later
// mod-sequence (RFC 7162 §3.1.1).
void maildir_folder::publish(std::span<job* const> jobs, mailbox::mod_sequence given) {
    {
        const std::lock_guard one_at_a_time(change_);
        mailbox_row box = box_;
        std::vector<message_row> seen;
        for (const auto* one : jobs)
            for (const auto& message : one->messages) {
                box.next = std::max(box.next, message.row.facts.id + 1);
                if (one->outcome) seen.push_back(message.row);
            }
        if (!seen.empty()) ++box.highest;
        for (auto& one : seen)
            one.facts.modified = box.highest;
        if (!seen.empty() && box.highest != given) {
            account_index::changes rows(*parts_.index);
            for (const auto& one : seen)
                rows.update(box, one);
            rows.save(box);
            (void)rows.commit(); // the messages are there all the same
        }
        const std::lock_guard hold(state_);
        box_ = box;
        for (const auto& one : seen)
            table_.add(one);
        for (const auto* one : jobs)
            for (const auto& message : one->messages) {
                in_flight_.erase(message.row.base);
                if (one->outcome && !message.from.empty()) to_settle_.push_back(message.row.facts.id);
            }
    }
    tell();
}

} // namespace refmail::store
