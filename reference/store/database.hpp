// An SQLite database of which this process is the only user: statements with their values, and transactions
// whose failures are kept until the end, so that what happens within one reads straight on. No SQL is made of
// strings at run time: every statement is a literal and compiled once. It knows no mail. Not thread-safe.
// Written with WAL: a commit survives kill -9 as it is, and power loss after sync().
#pragma once
#include "reference/store/disk_error.hpp"

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace refmail::store {

class database {
  public:
    // What stands for a '?', and must live as long as the call.
    struct value {
        value(std::integral auto n)
            : number(static_cast<std::int64_t>(n)) {}
        value(std::string_view t)
            : text(t)
            , is_text(true) {}
        value(const std::string& t)
            : value(std::string_view(t)) {}
        std::int64_t number = 0;
        std::string_view text;
        bool is_text = false;
    };
    class row {
      public:
        explicit row(sqlite3_stmt* at)
            : at_(at) {}
        std::int64_t number(int column) const;
        std::string_view text(int column) const; // until the next row

      private:
        sqlite3_stmt* at_;
    };
    using values = std::initializer_list<value>;

    // Creates what is missing.
    static result<std::unique_ptr<database>> open(const std::string& path);
    ~database();
    database(const database&) = delete;
    database& operator=(const database&) = delete;

    // False when it failed, or when anything failed since begin(): then it is not even tried.
    bool run(const char* literal, values v = {});
    bool each(const char* literal, values v, const std::function<void(const row&)>& seen);
    std::int64_t last_id() const;

    void begin();
    result<void> commit(); // the first failure since begin() if there was one; all is undone then
    void undo();

    // What was committed survives power loss when this returns. Safe from any thread, beside all else.
    result<void> sync() const;

    const std::optional<disk_error>& failure() const { return failure_; }
    bool is_broken() const { return broken_; } // some page was damaged

  private:
    database() = default;
    sqlite3_stmt* prepared(const char* literal);
    bool failed(int code, const char* doing);
    bool step_through(sqlite3_stmt* statement, const char* literal,
                      const std::function<void(const row&)>* seen);

    sqlite3* handle_ = nullptr;
    int log_file_ = -1; // the WAL, for sync()
    std::string path_;
    std::unordered_map<const char*, sqlite3_stmt*> statements_;
    std::optional<disk_error> failure_;
    bool in_transaction_ = false, broken_ = false;
};

} // namespace refmail::store
