// When the rows of a mailbox are read: not before somebody asks for a message. Until then it is known by what
// was noted of it (account_index.hpp, folder_summary). What is answered from the rows, or from that. See
// indexed_folder.hpp.
#include "reference/store/indexed_folder.hpp"

namespace refmail::store {

// What the mailbox held when look() was called; read when it is first asked for.
struct indexed_folder::records_then final : mailbox::record_list {
    const std::vector<mailbox::record>& all() const override {
        static const std::vector<mailbox::record> none;
        if (unread) (void)unread->need_rows();
        return kept ? *kept : none;
    }
    std::shared_ptr<indexed_folder> unread;                   // that fills `kept` in need_rows()
    std::shared_ptr<const std::vector<mailbox::record>> kept; // written before `loaded_` is
};

mailbox::result<void> indexed_folder::load() {
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
    const std::lock_guard hold(state_);
    box_ = **known;
    keywords_ = std::move(*keywords);
    return {};
}

mailbox::result<void> indexed_folder::read_rows() {
    auto& index = *parts_.index;
    auto rows = index.messages_of(box_.id);
    auto vanished = rows ? index.vanished_from(box_.id) : std::unexpected(rows.error());
    if (!vanished) return std::unexpected(vanished.error());
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

mailbox::result<void> indexed_folder::need_rows() {
    if (loaded_) return {};
    const std::lock_guard once(loading_);
    if (loaded_) return {};
    auto done = read_rows();
    if (done) return done;
    gone_ = true; // for who has it open; the next one to open it tries again
    tell();
    return done;
}

void indexed_folder::believe(const folder_summary& noted) {
    const std::lock_guard hold(state_);
    summary_ = noted;
}

mailbox::result<void> indexed_folder::usable() {
    using kind = enum mailbox::trouble::kind;
    if (gone_) return std::unexpected(mailbox::trouble{kind::missing, name_ + " is there no more"});
    if (read_only_)
        return std::unexpected(mailbox::trouble{kind::not_possible, name_ + " is not ours to write"});
    return need_rows();
}

// Under state_.
mailbox::folder_facts indexed_folder::facts_now() const {
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

mailbox::folder_facts indexed_folder::facts() {
    const std::lock_guard hold(state_);
    return facts_now();
}

folder_summary indexed_folder::sum_up() const {
    const std::lock_guard hold(state_);
    const auto now = facts_now();
    folder_summary seen;
    seen.messages = now.messages;
    seen.unseen = now.unseen;
    seen.deleted = now.deleted;
    seen.first_unseen = table_.first_unseen();
    seen.octets = now.octets;
    seen.deleted_octets = now.deleted_octets;
    return seen;
}

mailbox::folder_look indexed_folder::look() {
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

std::vector<mailbox::record> indexed_folder::records() {
    (void)need_rows();
    const std::lock_guard hold(state_);
    return table_.records();
}

std::optional<mailbox::record> indexed_folder::find(mailbox::uid id) {
    (void)need_rows();
    const std::lock_guard hold(state_);
    return table_.record_of(id);
}

mailbox::folder_changes indexed_folder::since(mailbox::mod_sequence known) {
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

std::optional<message_row> indexed_folder::row_of(mailbox::uid id) {
    (void)need_rows();
    const std::lock_guard hold(state_);
    return table_.find(id);
}

mailbox::result<message_rows> indexed_folder::rows_of(std::span<const mailbox::uid> ids) {
    if (auto read = need_rows(); !read) return std::unexpected(read.error());
    message_rows rows;
    const std::lock_guard hold(state_);
    for (const auto id : ids) {
        const auto one = table_.find(id);
        if (!one) // RFC 2180 §4.4.1
            return std::unexpected(
                mailbox::trouble{mailbox::trouble::kind::missing, "a message is there no more"});
        rows.push_back(*one);
    }
    return rows;
}

mailbox::result<quota::reservation> indexed_folder::room_for_copies(std::span<const mailbox::uid> ids) {
    const auto rows = rows_of(ids);
    if (!rows) return std::unexpected(rows.error());
    std::uint64_t octets = 0;
    for (const auto& one : *rows)
        octets += one.facts.octets;
    return parts_.quota->reserve(octets, ids.size());
}

} // namespace refmail::store
