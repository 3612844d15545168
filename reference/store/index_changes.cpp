// Changes to an account's index; see account_index.hpp.
#include "reference/store/account_index.hpp"

namespace refmail::store {

account_index::changes::changes(account_index& index)
    : index_(index)
    , hold_(index.lock_) {
    index_.db_->begin();
}

account_index::changes::~changes() {
    if (open_) index_.db_->undo();
}

mailbox::result<void> account_index::changes::commit() {
    auto& db = *index_.db_;
    open_ = false;
    if (auto done = db.commit(); !done) return std::unexpected(index_.told(done.error()));
    return {};
}

mailbox_row account_index::changes::add_mailbox(const std::string& name, const mailbox::special_uses& uses) {
    auto& db = *index_.db_;
    mailbox_row box;
    box.validity = index_.new_validity(name);
    db.run("INSERT INTO mailbox(name, validity, next, highest, first_recent, forgotten, messages, octets)"
           " VALUES(?, ?, 1, 1, 1, 0, 0, 0)",
           {name, box.validity});
    box.id = db.last_id();
    for (const auto& use : uses)
        db.run("INSERT INTO special_use VALUES(?, ?)", {box.id, use});
    return box;
}

// RFC 9051 §6.3.6: a name that had a mailbox before must not show that one's UIDs again.
void account_index::changes::rename_mailbox(const std::string& from, const std::string& to) {
    auto& db = *index_.db_;
    std::int64_t id = 0;
    std::uint32_t validity = 0;
    db.each("SELECT id, validity FROM mailbox WHERE name = ?", {from}, [&](const database::row& r) {
        id = r.number(0);
        validity = static_cast<std::uint32_t>(r.number(1));
    });
    if (id == 0) return;
    remove_mailbox(to); // a row whose folder went without us
    bool spent = false;
    db.each("SELECT validity, mailbox FROM former WHERE name = ?", {to}, [&](const database::row& r) {
        const bool itself = r.number(1) == id && r.number(0) == validity;
        spent = !itself && validity <= r.number(0);
    });
    db.run("INSERT OR REPLACE INTO former VALUES(?, ?, ?)", {from, validity, id});
    if (spent) validity = index_.new_validity(to);
    db.run("UPDATE mailbox SET name = ?, validity = ? WHERE id = ?", {to, validity, id});
}

void account_index::changes::remove_mailbox(const std::string& name) {
    auto& db = *index_.db_;
    std::int64_t id = 0;
    db.each("SELECT id FROM mailbox WHERE name = ?", {name},
            [&](const database::row& r) { id = r.number(0); });
    if (id == 0) return;
    db.run("INSERT OR REPLACE INTO former SELECT name, validity, id FROM mailbox WHERE id = ?", {id});
    for (const char* statement :
         {"DELETE FROM message WHERE mailbox = ?", "DELETE FROM arrival WHERE mailbox = ?",
          "DELETE FROM vanished WHERE mailbox = ?", "DELETE FROM keyword WHERE mailbox = ?",
          "DELETE FROM remembered WHERE mailbox = ?", "DELETE FROM special_use WHERE mailbox = ?",
          "DELETE FROM summary WHERE mailbox = ?", "DELETE FROM mbox_note WHERE mailbox = ?",
          "DELETE FROM leaving WHERE mailbox = ?", "DELETE FROM mailbox WHERE id = ?"})
        db.run(statement, {id});
    // Not only in the database: what is written now and then must not come back.
    std::erase_if(index_.to_remember_, [&](const auto& one) { return one.first.mailbox == id; });
}

// Arrivals that are being synced have spent UIDs and a mod-sequence that whoever changes something else
// meanwhile does not know of: what counts up never goes back (RFC 9051 §2.3.1.1, RFC 7162 §3.1).
void account_index::changes::save(const mailbox_row& box) {
    index_.db_->run(
        "UPDATE mailbox SET next = max(next, ?), highest = max(highest, ?), first_recent = ?, forgotten = ?, "
        "messages = ?,"
        " octets = ? WHERE id = ?",
        {box.next, box.highest, box.first_recent, box.forgotten, box.messages, box.octets, box.id});
}

void account_index::changes::add(const mailbox_row& box, const message_row& one, const std::string& from) {
    const auto& f = one.facts;
    index_.db_->run(
        "INSERT INTO message(mailbox, uid, flags, modified, octets, received, zone, base, info,"
        " fresh) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {box.id, f.id, f.flags, f.modified, f.octets, f.received, f.zone, one.base, one.info, one.fresh});
    if (!from.empty()) index_.db_->run("INSERT INTO arrival VALUES(?, ?, ?)", {box.id, f.id, from});
}

void account_index::changes::update(const mailbox_row& box, const message_row& one) {
    index_.db_->run("UPDATE message SET flags = ?, modified = ?, info = ?, fresh = ? WHERE mailbox = ?"
                    " AND uid = ?",
                    {one.facts.flags, one.facts.modified, one.info, one.fresh, box.id, one.facts.id});
}

void account_index::changes::remove(const mailbox_row& box, mailbox::uid id, mailbox::mod_sequence when) {
    auto& db = *index_.db_;
    db.run("DELETE FROM message WHERE mailbox = ? AND uid = ?", {box.id, id});
    db.run("DELETE FROM arrival WHERE mailbox = ? AND uid = ?", {box.id, id});
    db.run("DELETE FROM remembered WHERE mailbox = ? AND uid = ?", {box.id, id});
    db.run("INSERT OR REPLACE INTO vanished VALUES(?, ?, ?)", {box.id, when, id});
}

void account_index::changes::take_back(const mailbox_row& box, const message_row& one) {
    index_.db_->run("DELETE FROM message WHERE mailbox = ? AND uid = ? AND base = ?",
                    {box.id, one.facts.id, one.base});
    settled(box, one.facts.id);
}

void account_index::changes::settled(const mailbox_row& box, mailbox::uid id) {
    index_.db_->run("DELETE FROM arrival WHERE mailbox = ? AND uid = ?", {box.id, id});
}

// It is not known whether somebody saw them with the mod-sequence that they had.
void account_index::changes::settle_all() {
    auto& db = *index_.db_;
    db.run("UPDATE mailbox SET highest = highest + 1 WHERE id IN (SELECT mailbox FROM arrival)");
    db.run("UPDATE message SET modified = (SELECT highest FROM mailbox WHERE id = message.mailbox)"
           " WHERE EXISTS (SELECT 1 FROM arrival a WHERE a.mailbox = message.mailbox AND a.uid = message.uid)"
           " AND mailbox IN (SELECT mailbox FROM arrival)");
    db.run("DELETE FROM arrival");
}

void account_index::changes::forget_vanished(const mailbox_row& box) {
    index_.db_->run("DELETE FROM vanished WHERE mailbox = ? AND modified <= ?", {box.id, box.forgotten});
}

void account_index::changes::note(const mailbox_row& box, const folder_summary& seen) {
    index_.db_->run("INSERT OR REPLACE INTO summary VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    {box.id, box.next, box.highest, seen.fresh_time, seen.seen_time, seen.messages,
                     seen.unseen, seen.deleted, seen.first_unseen, seen.octets, seen.deleted_octets});
}

void account_index::changes::note_mbox(const mailbox_row& box, const std::string& stamp,
                                       const std::string& places) {
    index_.db_->run("INSERT OR REPLACE INTO mbox_note VALUES(?, ?, ?, ?, ?)",
                    {box.id, box.next, box.highest, stamp, places});
}

void account_index::changes::add_keyword(const mailbox_row& box, int bit, const std::string& name) {
    index_.db_->run("INSERT INTO keyword VALUES(?, ?, ?)", {box.id, bit, name});
}

void account_index::changes::subscribe(const std::string& name, bool on) {
    if (on)
        index_.db_->run("INSERT OR IGNORE INTO subscription VALUES(?)", {name});
    else
        index_.db_->run("DELETE FROM subscription WHERE name = ?", {name});
}

void account_index::changes::set_limits(const quota_limits& limits) {
    const auto column = [](const std::optional<std::uint64_t>& limit) {
        return limit ? static_cast<std::int64_t>(*limit) : std::int64_t{-1};
    };
    index_.db_->run("DELETE FROM quota");
    index_.db_->run("INSERT INTO quota VALUES(?, ?)", {column(limits.storage), column(limits.messages)});
}

void account_index::changes::begin_renaming(const std::string& from, const std::string& to) {
    index_.db_->run("INSERT INTO renaming VALUES(?, ?)", {from, to});
}

void account_index::changes::end_renaming() {
    index_.db_->run("DELETE FROM renaming");
}

} // namespace refmail::store
