// RCPT: RFC 5321 §3.3, §4.1.1.3, §4.5.1 (postmaster), §4.5.3.1.10 (too many); relaying is for submission only
// (RFC 5321 §3.6.2, RFC 6409). A refused recipient leaves the others, and the transaction, as they were.
#include "reference/smtp/machine.hpp"
#include "reference/smtp/parameters.hpp"

#include <fmt/format.h>

namespace refmail::smtp {

void session::machine::accept_recipient(const message::mailbox& address, resolution found) {
    recipient r{address, std::move(found.destinations), std::nullopt};
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

    if (!take_prefix(arguments, "TO:")) return reply(501, "5.5.4", "Syntax: RCPT TO:<address>");
    auto path = message::take_forward_path(arguments, policy_.limits.address);
    if (!path) {
        return reply(
            501, "5.1.3",
            fmt::format("Recipient address: {} (octet {})", path.error().what, path.error().offset + 1));
    }
    if (auto parameters = parse_rcpt_parameters(arguments); !parameters) return reply(parameters.error());
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
        if (!found.destinations.empty()) return accept_recipient(address, std::move(found));
        [[fallthrough]]; // an alias to nobody: its owner can mend that
    case resolution::kind::unavailable:
        return reply(450, "4.3.0", fmt::format("<{}>: cannot be looked up now, try again later", text));
    case resolution::kind::unknown:
    case resolution::kind::ambiguous:
        return reply(550, "5.1.1", fmt::format("<{}>: no such user here", text));
    case resolution::kind::foreign: break;
    }
    // RFC 5321 §3.6.2: declined for policy reasons: 550.
    if (policy_.role != role::submission) {
        return reply(550, "5.7.1", fmt::format("<{}>: relaying denied", text));
    }
    // RFC 6409 §4.2: all domains of the envelope are fully qualified, or refused with 554.
    if (!address.is_fully_qualified()) {
        return reply(554, "5.1.2",
                     fmt::format("Domain '{}' of the recipient is not fully qualified", address.domain));
    }
    found.destinations = {destination{{}, {}, address, {}}};
    accept_recipient(address, std::move(found));
}

} // namespace refmail::smtp
