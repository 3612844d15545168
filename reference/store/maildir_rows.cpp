// When the rows of a mailbox are read: not before somebody asks for a message. Until then an open mailbox is
// known by what was noted of it when it was last seen to agree with its files; if their folders were not
// touched since, neither files nor rows need be looked at in order to select it. See maildir_folder.hpp.
#include "reference/store/file_time.hpp"
#include "reference/store/mail_store.hpp"
#include "reference/store/maildir_folder.hpp"

#include <algorithm>
#include <ctime>
#include <sys/stat.h>

namespace refmail::store {
namespace {

// Could a change of this moment leave the time as it is? The clock of files ticks every few milliseconds, and
// on some file systems once in two seconds.
bool may_stand_still(std::int64_t time, std::int64_t at) {
    return time < 0 || at < time + (time % a_second == 0 ? 3 * a_second : a_second / 20);
}

} // namespace

// What the mailbox held when look() was called; read when it is first asked for.
struct maildir_folder::records_then final : mailbox::record_list {
    const std::vector<mailbox::record>& all() const override {
        static const std::vector<mailbox::record> none;
        if (unread) (void)unread->need_rows();
        return kept ? *kept : none;
    }
    std::shared_ptr<maildir_folder> unread;                   // that fills `kept` in need_rows()
    std::shared_ptr<const std::vector<mailbox::record>> kept; // written before `loaded_` is
};

mailbox::result<void> maildir_folder::load() {
    auto& index = *parts_.index;
    auto known = index.mailbox_named(name_);
    if (!known) return std::unexpected(known.error());
    if (!*known) {
        account_index::changes change(index);
        *known = change.add_mailbox(name_, {});
        if (auto done = change.commit(); !done) return done;
    }
    auto keywords = index.keywords_of((*known)->id);
    if (!keywords) return std::unexpected(keywords.error());
    auto noted = index.summary_of(**known);
    if (!noted) return std::unexpected(noted.error());
    read_only_ = ::access((path_ + "/cur").c_str(), W_OK) != 0;
    {
        const std::lock_guard hold(state_);
        box_ = **known;
        keywords_ = std::move(*keywords);
    }
    // The watch is there by now: what changes from here on is heard.
    times_[0] = time_of(path_ + "/new");
    times_[1] = time_of(path_ + "/cur");
    times_[2] = nanoseconds_now();
    if (!*noted || (*noted)->fresh_time != times_[0] || (*noted)->seen_time != times_[1]) return need_rows();
    summary_ = **noted;
    look_at_all_ = false;
    return {};
}

mailbox::result<void> maildir_folder::need_rows() {
    if (loaded_) return {};
    const std::lock_guard once(loading_);
    if (loaded_) return {};
    auto& index = *parts_.index;
    auto rows = index.messages_of(box_.id);
    auto vanished = rows ? index.vanished_from(box_.id) : std::unexpected(rows.error());
    if (!vanished) {
        gone_ = true; // for who has it open; the next one to open it tries again
        tell();
        return std::unexpected(vanished.error());
    }
    const std::lock_guard hold(state_);
    table_.load(std::move(*rows), std::move(*vanished), box_);
    mailbox::folder_facts counted; // a crash may have come between a message and the sum
    table_.count(counted);
    box_.messages = counted.messages;
    box_.octets = counted.octets;
    if (const auto waiting = unread_.lock()) waiting->kept = table_.snapshot();
    loaded_ = true;
    return {};
}

// Under state_.
mailbox::folder_facts maildir_folder::facts_now() const {
    mailbox::folder_facts now;
    now.uid_validity = box_.validity;
    now.uid_next = box_.next;
    now.highest = box_.highest;
    now.first_recent = box_.first_recent;
    now.read_only = read_only_;
    if (loaded_) {
        table_.count(now);
        return now;
    }
    now.messages = summary_.messages;
    now.unseen = summary_.unseen;
    now.deleted = summary_.deleted;
    now.octets = summary_.octets;
    now.deleted_octets = summary_.deleted_octets;
    return now;
}

mailbox::folder_facts maildir_folder::facts() {
    const std::lock_guard hold(state_);
    return facts_now();
}

mailbox::folder_look maildir_folder::look() {
    const std::lock_guard hold(state_);
    mailbox::folder_look seen;
    seen.facts = facts_now();
    seen.first_unseen = loaded_ ? table_.first_unseen() : summary_.first_unseen;
    auto records = loaded_ ? nullptr : unread_.lock();
    if (!records) records = std::make_shared<records_then>();
    if (loaded_) {
        records->kept = table_.snapshot();
    } else {
        records->unread = shared_from_this();
        unread_ = records;
    }
    seen.records = std::move(records);
    return seen;
}

std::vector<mailbox::record> maildir_folder::records() {
    (void)need_rows();
    const std::lock_guard hold(state_);
    return table_.records();
}

std::optional<mailbox::record> maildir_folder::find(mailbox::uid id) {
    (void)need_rows();
    const std::lock_guard hold(state_);
    return table_.record_of(id);
}

mailbox::folder_changes maildir_folder::since(mailbox::mod_sequence known) {
    mailbox::folder_changes changes;
    {
        const std::lock_guard hold(state_);
        changes.highest = box_.highest;
        if (known >= box_.highest) return changes;
    }
    (void)need_rows();
    const std::lock_guard hold(state_);
    changes = table_.since(known, box_.next);
    changes.highest = box_.highest;
    return changes;
}

// Nothing may be on its way, and nothing heard that was not looked at. First the times, then what was heard:
// what comes between the two changes the times.
void maildir_folder::note() {
    if (gone_ || read_only_ || !loaded_) return;
    const std::lock_guard nobody_looks(looking_);
    const std::lock_guard nobody_arrives(arrival_);
    const std::lock_guard nobody_changes(change_);
    folder_summary seen;
    seen.fresh_time = time_of(path_ + "/new");
    seen.seen_time = time_of(path_ + "/cur");
    const auto at = nanoseconds_now();
    if (may_stand_still(seen.fresh_time, at) || may_stand_still(seen.seen_time, at)) return;
    if (watch_) parts_.store.watches()->catch_up();
    std::vector<name_event> heard;
    {
        const std::lock_guard hold(heard_lock_);
        if (look_at_all_) return;
        if (!watch_ && (times_[0] != seen.fresh_time || times_[1] != seen.seen_time)) return;
        heard = heard_;
    }
    if (std::ranges::any_of(heard, [&](const auto& one) { return is_news(one); })) return;
    mailbox::folder_facts now;
    {
        const std::lock_guard hold(state_);
        now = facts_now();
        seen.first_unseen = table_.first_unseen();
    }
    seen.messages = now.messages;
    seen.unseen = now.unseen;
    seen.deleted = now.deleted;
    seen.octets = now.octets;
    seen.deleted_octets = now.deleted_octets;
    account_index::changes rows(*parts_.index);
    rows.note(box_, seen);
    (void)rows.commit(); // at worst the files are looked at, at the next start
}

} // namespace refmail::store
