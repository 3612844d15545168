// An SQLite database; see the header.
#include "reference/store/database.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

namespace refmail::store {

std::int64_t database::row::number(int column) const {
    return sqlite3_column_int64(at_, column);
}

std::string_view database::row::text(int column) const {
    const auto* octets = static_cast<const char*>(sqlite3_column_blob(at_, column));
    return {octets ? octets : "", static_cast<std::size_t>(sqlite3_column_bytes(at_, column))};
}

result<std::unique_ptr<database>> database::open(const std::string& path) {
    std::unique_ptr<database> opened(new database);
    opened->path_ = path;
    constexpr int how = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (const int code = sqlite3_open_v2(path.c_str(), &opened->handle_, how, nullptr); code != SQLITE_OK) {
        opened->failed(code, "open");
        return std::unexpected(*opened->failure_);
    }
    sqlite3_busy_timeout(opened->handle_, 1000);
    // Alone with the file, the index of the WAL needs no shared memory. NORMAL: the WAL is synced before a
    // checkpoint, and by sync().
    for (const char* setting :
         {"PRAGMA locking_mode=EXCLUSIVE", "PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL",
          "PRAGMA wal_autocheckpoint=4000", "PRAGMA temp_store=MEMORY", "BEGIN IMMEDIATE", "COMMIT"}) {
        const int code = sqlite3_exec(opened->handle_, setting, nullptr, nullptr, nullptr);
        if (code != SQLITE_OK) {
            opened->failed(code, "open");
            return std::unexpected(*opened->failure_);
        }
    }
    const std::string log = path + "-wal";
    opened->log_file_ = ::open(log.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (opened->log_file_ < 0) return disk_failure(errno, "open", log);
    return opened;
}

database::~database() {
    for (const auto& [literal, statement] : statements_)
        sqlite3_finalize(statement);
    if (handle_) sqlite3_close_v2(handle_);
    if (log_file_ >= 0) ::close(log_file_);
}

// Keeps the first failure: what comes after it is a consequence.
bool database::failed(int code, const char* doing) {
    const int kind = code & 0xff;
    broken_ = broken_ || kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB;
    if (!failure_)
        failure_ = disk_error{kind == SQLITE_FULL ? disk_error::kind::no_space : disk_error::kind::failed,
                              fmt::format("cannot {} {}: {}", doing, path_,
                                          handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code))};
    return false;
}

sqlite3_stmt* database::prepared(const char* literal) {
    auto& statement = statements_[literal];
    if (statement) return statement;
    const int code = sqlite3_prepare_v3(handle_, literal, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) failed(code, "use");
    return statement;
}

bool database::step_through(sqlite3_stmt* statement, const char* literal,
                            const std::function<void(const row&)>* seen) {
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW)
        if (seen) (*seen)(row(statement));
    const bool writes = literal[0] != 'S'; // SELECT
    if (code != SQLITE_DONE) failed(code, writes ? "write" : "read");
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return code == SQLITE_DONE;
}

bool database::each(const char* literal, values v, const std::function<void(const row&)>& seen) {
    if (failure_ && in_transaction_) return false;
    if (!in_transaction_) failure_.reset();
    sqlite3_stmt* statement = prepared(literal);
    if (!statement) return false;
    int number = 0;
    for (const auto& one : v) {
        ++number;
        if (one.is_text) // never a null pointer: that would bind NULL
            sqlite3_bind_text(statement, number, one.text.empty() ? "" : one.text.data(),
                              static_cast<int>(one.text.size()), SQLITE_STATIC);
        else
            sqlite3_bind_int64(statement, number, one.number);
    }
    return step_through(statement, literal, seen ? &seen : nullptr);
}

bool database::run(const char* literal, values v) {
    return each(literal, v, nullptr);
}

std::int64_t database::last_id() const {
    return sqlite3_last_insert_rowid(handle_);
}

void database::begin() {
    failure_.reset();
    in_transaction_ = false;
    run("BEGIN IMMEDIATE");
    in_transaction_ = true; // also when it failed: nothing that follows is tried
}

result<void> database::commit() {
    if (!failure_ && in_transaction_) run("COMMIT");
    if (failure_) {
        const auto first = *failure_;
        undo();
        return std::unexpected(first);
    }
    in_transaction_ = false;
    return {};
}

void database::undo() {
    in_transaction_ = false;
    failure_.reset();
    if (!sqlite3_get_autocommit(handle_)) run("ROLLBACK");
    failure_.reset();
}

result<void> database::sync() const {
    if (::fdatasync(log_file_) != 0) return disk_failure(errno, "sync", path_ + "-wal");
    return {};
}

} // namespace refmail::store
