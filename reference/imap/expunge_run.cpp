// EXPUNGE, UID EXPUNGE, and the silent removal at CLOSE: RFC 9051 §6.4.1, §6.4.3, §6.4.9; RFC 7162 §3.2.7 to
// §3.2.9. Removes what the client knows of: not what came since the last EXISTS.
#include "reference/imap/message_commands.hpp"
#include "reference/imap/message_run.hpp"

namespace refmail::imap {

namespace {

std::vector<mailbox::uid> deleted_of(const selected_folder& in) {
    std::vector<mailbox::uid> out;
    for (const auto& m : in.messages())
        if (!m.gone && (m.now.flags & mailbox::flag::deleted)) out.push_back(m.now.id);
    return out;
}

class expunge_run final : public message_run {
  public:
    expunge_run(selected_folder& in, modes& how, std::optional<sequence_set> ids)
        : message_run(in, how, ids.has_value(), true)
        , ids_(std::move(ids)) {}

  private:
    bool work(response_writer&) override {
        if (in_.read_only()) return result(only_examined());
        std::vector<mailbox::uid> doomed;
        if (ids_) {
            for (auto at : in_.places_by_uid(*ids_))
                if (const auto& m = in_.messages()[at]; m.now.flags & mailbox::flag::deleted)
                    doomed.push_back(m.now.id);
        } else {
            doomed = deleted_of(in_);
        }
        if (!doomed.empty()) {
            const auto went = in_.folder().expunge(doomed, false);
            if (!went) return result(completion::of(went.error()));
            removed_ = !went->empty();
        }
        return result(completion::ok("EXPUNGE completed"));
    }

    void conclude(completion& c) override {
        // RFC 7162 §3.2.7, §3.2.9: QRESYNC clients go on from here.
        if (removed_ && how_.qresync) c.code = "HIGHESTMODSEQ " + std::to_string(in_.settled());
    }

    const std::optional<sequence_set> ids_;
    bool removed_ = false;
};

} // namespace

begun begin_expunge(cursor& arguments, selected_folder& in, modes& how) {
    arguments.end();
    if (arguments.failed()) return std::unexpected(arguments.why());
    return std::make_unique<expunge_run>(in, how, std::nullopt);
}

begun begin_uid_expunge(cursor& arguments, selected_folder& in, modes& how) {
    arguments.space();
    auto ids = arguments.sequence_set();
    arguments.end();
    if (arguments.failed()) return std::unexpected(arguments.why());
    return std::make_unique<expunge_run>(in, how, std::move(ids));
}

mailbox::result<void> expunge_silently(selected_folder& in) {
    if (in.read_only() || in.uids_changed()) return {};
    in.catch_up();
    const auto doomed = deleted_of(in);
    if (doomed.empty()) return {};
    const auto went = in.folder().expunge(doomed, false);
    if (!went) return std::unexpected(went.error());
    return {};
}

} // namespace refmail::imap
