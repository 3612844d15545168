// Which command a line asks for, whether it may come now, and how its end is told. RFC 9051 §3, §5.2, §6.
#include "reference/imap/dispatch.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace refmail::imap {

namespace {

constexpr bool is_tag_char(char c) {
    return c > 0x20 && c < 0x7F && std::string_view("(){%*\"\\+").find(c) == std::string_view::npos;
}

constexpr bool is_name_char(char c) {
    return c > 0x20 && c < 0x7F && std::string_view("(){%*\"\\]").find(c) == std::string_view::npos;
}

} // namespace

// In the order of RFC 9051 §6; those of extensions behind.
struct dispatch_table {
    using p = permitted;
    static constexpr bool literals = true, no_literals = false;
    static constexpr auto nothing = dispatch_entry::behind::nothing;
    static constexpr auto arguments = dispatch_entry::behind::arguments;
    static constexpr auto messages = dispatch_entry::behind::message_arguments;

    static constexpr auto entries = std::to_array<dispatch_entry>({
        {"CAPABILITY", p::any, nothing, no_literals, [](machine& m, cursor& c, bool) { m.do_capability(c); }},
        {"NOOP", p::any, nothing, no_literals, [](machine& m, cursor& c, bool) { m.do_noop(c); }},
        {"LOGOUT", p::any, nothing, no_literals, [](machine& m, cursor& c, bool) { m.do_logout(c); }},
        {"ID", p::any, arguments, literals, [](machine& m, cursor& c, bool) { m.do_id(c); }},
        {"STARTTLS", p::nonauth, nothing, no_literals, [](machine& m, cursor& c, bool) { m.do_starttls(c); }},
        {"AUTHENTICATE", p::nonauth, arguments, no_literals, [](machine& m, cursor& c, bool) { m.do_authenticate(c); }},
        {"LOGIN", p::nonauth, arguments, literals, [](machine& m, cursor& c, bool) { m.do_login(c); }},
        {"ENABLE", p::auth, arguments, no_literals, [](machine& m, cursor& c, bool) { m.do_enable(c); }},
        {"SELECT", p::auth, arguments, literals, [](machine& m, cursor& c, bool) { m.do_select(c, false); }},
        {"EXAMINE", p::auth, arguments, literals, [](machine& m, cursor& c, bool) { m.do_select(c, true); }},
        {"CREATE", p::auth, arguments, literals, [](machine& m, cursor& c, bool) { m.do_create(c); }},
        {"DELETE", p::auth, arguments, literals, [](machine& m, cursor& c, bool) { m.do_delete(c); }},
        {"RENAME", p::auth, arguments, literals, [](machine& m, cursor& c, bool) { m.do_rename(c); }},
        {"SUBSCRIBE", p::auth, arguments, literals, [](machine& m, cursor& c, bool) { m.do_subscribe(c, true); }},
        {"UNSUBSCRIBE", p::auth, arguments, literals, [](machine& m, cursor& c, bool) { m.do_subscribe(c, false); }},
        {"LIST", p::auth, arguments, literals, [](machine& m, cursor& c, bool) { m.do_list(c); }},
        {"LSUB", p::auth, arguments, literals, [](machine& m, cursor& c, bool) { m.do_lsub(c); }},
        {"NAMESPACE", p::auth, nothing, no_literals, [](machine& m, cursor& c, bool) { m.do_namespace(c); }},
        {"STATUS", p::auth, arguments, literals, [](machine& m, cursor& c, bool) { m.do_status(c); }},
        {"APPEND", p::auth, arguments, literals, [](machine& m, cursor& c, bool) { m.do_append(c); }},
        {"IDLE", p::auth, nothing, no_literals, [](machine& m, cursor& c, bool) { m.do_idle(c); }},
        {"CLOSE", p::selected, nothing, no_literals, [](machine& m, cursor& c, bool) { m.do_close(c, true); }},
        {"UNSELECT", p::selected, nothing, no_literals, [](machine& m, cursor& c, bool) { m.do_close(c, false); }},
        {"CHECK", p::selected, nothing, no_literals, [](machine& m, cursor& c, bool) { m.do_noop(c); }},
        {"COMPRESS", p::auth, arguments, no_literals, [](machine& m, cursor& c, bool) { m.do_compress(c); }},
        {"GETQUOTA", p::auth, arguments, literals, [](machine& m, cursor& c, bool) { m.do_getquota(c); }},
        {"GETQUOTAROOT", p::auth, arguments, literals, [](machine& m, cursor& c, bool) { m.do_getquotaroot(c); }},
        {"SETQUOTA", p::auth, arguments, literals, [](machine& m, cursor& c, bool) { m.do_setquota(c); }},
        {"EXPUNGE", p::selected, messages, no_literals, [](machine& m, cursor& c, bool uid) { m.run(uid ? begin_uid_expunge(c, *m.selected_, m.modes_) : begin_expunge(c, *m.selected_, m.modes_)); }},
        {"SEARCH", p::selected, messages, literals, [](machine& m, cursor& c, bool uid) { m.run(begin_search(c, *m.selected_, m.modes_, uid, m.tag_)); }},
        {"FETCH", p::selected, messages, literals, [](machine& m, cursor& c, bool uid) { m.run(begin_fetch(c, *m.selected_, m.modes_, uid)); }},
        {"STORE", p::selected, messages, no_literals, [](machine& m, cursor& c, bool uid) { m.run(begin_store(c, *m.selected_, m.modes_, uid)); }},
        {"COPY", p::selected, messages, literals, [](machine& m, cursor& c, bool uid) { m.run(begin_copy(c, *m.selected_, m.modes_, *m.account_, uid)); }},
        {"MOVE", p::selected, messages, literals, [](machine& m, cursor& c, bool uid) { m.run(begin_move(c, *m.selected_, m.modes_, *m.account_, uid)); }},
        {"SORT", p::selected, messages, literals, [](machine& m, cursor& c, bool uid) { m.run(begin_sort(c, *m.selected_, m.modes_, uid, m.tag_)); }},
        {"THREAD", p::selected, messages, literals, [](machine& m, cursor& c, bool uid) { m.run(begin_thread(c, *m.selected_, m.modes_, uid)); }},
    });

