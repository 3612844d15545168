// The files of the queue: ID.message, the message as it will be sent but with LF line ends (binary content as
// it came), and ID.envelope (queue/file.hpp). The envelope gets its name last and loses it first: an entry
// exists when its envelope does, and a .message alone is what a crash left behind. See docs/reference.md.
// Everything here blocks and belongs to a worker thread; draft.hpp makes new entries.
#pragma once
#include "reference/queue/entry.hpp"
#include "reference/store/mail_store.hpp"

#include <string>
#include <vector>

namespace refmail::store {

// The content of an entry, read from its beginning, with CRLF line ends.
class queued_message {
  public:
    static result<queued_message> open(const mail_store& mail, const queue::entry& e);
    queued_message(queued_message&& other) noexcept;
    queued_message& operator=(queued_message&& other) noexcept;
    ~queued_message();

    result<std::string> read(); // the next piece, about 64 KiB; empty: the end

  private:
    queued_message(int fd, std::string path, bool binary)
        : fd_(fd)
        , path_(std::move(path))
        , binary_(binary) {}
    int fd_ = -1;
    std::string path_;
    bool binary_ = false;
};

// Before the first delivery, which would look like a crash's leftovers half way.
struct queue_contents {
    std::vector<std::string> ids;
    std::size_t leftovers_removed = 0; // temporary files, and messages without their envelope
};
queue_contents tidy_queue(const mail_store& mail);

// disk_error::kind::missing: there is no such entry. Any other: it cannot be read, and says why.
result<queue::entry> read_entry(const mail_store& mail, const std::string& id);

// `finished` is called once, from a worker thread, when the change lasts.
void update_entry(mail_store& mail, const queue::entry& e, commit_group::done finished);
void remove_entry(mail_store& mail, const std::string& id, commit_group::done finished);

} // namespace refmail::store
