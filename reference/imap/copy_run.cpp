// COPY, MOVE and their UID forms: RFC 9051 §6.4.7, §6.4.8; RFC 4315 §3 (COPYUID); RFC 6851; of messages that
// went meanwhile: RFC 2180 §4.4. All of a command's messages are copied or moved, or none.
#include "reference/imap/message_commands.hpp"
#include "reference/imap/message_run.hpp"

namespace refmail::imap {

namespace {

class copy_run final : public message_run {
  public:
    copy_run(selected_folder& in, modes& how, mailbox::account& whose, bool by_uid, bool moving,
             sequence_set messages, std::string to)
        : message_run(in, how, by_uid, true)
        , whose_(whose)
        , moving_(moving)
        , messages_(std::move(messages))
        , to_(std::move(to)) {}

  private:
    bool work(response_writer& out) override {
        auto ids = chosen();
        if (!ids) return result(ids.error());
        if (moving_ && in_.read_only()) return result(only_examined());
        auto to = whose_.open(to_);
        if (!to) return result(no_destination(to.error()));
        // Another session may expunge between our look and the copy: then look again.
        for (int tries = 0; !ids->empty(); ++tries) {
            auto copied = moving_ ? in_.folder().move_to(**to, *ids) : in_.folder().copy_to(**to, *ids);
            if (copied) return result(report(out, *copied));
            if (copied.error().kind != mailbox::trouble::kind::missing || tries == 10)
                return result(completion::of(copied.error()));
            in_.catch_up();
            ids = chosen();
            if (!ids) return result(ids.error());
        }
        return result(completion::ok(moving_ ? "No messages to move" : "No messages to copy"));
    }

    std::expected<std::vector<mailbox::uid>, completion> chosen() const {
        const auto places = in_.places(messages_, by_uid_);
        if (!places) return std::unexpected(no_such_number(places.error()));
        std::vector<mailbox::uid> ids;
        for (auto at : *places) {
            const auto& m = in_.messages()[at];
            // RFC 2180 §4.4.1: nothing is copied when something that was named is not there.
            if (m.gone) return std::unexpected(expunged_meanwhile());
            ids.push_back(m.now.id);
        }
        return ids;
    }

    completion no_destination(const mailbox::trouble& why) const {
        // RFC 9051 §6.4.7: it could be created.
        if (why.kind == mailbox::trouble::kind::missing)
            return completion::no("There is no mailbox of that name", "TRYCREATE");
        return completion::of(why);
    }

    completion report(response_writer& out, const mailbox::copied& c) {
        done_ = !c.from.empty();
        if (!done_) return completion::ok("Nothing was there any more");
        const auto code =
            "COPYUID " + std::to_string(c.uid_validity) + ' ' + set_text(c.from) + ' ' + set_text(c.to);
        if (!moving_) return completion::ok("COPY completed", code);
        // RFC 9051 §6.4.8: before the EXPUNGEs, which end what the client knows by these numbers.
        out.untagged("OK", code, "Moved");
        return completion::ok("MOVE completed");
    }

    void conclude(completion& c) override {
        // RFC 6851 §4.4
        if (moving_ && done_ && how_.condstore) c.code = "HIGHESTMODSEQ " + std::to_string(in_.settled());
    }

    mailbox::account& whose_;
    const bool moving_;
    const sequence_set messages_;
    const std::string to_;
    bool done_ = false;
};

begun begin(cursor& arguments, selected_folder& in, modes& how, mailbox::account& whose, bool by_uid,
            bool moving) {
    arguments.space();
    auto messages = arguments.sequence_set();
    arguments.space();
    auto to = arguments.mailbox();
    arguments.end();
    if (arguments.failed()) return std::unexpected(arguments.why());
    return std::make_unique<copy_run>(in, how, whose, by_uid, moving, std::move(messages), std::move(to));
}

} // namespace

begun begin_copy(cursor& arguments, selected_folder& in, modes& how, mailbox::account& whose, bool by_uid) {
    return begin(arguments, in, how, whose, by_uid, false);
}

begun begin_move(cursor& arguments, selected_folder& in, modes& how, mailbox::account& whose, bool by_uid) {
    return begin(arguments, in, how, whose, by_uid, true);
}

} // namespace refmail::imap
