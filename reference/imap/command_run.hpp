// A command while it is being carried out, in slices: one big FETCH neither holds memory nor a thread.
// Made by begin_...(cursor&, ...), which has read the arguments and touched no mailbox. Each step runs on a
// thread that may block; between steps what was written is sent, and other sessions have their turn.
#pragma once
#include "reference/imap/cursor.hpp"
#include "reference/imap/response.hpp"

#include <expected>
#include <memory>

namespace refmail::imap {

class command_run {
  public:
    virtual ~command_run() = default;
    // Does a slice: until out.full(), or as many messages as take some 20 ms, or the end. True: it is done.
    virtual bool step(response_writer& out) = 0;
    // Once done.
    const completion& outcome() const { return outcome_; }

  protected:
    bool done(completion c) {
        outcome_ = std::move(c);
        return true;
    }

  private:
    completion outcome_;
};

// An error of syntax is answered with BAD, and the command has not begun.
using begun = std::expected<std::unique_ptr<command_run>, bad_syntax>;

} // namespace refmail::imap
