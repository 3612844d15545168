// What all commands on messages have in common: first the view learns what happened in the mailbox, then the
// command does its work, last the client is told of what happened meanwhile, as far as the command allows:
// RFC 9051 §7.5.1 lets no EXPUNGE go out during FETCH, STORE and SEARCH, whose UID forms may.
#pragma once
#include "reference/imap/command_run.hpp"
#include "reference/imap/selected_folder.hpp"

namespace refmail::imap {

class message_run : public command_run {
  public:
    bool step(response_writer& out) final {
        if (phase_ == phase::begin) {
            in_.catch_up();
            in_.tell_keywords(out);
            phase_ = phase::work;
        }
        if (phase_ == phase::work) {
            if (!work(out)) return false;
            in_.catch_up();
            phase_ = phase::tell;
        }
        if (!in_.tell(out, how_, expunges_)) return false;
        conclude(result_);
        return done(std::move(result_));
    }

  protected:
    message_run(selected_folder& in, modes& how, bool by_uid, bool expunges)
        : in_(in)
        , how_(how)
        , by_uid_(by_uid)
        , expunges_(expunges) {}

    // A slice. True when there is no more to do; then result() was called.
    virtual bool work(response_writer& out) = 0;
    // The last word on the tagged response, when all was told.
    virtual void conclude(completion&) {}

    bool result(completion c) {
        result_ = std::move(c);
        return true;
    }

    selected_folder& in_;
    modes& how_;
    const bool by_uid_;
    const bool expunges_; // may be told

  private:
    enum class phase { begin, work, tell } phase_ = phase::begin;
    completion result_;
};

// The ways in which an answer goes wrong that several commands share.
inline completion no_such_number(const std::string& why) {
    return completion::bad(why);
}
inline completion expunged_meanwhile() { // RFC 5530 §3, RFC 2180 §4
    return completion::no("Some of these messages no longer exist", "EXPUNGEISSUED");
}
inline completion only_examined() {
    return completion::no("Nothing can be changed in this mailbox: it is open read-only", "READ-ONLY");
}

// "1:3,7", for a response code.
inline std::string set_text(std::span<const std::uint32_t> ascending) {
    const modes plain;
    response_writer w(plain);
    w.set(ascending);
    return w.take();
}

} // namespace refmail::imap