    static const dispatch_entry* find(std::string_view name) {
        const auto wanted = boost::algorithm::to_upper_copy(std::string(name), std::locale::classic());
        const auto at = std::ranges::find(entries, std::string_view(wanted), &dispatch_entry::name);
        return at == entries.end() ? nullptr : &*at;
    }
    // RFC 9051 §6.4.9, RFC 4315 §2.1, RFC 5256 §3.
    static bool has_uid_form(const dispatch_entry& e) {
        return e.tail == dispatch_entry::behind::message_arguments;
    }
};

looked_up look_up_command(std::string_view line) {
    looked_up out;
    std::size_t at = 0;
    const auto word = [&](auto belongs) {
        const auto begin = at;
        while (at < line.size() && belongs(line[at]))
            ++at;
        return line.substr(begin, at - begin);
    };
    const auto space = [&] { return at < line.size() && line[at] == ' ' ? (++at, true) : false; };
    const auto tag = word(is_tag_char);
    if (tag.empty() || !space()) {
        out.wrong = "A command begins with a tag and a space";
        return out;
    }
    out.tag = tag;
    auto name = word(is_name_char);
    out.by_uid = dispatch_table::find(name) == nullptr && name.size() == 3 && (name[0] | 0x20) == 'u' &&
                 (name[1] | 0x20) == 'i' && (name[2] | 0x20) == 'd';
    if (out.by_uid) {
        if (space()) name = word(is_name_char);
    }
    out.arguments = at;
    out.entry = dispatch_table::find(name);
    if (out.entry && out.by_uid && !dispatch_table::has_uid_form(*out.entry)) out.entry = nullptr;
    if (!out.entry) out.wrong = out.by_uid ? "UID goes with no such command" : "There is no such command";
    return out;
}

std::string tag_of(std::string_view line) {
    const auto tag = look_up_command(line).tag;
    return tag.empty() ? "*" : std::string(tag);
}

