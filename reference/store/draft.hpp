// One message on its way to the disk: content comes in pieces, then commit() makes the copies that
// its deliveries want, syncs them and gives them their names. Nobody sees anything before that; a
// draft that is dropped leaves nothing. Mailboxes that get the same octets share one file by hard
// links. CRLF becomes LF, as Maildir programs expect; every other octet stays as it is. Binary content (RFC
// 3030) is kept exactly as it came: in it, CR LF may be two octets of a picture.
// append() is for the event loop; spill() and commit() block and belong to a worker thread. Not more
// than one of them at a time.
#pragma once
#include "reference/queue/entry.hpp"
#include "reference/store/mail_store.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace refmail::store {

// A copy: into a mailbox, or (user empty) into the queue.
struct delivery {
    std::string user;
    std::string first_line; // "Return-Path: <...>\n"; empty for the queue (RFC 5321 §4.4)
    queue::entry entry;     // for the queue; commit() fills in size and has_eight_bit
};

struct delivered {
    result<void> outcome;
    std::string path; // where it lies
};

class draft : public std::enable_shared_from_this<draft> {
  public:
    using done = std::move_only_function<void(std::vector<delivered>)>;

    draft(mail_store& store, std::vector<delivery> deliveries, bool binary = false);
    ~draft();
    draft(const draft&) = delete;
    draft& operator=(const draft&) = delete;

    void append(std::string_view octets);        // CRLF line ends
    bool spill_due() const;                      // memory is used up: call spill() before the next append()
    void spill();                                // a failure is kept for commit()
    std::uint64_t size() const { return size_; } // octets as stored, without first_line
    const std::vector<delivery>& deliveries() const { return deliveries_; }

    // one_for_all: every delivery is made or none is (SMTP has one reply for all); else each is a
    // matter of its own (LMTP). `finished`: one entry a delivery, in order; called once, from a
    // worker thread.
    void commit(bool one_for_all, done finished);

  private:
    struct copy { // a file in some tmp folder, and the deliveries that get it
        std::optional<store::file> file;
        std::string first_line;
        dev_t device = 0; // links do not cross file systems
        result<void> outcome;
        std::size_t used_by = 0;
    };
    struct plan { // what becomes of one delivery
        std::shared_ptr<const maildir> mailbox;
        std::shared_ptr<void> room; // kept for it until it is there
        std::size_t copy = 0;
        result<void> outcome;
        std::string path;
        std::vector<placement> placements;
        std::unique_ptr<mbox_file::hold> mbox; // with the message appended to it
    };
    struct round;

    std::string tmp_path_for(std::size_t index) const;
    dev_t device_for(std::size_t index) const;
    void open_mailboxes();
    void plan_copy(std::size_t index);
    void plan_copies();
    void write_copy(copy& one);
    void plan_entry(std::size_t index, placement message);
    void plan_placements(std::size_t index);
    void append_to_mboxes(bool one_for_all);
    void settle_mbox(plan& one, const result<void>& outcome);
    void submit_together(const std::shared_ptr<round>& waiting, const result<void>& first_failure);
    void submit_each(const std::shared_ptr<round>& waiting);

    mail_store& store_;
    std::vector<delivery> deliveries_;
    std::vector<plan> plans_;
    std::vector<copy> copies_;
    std::vector<std::string> leftovers_;     // tmp files to remove at the end
    std::string content_;                    // not yet written
    std::uint64_t size_ = 0, wire_size_ = 0; // with LF and with CRLF line ends
    bool has_eight_bit_ = false;
    const bool binary_;
    bool carriage_return_ = false; // the last piece ended with CR
    bool spilled_ = false;
};

} // namespace refmail::store
