// An mbox on the disk, changed by this process and by other programs in turn: locked (mbox_lock.hpp),
// appended to, and rewritten in its place when messages go. What a crash left half done is mended when it is
// locked the next time (mbox_journal.hpp). It knows octets, not messages. Thread-safe; one thread of the
// process holds it at a time.
#pragma once
#include "reference/store/mbox_journal.hpp"
#include "reference/store/mbox_lock.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

namespace refmail::store {

// By these a file is known not to have been changed.
struct mbox_stamp {
    std::uint64_t device = 0, number = 0, size = 0;
    std::int64_t written = 0, changed = 0; // nanoseconds
    bool operator==(const mbox_stamp&) const = default;
};

class mbox_file : public std::enable_shared_from_this<mbox_file> {
  public:
    struct settings {
        std::string path;
        std::string folder; // of the user: for what lies beside
        std::chrono::milliseconds wait{10'000};
        mbox_journal::log log;
    };
    explicit mbox_file(settings how)
        : how_(std::move(how))
        , journal_(how_.folder, how_.log) {}

    const std::string& path() const { return how_.path; }
    mbox_stamp look() const; // without a lock; nothing there: all zero
    // What is there of it now, without a lock: the reader must see whether it is what was expected.
    result<std::string> read(const mbox_extent& where) const;

    class hold;
    // False before the first lock() with a question, and after a failure that left something half done.
    bool is_mended() const;
    // disk_error::kind::in_use: another thread or program has it for too long.
    // `patience`: with other programs, if less than usual.
    using milliseconds = std::chrono::milliseconds;
    result<std::unique_ptr<hold>> lock(const mbox_journal::question& decided,
                                       milliseconds patience = milliseconds::max());
    result<std::unique_ptr<hold>> lock(); // of what is mended

  private:
    friend class hold;
    result<void> wait_for_others();
    void free();
    void damaged();

    const settings how_;
    const mbox_journal journal_;
    mutable std::mutex lock_;
    std::condition_variable freed_;
    bool busy_ = false, mended_ = false;
    bool held_up_ = false; // who is busy waits for another program itself
};

// All locks, until it ends.
class mbox_file::hold {
  public:
    ~hold(); // an append that nobody kept is taken back
    hold(const hold&) = delete;
    hold& operator=(const hold&) = delete;

    mbox_stamp stamp() const;
    std::uint64_t size() const { return octets_in(mbox()); }
    result<void> each(const mbox_extent& where, const std::function<void(std::string_view)>& seen) const;
    result<std::string> digest(const mbox_extent& where) const { return digest_of_octets(mbox(), where); }
    // Where `text` begins then; synced. Nothing of it is there when it failed. One, and then keep() or
    // take_back().
    result<std::uint64_t> append(mbox_text&& text, const mbox_numbers& numbers = {});
    void keep();
    void take_back();
    result<void> remove(const std::vector<mbox_extent>& gone); // ascending

  private:
    friend class mbox_file;
    hold(std::shared_ptr<mbox_file> of, mbox_lock locks)
        : of_(std::move(of))
        , locks_(std::move(locks)) {}
    int mbox() const { return locks_->descriptor(); }
    result<std::string> border() const;

    const std::shared_ptr<mbox_file> of_;
    std::optional<mbox_lock> locks_;
    std::optional<std::uint64_t> before_; // an append: the size without it
    bool has_rows_ = false;               // it: that they are there says that it is kept
};

} // namespace refmail::store
