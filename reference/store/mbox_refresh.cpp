// What other programs, and deliveries, did to an mbox; see mbox_folder.hpp. When it has only grown its new
// end is read, else all of it. A message is known again by its digest; of several that are the same the first
// is the one with the lowest UID.
#include "reference/store/mbox_folder.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace refmail::store {
namespace {

using kind = enum mailbox::trouble::kind;
constexpr std::uint64_t end_to_know = 4096; // octets by which the end of the file is known again
constexpr mbox_file::milliseconds patience(1000);
constexpr std::size_t digits = 32; // of an identity

mbox_extent end_of(std::uint64_t size) {
    const auto length = std::min(size, end_to_know);
    return {size - length, length};
}

// Of the records of another program, what it changed since they were seen last.
mailbox::flag_set with_changes(mailbox::flag_set flags, std::string_view before, std::string_view after) {
    const auto was = flags_in_letters(before), is = flags_in_letters(after);
    return (flags & ~(was & ~is)) | (is & ~was);
}

} // namespace

// Of a message that is seen for the first time. Under change_.
message_row mbox_folder::row_for(const mbox_message& one, std::set<std::string>& expected) {
    message_row fresh;
    mbox_info info;
    fresh.base = one.identity;
    fresh.facts.octets = one.octets;
    fresh.facts.received = one.received;
    fresh.facts.flags = flags_in_letters(one.letters);
    if (const auto known = expected_.find(one.identity); known != expected_.end()) {
        info = mbox_info::from(known->second.info);
        fresh.facts.octets = known->second.octets;
        expected.insert(one.identity);
    }
    info.letters = one.letters;
    fresh.info = info.text();
    return fresh;
}

bool mbox_folder::is_news() {
    const auto now = file_->look();
    const std::lock_guard hold(state_);
    return again_ || !(now == stamp_) || !file_->is_mended();
}

mailbox::result<void> mbox_folder::refresh() {
    if (!is_news()) return {};
    {
        const std::lock_guard mine(turn_);
        auto held = locked(patience);
        // Whoever locks it may keep it: what was seen is still served, and the next look may see more.
        if (!held && held.error().kind == kind::in_use && stamp_.number != 0) return {};
        if (!held) return std::unexpected(held.error());
        if (auto done = catch_up(**held); !done) return done;
    }
    tell();
    return {};
}

// Under turn_, the file locked.
mailbox::result<void> mbox_folder::catch_up(mbox_file::hold& held) {
    bool all = false;
    {
        const std::lock_guard hold(state_);
        all = again_;
        if (!all && held.stamp() == stamp_) return {};
    }
    const auto now = held.stamp(); // what somebody writes without a lock meanwhile is news the next time
    const bool grown = !all && has_only_grown(held, now);
    auto found = scan(held, grown ? stamp_.size : 0, now.size);
    const bool whole = !grown || (found && found->foreign);
    if (grown && whole) found = scan(held, 0, now.size);
    if (!found) return std::unexpected(found.error());
    if (found->foreign)
        return std::unexpected(mailbox::trouble{
            kind::corrupt,
            fmt::format(
                "{}:{}: found \"{}\", expected a line \"From SENDER DATE\": it is no mbox; mend it or "
                "move it away",
                file_->path(), found->foreign_line,
                found->foreign->substr(0, found->foreign->find_last_not_of("\r\n") + 1))});
    std::vector<mbox_extent> leaving;
    if (auto done = take_over(*found, whole, leaving); !done) return done;
    bool changed = false;
    if (whole && !left_.empty()) changed = drop_leaving(held, leaving).value_or(false);
    {
        const std::lock_guard hold(state_);
        again_ = changed;
    }
    if (changed) return catch_up(held);
    settle(held, now);
    return {};
}

void mbox_folder::settle(const mbox_file::hold& held, const mbox_stamp& now) {
    tail_ = held.digest(end_of(now.size)).value_or("");
    const std::lock_guard hold(state_);
    stamp_ = now;
}

bool mbox_folder::has_only_grown(const mbox_file::hold& held, const mbox_stamp& now) const {
    return now.device == stamp_.device && now.number == stamp_.number && now.size > stamp_.size &&
           stamp_.size > 0 && held.digest(end_of(stamp_.size)) == tail_;
}

