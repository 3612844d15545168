// MAIL: RFC 5321 §3.3, §4.1.1.2, §4.1.4; with SIZE (RFC 1870), BODY (RFC 6152), AUTH (RFC 4954 §5); on
// submission the sender's domain (RFC 6409 §4.2) and the user's right to it (§6.1).
// A refused MAIL opens no transaction and changes nothing.
#include "reference/message/trace.hpp"
#include "reference/smtp/machine.hpp"
#include "reference/smtp/parameters.hpp"

#include <fmt/format.h>

namespace refmail::smtp {

bool session::machine::sender_is_acceptable(const message::reverse_path& sender) {
    // RFC 6409 §3.2: a null reverse-path is no reason to refuse.
    if (policy_.role != role::submission || sender.null) return true;
    const auto& address = sender.address;
    if (!address.is_fully_qualified() && directory_.resolve(address).kind == resolution::kind::foreign) {
        // RFC 6409 §4.2: 554 for improper domain references.
        reply(554, "5.1.8", fmt::format("Domain '{}' of the sender is not fully qualified", address.domain));
        return false;
    }
    if (policy_.check_sender_rights && !directory_.may_send_as(user_, address)) {
        // RFC 6409 §6.1: 550 5.7.1.
        reply(550, "5.7.1", fmt::format("User {} may not send as {}", user_, sender.to_string()));
        return false;
    }
    return true;
}

void session::machine::do_mail(std::string_view arguments) {
    if (refuse_before_auth()) return; // RFC 6409 §4.3
    // RFC 5321 §4.1.1.1: a client MUST issue EHLO (in LMTP: LHLO) before a transaction.
    if (greeting_ == greeting::none) {
        return reply(503, "5.5.1",
                     policy_.role == role::lmtp ? "MAIL: send LHLO first" : "MAIL: send EHLO first");
    }
    // RFC 5321 §4.1.4: not while a transaction is open; the state stays.
    if (transaction_) return reply(503, "5.5.1", "MAIL: a transaction is open already");

    if (!take_prefix(arguments, "FROM:")) return reply(501, "5.5.4", "Syntax: MAIL FROM:<address>");
    auto sender = message::take_reverse_path(arguments, policy_.limits.address);
    if (!sender) {
        return reply(
            501, "5.1.7",
            fmt::format("Sender address: {} (octet {})", sender.error().what, sender.error().offset + 1));
    }
    // RFC 4954 §5: where AUTH is offered, its parameter is taken even before authentication.
    auto parameters = parse_mail_parameters(arguments, policy_.offer_auth);
    if (!parameters) return reply(parameters.error());
    // RFC 1870 §6.1 (2)
    if (parameters->size.value_or(0) > policy_.limits.message_size) {
        return reply(552, "5.3.4",
                     fmt::format("Message exceeds the maximum of {} octets", policy_.limits.message_size));
    }
    if (!sender_is_acceptable(*sender)) return;

    smtp::envelope e;
    e.id = fmt::format("{}-{}", facts_.id, ++transactions_);
    e.sender = std::move(*sender);
    e.declared_size = parameters->size;
    e.body = parameters->body;
    e.submitter = std::move(parameters->submitter);
    // RFC 4954 §5: what a client says that has not authenticated counts as AUTH=<>.
    if (e.submitter && user_.empty()) e.submitter = message::reverse_path{};
    e.user = user_;
    e.helo = helo_;
    e.client_address = facts_.client_address;
    const auto transport = greeting_ == greeting::helo   ? message::transport::smtp
                           : greeting_ == greeting::lhlo ? message::transport::lmtp
                                                         : message::transport::esmtp;
    e.protocol = message::with_protocol(transport, facts_.tls, !user_.empty());
    reply(250, "2.1.0", fmt::format("Sender {} OK", e.sender.to_string()));
    transaction_.emplace(std::move(e));
}

} // namespace refmail::smtp
