// MAIL: RFC 5321 §3.3, §4.1.1.2, §4.1.4; with SIZE (RFC 1870), BODY (RFC 6152, RFC 3030), AUTH (RFC 4954 §5),
// RET and ENVID (RFC 3461), SMTPUTF8 (RFC 6531), REQUIRETLS (RFC 8689); on
// submission the sender's domain (RFC 6409 §4.2) and the user's right to it (§6.1).
// A refused MAIL opens no transaction and changes nothing.
#include "reference/message/trace.hpp"
#include "reference/smtp/machine.hpp"
#include "reference/smtp/submission_path.hpp"

#include <fmt/format.h>

namespace refmail::smtp {

// RFC 6409 §4.2: what its users leave out, a submission server may add.
std::string session::machine::complete(std::string_view arguments) const {
    if (policy_.role != role::submission) return std::string(arguments);
    return complete_path(arguments, directory_.address_of(user_).domain);
}

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
    const auto completed = complete(arguments);
    arguments = completed;
    const auto offered = in_effect();
    auto sender =
        message::take_reverse_path(arguments, policy_.limits.address,
                                   offered.smtputf8 ? message::characters::utf8 : message::characters::ascii);
    if (!sender) {
        return reply(
            501, "5.1.7",
            fmt::format("Sender address: {} (octet {})", sender.error().what, sender.error().offset + 1));
    }
    // RFC 4954 §5: where AUTH is offered, its parameter is taken even before authentication.
    auto parameters = parse_mail_parameters(arguments, offered);
    if (!parameters) return reply(parameters.error());
    // RFC 6531 §3.5: 550 and X.6.7 where MAIL needs an ASCII address.
    if (!sender->address.is_ascii() && !parameters->smtputf8)
        return reply(550, "5.6.7", "Sender address: beyond ASCII only with the parameter SMTPUTF8");
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
    e.ret = parameters->ret;
    e.envelope_id = std::move(parameters->envelope_id);
    e.smtputf8 = parameters->smtputf8;
    e.require_tls = parameters->require_tls;
    e.user = user_;
    e.helo = helo_;
    e.client_address = facts_.client_address;
    const auto transport = greeting_ == greeting::helo   ? message::transport::smtp
                           : greeting_ == greeting::lhlo ? message::transport::lmtp
                                                         : message::transport::esmtp;
    e.protocol = message::with_protocol(transport, facts_.tls, !user_.empty(), e.smtputf8);
    reply(250, "2.1.0", fmt::format("Sender {} OK", e.sender.to_string()));
    transaction_.emplace(std::move(e));
}

} // namespace refmail::smtp