// RFC 9051 §6: modal, based on state.
bool machine::allowed(const dispatch_entry& entry, std::string& why) const {
    switch (entry.where) {
    case permitted::any: return true;
    case permitted::nonauth:
        if (!authenticated()) return true;
        why = fmt::format("{} comes before the login", entry.name);
        return false;
    case permitted::auth:
    case permitted::selected:
        if (!authenticated()) {
            why = fmt::format("{} comes after the login", entry.name);
            return false;
        }
        if (entry.where == permitted::auth || selected_) return true;
        why = fmt::format("{} needs a selected mailbox", entry.name);
        return false;
    }
    return false;
}

void machine::execute(command_text text) {
    text_ = std::move(text);
    const auto asked = look_up_command(text_.text);
    tag_ = asked.tag.empty() ? "*" : std::string(asked.tag);
    if (!asked.entry) return finish(completion::bad(asked.wrong));
    std::string why;
    if (!allowed(*asked.entry, why)) return finish(completion::bad(std::move(why)));
    entry_ = asked.entry;
    tells_itself_ = entry_->tail == dispatch_entry::behind::message_arguments;
    cursor arguments(text_, modes_.speaks_utf8(), asked.arguments);
    if (entry_->tail == dispatch_entry::behind::arguments) arguments.space();
    if (entry_->tail == dispatch_entry::behind::nothing) arguments.end();
    if (arguments.failed()) return bad(arguments.why());
    entry_->begin(*this, arguments, asked.by_uid);
}

void machine::bad(const bad_syntax& why) {
    finish(completion::bad(
        fmt::format("{}: {} (at octet {} of the command)", entry_->name, why.text, why.at + 1), why.code));
}

void machine::run(begun what) {
    if (!what) return bad(what.error());
    run_ = std::move(*what);
    outcome_.reset();
    state_ = state::running;
}

namespace {

class one_step final : public command_run {
  public:
    explicit one_step(std::function<completion(response_writer&)> step)
        : step_(std::move(step)) {}
    bool step(response_writer& out) override { return done(step_(out)); }

  private:
    std::function<completion(response_writer&)> step_;
};

} // namespace

void machine::run(std::function<completion(response_writer&)> step) {
    run(begun(std::make_unique<one_step>(std::move(step))));
}

// Neither deleted by somebody, nor with other UIDs than the client knows.
bool machine::still_selected() const {
    return selected_->folder().is_there() && !selected_->uids_changed();
}

void machine::leave_lost_mailbox() {
    if (!selected_->folder().is_there())
        say_goodbye("NONEXISTENT", "The selected mailbox was deleted");
    else // RFC 9051 §2.3.1.1: a new UIDVALIDITY is learned by selecting the mailbox again
        say_goodbye("", "The UIDs of the selected mailbox are no longer valid");
}

// A slice. When the command is done, what happened in the mailbox is told before its tagged response
// (RFC 9051 §5.2); IDLE is never done by itself.
bool machine::carry_on() {
    if (run_ && !outcome_) {
        // RFC 9051 §2.3.1.1: the command may mean messages that are others now.
        if (tells_itself_ && selected_ && entry_->where == permitted::selected && selected_->uids_changed()) {
            outcome_ = completion::no("The UIDs of the selected mailbox are no longer valid");
        } else {
            if (!run_->step(out_)) return false;
            outcome_ = run_->outcome();
        }
        caught_up_ = false;
    }
    if (idling_) return tell_in_idle();
    if (selected_) {
        if (!caught_up_ && !tells_itself_) selected_->catch_up();
        caught_up_ = true;
        if (!tells_itself_ && !selected_->tell(out_, modes_, true)) return false;
        if (!still_selected()) {
            // RFC 2180 §3.3: nothing can be said about messages that are gone.
            out_.tagged(tag_, *outcome_);
            leave_lost_mailbox();
            return true;
        }
    }
    auto outcome = std::move(*outcome_);
    run_.reset();
    outcome_.reset();
    watch_.reset();
    state_ = state::command;
    finish(std::move(outcome));
    return true;
}

void machine::finish(completion c) {
    if (c.status == completion::status::bad) ++errors_;
    if (!c.cause.empty()) push(note{c.text + ": " + c.cause});
    out_.tagged(tag_, c);
    text_ = {};
    const auto& l = policy_.limits;
    if (errors_ >= (authenticated() ? l.errors : l.errors_before_login) && state_ != state::closed)
        say_goodbye("", "Too many errors");
}

} // namespace refmail::imap