mailbox::result<mbox_contents> mbox_folder::scan(const mbox_file::hold& held, std::uint64_t from,
                                                 std::uint64_t to) const {
    mbox_scanner scanner(from);
    if (auto read = held.each({from, to - from}, [&](std::string_view octets) { scanner.feed(octets); });
        !read)
        return std::unexpected(trouble_of(read.error()));
    return scanner.finish();
}

// All of the file: which message is of which row.
void mbox_folder::match(const mbox_contents& found, row_changes& wanted, extents& known,
                        std::vector<mbox_extent>& come, std::vector<mbox_extent>& leaving,
                        std::set<std::string>& expected) {
    std::unordered_map<std::string_view, std::vector<mailbox::uid>> rows; // the lowest last
    table_.each([&](const std::string& base, const file_place&, const mailbox::record& facts) {
        rows[std::string_view(base).substr(0, digits)].push_back(facts.id);
    });
    for (auto& [identity, ids] : rows)
        std::ranges::reverse(ids);
    auto left = left_;
    for (const auto& one : found.messages) {
        const auto same = rows.find(one.identity);
        if (same == rows.end() || same->second.empty()) {
            const auto going = left.lower_bound(one.identity);
            if (going != left.end() && going->starts_with(one.identity)) {
                left.erase(going);
                leaving.push_back({one.offset, one.length});
                continue;
            }
            come.push_back({one.offset, one.length});
            wanted.come.push_back(row_for(one, expected));
            continue;
        }
        auto row = *table_.find(same->second.back());
        same->second.pop_back();
        known[row.facts.id] = {one.offset, one.length};
        auto info = mbox_info::from(row.info);
        if (info.letters == one.letters) continue;
        row.facts.flags = with_changes(row.facts.flags, info.letters, one.letters);
        info.letters = one.letters;
        row.info = info.text();
        wanted.changed.push_back(std::move(row));
    }
    for (const auto& [identity, ids] : rows)
        for (const auto id : ids)
            wanted.gone.push_back(*table_.find(id));
}

mailbox::result<void> mbox_folder::take_over(const mbox_contents& found, bool whole,
                                             std::vector<mbox_extent>& leaving) {
    if (!found.doubtful.empty() && found.doubtful.front() != told_ && log_) {
        told_ = found.doubtful.front();
        log_(fmt::format("{}: at octet {} a line begins with \"From \" and names no date: it is taken as "
                         "text of the message before it",
                         file_->path(), told_));
    }
    const std::lock_guard one_at_a_time(change_);
    row_changes wanted;
    extents known;
    std::vector<mbox_extent> come;
    std::set<std::string> expected;
    if (whole) {
        match(found, wanted, known, come, leaving, expected);
    } else {
        if (!found.messages.empty()) stretch_last(found.messages.front().offset);
        for (const auto& one : found.messages) {
            come.push_back({one.offset, one.length});
            wanted.come.push_back(row_for(one, expected));
        }
    }
    if (!wanted.come.empty() || !wanted.changed.empty() || !wanted.gone.empty()) {
        std::ranges::sort(wanted.gone, {}, [](const auto& one) { return one.facts.id; });
        wanted.also = [&](account_index::changes& change) {
            for (const auto& digest : expected)
                change.expected(digest);
        };
        if (auto applied = apply(wanted); !applied) return applied;
        for (const auto& digest : expected)
            expected_.erase(digest);
    }
    const std::lock_guard hold(state_);
    if (whole) at_ = std::move(known);
    for (std::size_t i = 0; i < come.size(); ++i)
        at_[wanted.come[i].facts.id] = come[i];
    return {};
}

// What was moved elsewhere before a crash, or a full disk, kept it here. True: the file has changed by that.
mailbox::result<bool> mbox_folder::drop_leaving(mbox_file::hold& held,
                                                const std::vector<mbox_extent>& there) {
    if (auto removed = held.remove(there); !removed) return std::unexpected(trouble_of(removed.error()));
    account_index::changes change(*parts_.index);
    for (const auto& base : left_)
        change.left(box_, base);
    if (auto done = change.commit(); !done) return std::unexpected(done.error());
    left_.clear();
    return !there.empty();
}

} // namespace refmail::store
