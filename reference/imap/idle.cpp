// IDLE: RFC 9051 §6.3.13, RFC 2177. The client hears of changes as they come, until it says DONE.
#include "reference/imap/machine.hpp"

#include <boost/algorithm/string/predicate.hpp>

namespace refmail::imap {

void machine::do_idle(cursor&) {
    out_.put("+ idling\r\n");
    idling_ = true;
    caught_up_ = false;
    outcome_.reset();
    state_ = selected_ ? state::running : state::idle;
}

// In work(): what happened until now. True: all of it is told, and DONE or the next change is waited for.
bool machine::tell_in_idle() {
    if (!watch_) {
        // First the watch, then the look: nothing falls between the two.
        watch_ = selected_->folder().on_change(on_change_);
        caught_up_ = false;
    }
    if (heard_of_change_) caught_up_ = false;
    heard_of_change_ = false;
    if (!caught_up_) selected_->catch_up();
    caught_up_ = true;
    // RFC 9051 §6.3.13: an unsolicited FETCH in IDLE has a UID.
    if (!selected_->tell(out_, modes_, true)) return false;
    if (!still_selected()) {
        leave_lost_mailbox();
        return true;
    }
    if (heard_of_change_) return false;
    state_ = state::idle;
    return true;
}

void machine::idle_line(std::string_view line) {
    idling_ = false;
    auto outcome = boost::algorithm::iequals(line, "DONE")
                       ? completion::ok("IDLE done")
                       : completion::bad("Only DONE ends IDLE: send no command before it");
    if (!selected_) {
        state_ = state::command;
        return finish(std::move(outcome));
    }
    // What is left to tell is told before the tagged response, in work().
    outcome_ = std::move(outcome);
    caught_up_ = false;
    state_ = state::running;
}

} // namespace refmail::imap
