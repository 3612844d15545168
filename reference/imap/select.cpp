// SELECT and EXAMINE, CLOSE and UNSELECT: RFC 9051 §6.3.2, §6.3.3, §6.4.1, §6.4.2. What is said of the
// mailbox is in announcement.cpp.
#include "reference/imap/list_response.hpp"
#include "reference/imap/machine.hpp"

namespace refmail::imap {

namespace {

class select_run final : public command_run {
  public:
    struct wanted {
        std::string name;
        std::optional<std::string> given; // not in NFC: RFC 9051 §6.3.9.7
        bool examine = false;
        select_options options;
    };

    select_run(mailbox::account& of, std::unique_ptr<selected_folder>& in, modes& how, wanted what)
        : of_(of)
        , in_(in)
        , how_(how)
        , what_(std::move(what)) {}

    bool step(response_writer& out) override {
        if (!announcement_) {
            // RFC 9051 §6.3.2: the one before is left, whatever comes of this.
            if (in_) out.untagged("OK", "CLOSED", "The mailbox that was selected is closed");
            in_.reset();
            auto folder = of_.open(what_.name);
            if (!folder) return done(completion::of(folder.error()));
            // On a full disk what is known already can still be read, and removed.
            if (auto fresh = (*folder)->refresh();
                !fresh && fresh.error().kind != mailbox::trouble::kind::no_space)
                return done(completion::of(fresh.error()));
            in_ = std::make_unique<selected_folder>(std::move(*folder), what_.examine);
            // A LIST that nobody asked for is IMAP4rev2's.
            if (how_.rev2) put_list_response(out, of_, what_.name, what_.given);
            announcement_ = begin_announcement(*in_, std::move(what_.options), how_);
        }
        if (!announcement_->step(out)) return false;
        const auto& outcome = announcement_->outcome();
        if (outcome.status != completion::status::ok) in_.reset();
        return done(outcome);
    }

  private:
    mailbox::account& of_;
    std::unique_ptr<selected_folder>& in_;
    modes& how_;
    wanted what_;
    std::unique_ptr<command_run> announcement_;
};

} // namespace

void machine::do_select(cursor& c, bool examine) {
    select_run::wanted what;
    what.name = c.mailbox(&what.given);
    what.examine = examine;
    what.options = read_select_options(c, modes_);
    c.end();
    if (c.failed()) return bad(c.why());
    run(begun(std::make_unique<select_run>(*account_, selected_, modes_, std::move(what))));
    tells_itself_ = true;
}

// RFC 9051 §6.4.1: CLOSE removes without a word; §6.4.2: UNSELECT removes nothing.
void machine::do_close(cursor&, bool expunge) {
    run([this, expunge](response_writer&) {
        if (expunge) {
            // What cannot be removed now stays, marked; the mailbox is left all the same.
            if (const auto gone = expunge_silently(*selected_); !gone)
                push(note{"CLOSE could not expunge: " + gone.error().text});
        }
        selected_.reset();
        return completion::ok(expunge ? "CLOSE done" : "UNSELECT done");
    });
}

} // namespace refmail::imap
