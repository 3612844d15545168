// GETQUOTA, GETQUOTAROOT, SETQUOTA: RFC 9208 §4.1. One root for all mailboxes of the account; STORAGE counts
// units of 1024 octets (§5.1), MESSAGE messages (§5.2). Who has no limit has no root.
#include "reference/imap/machine.hpp"
#include "reference/message/utf8.hpp"

#include <limits>

namespace refmail::imap {

namespace {

constexpr std::uint64_t unit = 1024;

bool has_limit(const mailbox::quota_root& q) {
    return q.storage_limit || q.message_limit;
}

void put_quota(response_writer& out, const mailbox::quota_root& q) {
    out.put("* QUOTA ");
    out.string(q.name);
    char separator = '(';
    const auto resource = [&](std::string_view name, std::uint64_t used, std::uint64_t limit) {
        out.put(separator == '(' ? " (" : " ");
        separator = ' ';
        out.put(name);
        out.put(' ');
        out.number(used);
        out.put(' ');
        out.number(limit);
    };
    if (q.storage_limit) resource("STORAGE", (q.storage_used + unit - 1) / unit, *q.storage_limit / unit);
    if (q.message_limit) resource("MESSAGE", q.messages_used, *q.message_limit);
    out.put(")\r\n");
}

} // namespace

void machine::do_getquota(cursor& c) {
    auto root = c.astring();
    c.end();
    if (c.failed()) return bad(c.why());
    run([this, root = std::move(root)](response_writer& out) {
        const auto q = account_->quota();
        if (!q) return completion::of(q.error());
        if (q->name != root || !has_limit(*q))
            return completion::no("There is no such quota root", "NONEXISTENT");
        put_quota(out, *q);
        return completion::ok("GETQUOTA done");
    });
}

// RFC 9208 §4.1.2: the mailbox need not exist.
void machine::do_getquotaroot(cursor& c) {
    auto name = c.mailbox();
    c.end();
    if (c.failed()) return bad(c.why());
    // What no mailbox can be called has no place in a response.
    if (!message::is_utf8(name)) return finish(completion::of({mailbox::trouble::kind::bad_name, {}}));
    run([this, name = std::move(name)](response_writer& out) {
        const auto q = account_->quota();
        if (!q) return completion::of(q.error());
        out.put("* QUOTAROOT ");
        out.mailbox(name);
        if (has_limit(*q)) {
            out.put(' ');
            out.string(q->name);
        }
        out.put("\r\n");
        if (has_limit(*q)) put_quota(out, *q);
        return completion::ok("GETQUOTAROOT done");
    });
}

// RFC 9208 §4.1.3: what is not named is unlimited from then on.
void machine::do_setquota(cursor& c) {
    auto root = c.astring();
    std::optional<std::uint64_t> storage, messages;
    c.space();
    c.open();
    while (!c.failed() && c.peek() != ')') {
        const auto name = c.upper_atom();
        c.space();
        const auto limit = c.number64();
        if (name == "STORAGE" && limit > std::numeric_limits<std::int64_t>::max() / unit)
            c.fail("the limit is too large");
        else if (name == "STORAGE")
            storage = limit * unit;
        else if (name == "MESSAGE")
            messages = limit;
        else
            c.fail("there is no such resource here: STORAGE, MESSAGE");
        if (!c.take(' ')) break;
    }
    c.expect_close();
    c.end();
    if (c.failed()) return bad(c.why());
    run([this, root = std::move(root), storage, messages](response_writer& out) {
        const auto before = account_->quota();
        if (!before) return completion::of(before.error());
        if (before->name != root) return completion::no("There is no such quota root", "NONEXISTENT");
        if (const auto set = account_->set_quota(storage, messages); !set) {
            if (set.error().kind == mailbox::trouble::kind::not_possible)
                return completion::no("You may not set quotas", "NOPERM");
            return completion::of(set.error());
        }
        const auto now = account_->quota();
        if (now && has_limit(*now)) put_quota(out, *now);
        return completion::ok("SETQUOTA done");
    });
}

} // namespace refmail::imap
