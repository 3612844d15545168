// The tables of an account's index; see the header.
#include "reference/store/index_schema.hpp"

#include <fstream>

namespace refmail::store {
namespace {

constexpr std::int64_t version = 1;

std::int64_t version_of(database& db) {
    std::int64_t found = -1;
    db.each("SELECT user_version FROM pragma_user_version", {},
            [&](const database::row& r) { found = r.number(0); });
    return found;
}

std::string this_boot() {
    std::string id;
    std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), id);
    return id;
}

} // namespace

bool is_foreign(database& db) {
    const auto found = version_of(db);
    return found != 0 && found != version;
}

void make_schema(database& db) {
    // What can be had again without loss may be missing from an older index.
    constexpr const char* summary =
        "CREATE TABLE IF NOT EXISTS summary(mailbox INTEGER PRIMARY KEY, next INTEGER NOT NULL,"
        " highest INTEGER NOT NULL, fresh_time INTEGER NOT NULL, seen_time INTEGER NOT NULL,"
        " messages INTEGER NOT NULL, unseen INTEGER NOT NULL, deleted INTEGER NOT NULL,"
        " first_unseen INTEGER NOT NULL, octets INTEGER NOT NULL, deleted_octets INTEGER NOT NULL)";
    constexpr const char* leaving =
        "CREATE TABLE IF NOT EXISTS leaving(mailbox INTEGER NOT NULL, base TEXT NOT NULL,"
        " PRIMARY KEY(mailbox, base)) WITHOUT ROWID";
    constexpr const char* expected = "CREATE TABLE IF NOT EXISTS expected(digest TEXT PRIMARY KEY,"
                                     " info TEXT NOT NULL, octets INTEGER NOT NULL) WITHOUT ROWID";
    constexpr const char* mbox_note =
        "CREATE TABLE IF NOT EXISTS mbox_note(mailbox INTEGER PRIMARY KEY, next INTEGER NOT NULL,"
        " highest INTEGER NOT NULL, stamp TEXT NOT NULL, places TEXT NOT NULL)";
    const auto found = version_of(db);
    if (found == version) {
        db.run(mbox_note);
        db.run(summary);
        db.run(leaving);
        db.run(expected);
        return;
    }
    if (found != 0) {
        db.run("INSERT INTO this_index_is_of_another_version VALUES(0)"); // fails, and says so
        return;
    }
    for (const char* table :
         // The id of a mailbox that was deleted is not used again: what is remembered of its messages may
         // still be in memory.
         {"CREATE TABLE mailbox(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,"
          " validity INTEGER NOT NULL, next INTEGER NOT NULL, highest INTEGER NOT NULL, first_recent INTEGER "
          "NOT NULL,"
          " forgotten INTEGER NOT NULL, messages INTEGER NOT NULL, octets INTEGER NOT NULL)",
          "CREATE TABLE message(mailbox INTEGER NOT NULL, uid INTEGER NOT NULL, flags INTEGER NOT NULL,"
          " modified INTEGER NOT NULL, octets INTEGER NOT NULL, received INTEGER NOT NULL,"
          " zone INTEGER NOT NULL, base TEXT NOT NULL, info TEXT NOT NULL, fresh INTEGER NOT NULL,"
          " PRIMARY KEY(mailbox, uid)) WITHOUT ROWID",
          "CREATE TABLE arrival(mailbox INTEGER NOT NULL, uid INTEGER NOT NULL, origin TEXT NOT NULL,"
          " PRIMARY KEY(mailbox, uid)) WITHOUT ROWID",
          "CREATE TABLE vanished(mailbox INTEGER NOT NULL, modified INTEGER NOT NULL, uid INTEGER NOT NULL,"
          " PRIMARY KEY(mailbox, modified, uid)) WITHOUT ROWID",
          "CREATE TABLE keyword(mailbox INTEGER NOT NULL, bit INTEGER NOT NULL, name TEXT NOT NULL,"
          " PRIMARY KEY(mailbox, bit)) WITHOUT ROWID",
          "CREATE TABLE remembered(mailbox INTEGER NOT NULL, aspect TEXT NOT NULL, uid INTEGER NOT NULL,"
          " text TEXT NOT NULL, PRIMARY KEY(mailbox, uid, aspect)) WITHOUT ROWID",
          "CREATE TABLE subscription(name TEXT PRIMARY KEY) WITHOUT ROWID",
          "CREATE TABLE special_use(mailbox INTEGER NOT NULL, what TEXT NOT NULL,"
          " PRIMARY KEY(mailbox, what)) WITHOUT ROWID",
          // Names that mailboxes had: what was deleted or renamed away.
          "CREATE TABLE former(name TEXT PRIMARY KEY, validity INTEGER NOT NULL, mailbox INTEGER NOT NULL)"
          " WITHOUT ROWID",
          "CREATE TABLE quota(storage INTEGER NOT NULL, messages INTEGER NOT NULL)",
          "CREATE TABLE renaming(before TEXT NOT NULL, after TEXT NOT NULL)", summary, leaving, expected,
          mbox_note, "CREATE TABLE run(boot TEXT NOT NULL)", "PRAGMA user_version = 1"})
        db.run(table);
}

void note_start(database& db) {
    const std::string now = this_boot();
    bool interrupted = false;
    db.each("SELECT boot FROM run", {}, [&](const database::row& r) { interrupted = r.text(0) != now; });
    if (interrupted) db.run("UPDATE mailbox SET highest = highest + 1000000");
    db.run("DELETE FROM run");
    db.run("INSERT INTO run VALUES(?)", {now});
}

void note_end(database& db) {
    db.run("DELETE FROM run");
}

} // namespace refmail::store
