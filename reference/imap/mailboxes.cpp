// CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE: RFC 9051 §6.3.4 to §6.3.8; RFC 6154 §3 (USE). Refuses names
// that no mailbox can have (RFC 9051 §5.1, RFC 9755 §3): with control characters, empty levels, ill-formed
// UTF-8.
#include "reference/imap/list_response.hpp"
#include "reference/imap/machine.hpp"
#include "reference/message/utf8.hpp"

#include <boost/algorithm/string/case_conv.hpp>

#include <algorithm>

namespace refmail::imap {

namespace {

// RFC 9755 §3: no controls, no DEL, no line or paragraph separators.
bool may_stand_in_name(char32_t c) {
    return c > 0x1F && (c < 0x7F || c > 0x9F) && c != 0x2028 && c != 0x2029;
}

bool can_be_a_name(std::string_view name) {
    if (name.empty() || name.starts_with('/') || name.ends_with('/') || name.contains("//")) return false;
    while (!name.empty()) {
        const auto c = message::take_code_point(name);
        if (!c || !may_stand_in_name(*c)) return false;
    }
    return true;
}

completion no_such_name() {
    return completion::of({mailbox::trouble::kind::bad_name, {}});
}

// " (USE (\Drafts \Sent))", or nothing. RFC 6154 §6, RFC 4466 §2.2. Uses that are not known are kept: the
// account says which it has.
mailbox::special_uses read_uses(cursor& c) {
    mailbox::special_uses out;
    if (!c.take(' ')) return out;
    c.open();
    if (!c.take_word("USE")) c.fail("expected USE");
    c.space();
    c.open();
    while (!c.failed() && c.peek() != ')') {
        if (!c.take('\\')) c.fail("expected a special use, as \\Drafts");
        out.insert(boost::algorithm::to_lower_copy(std::string(c.atom()), std::locale::classic()));
        if (!c.take(' ')) break;
    }
    c.expect_close();
    c.expect_close();
    return out;
}

bool has_children(mailbox::account& of, const std::string& name) {
    const auto entries = of.list();
    return entries && std::ranges::any_of(*entries, [&](const auto& e) {
               return e.exists && e.name.starts_with(name + '/');
           });
}

} // namespace

void machine::do_create(cursor& c) {
    std::optional<std::string> given;
    auto name = c.mailbox(&given);
    auto uses = read_uses(c);
    c.end();
    if (c.failed()) return bad(c.why());
    // RFC 9051 §6.3.4: a separator at the end is a declaration, and no part of the name.
    if (name.ends_with('/')) name.pop_back();
    if (!can_be_a_name(name)) return finish(no_such_name());
    run([this, name = std::move(name), given = std::move(given),
         uses = std::move(uses)](response_writer& out) {
        if (const auto made = account_->create(name, uses); !made) return completion::of(made.error());
        if (given && modes_.rev2) put_list_response(out, *account_, name, given);
        return completion::ok("CREATE done");
    });
}

void machine::do_delete(cursor& c) {
    std::optional<std::string> given;
    auto name = c.mailbox(&given);
    c.end();
    if (c.failed()) return bad(c.why());
    run([this, name = std::move(name), given = std::move(given)](response_writer& out) {
        const auto folder = account_->open(name);
        const bool ours = selected_ && folder && folder->get() == &selected_->folder();
        if (const auto gone = account_->remove(name); !gone) {
            auto why = completion::of(gone.error());
            // RFC 9051 §6.3.5; INBOX stays with or without them.
            if (gone.error().kind == mailbox::trouble::kind::not_possible && name != "INBOX" &&
                has_children(*account_, name))
                why = completion::no("There are mailboxes below it", "HASCHILDREN");
            return why;
        }
        if (ours) {
            out.untagged("OK", "CLOSED", "The selected mailbox was deleted");
            selected_.reset();
        }
        if (given && modes_.rev2) put_list_response(out, *account_, name, given);
        return completion::ok("DELETE done");
    });
}

void machine::do_rename(cursor& c) {
    std::optional<std::string> given_from, given_to;
    auto from = c.mailbox(&given_from);
    c.space();
    auto to = c.mailbox(&given_to);
    c.end();
    if (c.failed()) return bad(c.why());
    if (to.ends_with('/')) to.pop_back();
    if (!can_be_a_name(to)) return finish(no_such_name());
    // RFC 9051 §6.3.9.7: the old name as it was given.
    std::optional<std::string> old_name;
    if (given_from || given_to) old_name = given_from ? given_from : from;
    run([this, from = std::move(from), to = std::move(to),
         old_name = std::move(old_name)](response_writer& out) {
        if (const auto renamed = account_->rename(from, to); !renamed) return completion::of(renamed.error());
        if (old_name && modes_.rev2) put_list_response(out, *account_, to, old_name);
        return completion::ok("RENAME done");
    });
}

void machine::do_subscribe(cursor& c, bool on) {
    auto name = c.mailbox();
    c.end();
    if (c.failed()) return bad(c.why());
    // RFC 9051 §6.3.7: it need not exist; §6.3.8: OK too when it was not subscribed.
    if (name.ends_with('/')) name.pop_back();
    if (on && !can_be_a_name(name)) return finish(no_such_name());
    run([this, name = std::move(name), on](response_writer&) {
        if (const auto noted = account_->subscribe(name, on); !noted) return completion::of(noted.error());
        return completion::ok(on ? "SUBSCRIBE done" : "UNSUBSCRIBE done");
    });
}

} // namespace refmail::imap
