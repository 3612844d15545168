// RCPT: RFC 5321 §3.3, §4.1.1.3, §4.5.1 (postmaster), §4.5.3.1.10 (too many); relaying is for submission only
// (RFC 5321 §3.6.2, RFC 6409). NOTIFY and ORCPT (RFC 3461) change no reply. A refused recipient leaves the
// others, and the transaction, as they were.
#include "reference/message/utf8.hpp"
#include "reference/smtp/machine.hpp"

#include <fmt/format.h>

namespace refmail::smtp {

void session::machine::accept_recipient(const message::mailbox& address, resolution found,
                                        rcpt_parameters asked) {
    recipient r{address, std::move(found.destinations), std::nullopt};
    r.notify = asked.notify;
    r.original_type = std::move(asked.original_type);
    r.original = std::move(asked.original);
    // RFC 5321 §3.9.2: copies made by a list carry the address of who looks after it; §3.9.1: those made by
    // an alias keep the sender's.
    if (found.kind == resolution::kind::list) r.owner = std::move(found.owner);
    reply(250, "2.1.5", fmt::format("Recipient <{}> OK", address.to_string()));
    transaction_->add(std::move(r));
}

void session::machine::do_rcpt(std::string_view arguments) {
    if (refuse_before_auth()) return;
    // RFC 5321 §3.3: MUST be 503 without a preceding MAIL.
    if (!transaction_) return reply(503, "5.5.1", "RCPT: send MAIL first");

    // RFC 3030 §2: the content has begun.
    if (transaction_->chunked) return reply(503, "5.5.1", "RCPT: the message has begun, send RSET first");

    if (!take_prefix(arguments, "TO:")) return reply(501, "5.5.4", "Syntax: RCPT TO:<address>");
    const auto completed = complete(arguments);
    arguments = completed;
    const bool smtputf8 = transaction_->envelope().smtputf8;
    // RFC 6531 §3.5: 553 and X.6.7 where RCPT needs an ASCII address.
    if (!smtputf8 && !message::is_ascii(arguments))
        return reply(553, "5.6.7",
                     "Recipient address: beyond ASCII only with the parameter SMTPUTF8 of MAIL");
    auto path = message::take_forward_path(arguments, policy_.limits.address,
                                           smtputf8 ? message::characters::utf8 : message::characters::ascii);
    if (!path) {
        return reply(
            501, "5.1.3",
            fmt::format("Recipient address: {} (octet {})", path.error().what, path.error().offset + 1));
    }
    auto parameters = parse_rcpt_parameters(arguments, in_effect(), smtputf8);
    if (!parameters) return reply(parameters.error());
    // RFC 5321 §4.5.3.1.10: 452, and those already accepted stay.
    if (transaction_->envelope().recipients.size() >= policy_.limits.recipients) {
        return reply(452, "4.5.3", fmt::format("Too many recipients: at most {}", policy_.limits.recipients));
    }

    const auto& address = path->address;
    const auto text = address.to_string();
    auto found = directory_.resolve(address);
    switch (found.kind) {
    case resolution::kind::mailbox:
    case resolution::kind::alias:
    case resolution::kind::list:
        if (!found.destinations.empty())
            return accept_recipient(address, std::move(found), std::move(*parameters));
        [[fallthrough]]; // an alias to nobody: its owner can mend that
    case resolution::kind::unavailable:
        return reply(450, "4.3.0", fmt::format("<{}>: cannot be looked up now, try again later", text));
    case resolution::kind::unknown:
    case resolution::kind::ambiguous:
        return reply(550, "5.1.1", fmt::format("<{}>: no such user here", text));
    case resolution::kind::foreign: break;
    }
    // RFC 5321 §3.6.2: declined for policy reasons: 550. A backup MX takes what it hands on (§5.1).
    const bool hands_on = policy_.role == role::mta && found.backed_up;
    if (policy_.role != role::submission && !hands_on) {
        return reply(550, "5.7.1", fmt::format("<{}>: relaying denied", text));
    }
    // RFC 6409 §4.2: all domains of the envelope are fully qualified, or refused with 554.
    if (!address.is_fully_qualified()) {
        return reply(554, "5.1.2",
                     fmt::format("Domain '{}' of the recipient is not fully qualified", address.domain));
    }
    found.destinations = {destination{{}, {}, address, {}}};
    accept_recipient(address, std::move(found), std::move(*parameters));
}

} // namespace refmail::smtp
