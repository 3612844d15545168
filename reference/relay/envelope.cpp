// From a message to its envelope on the wire: whether this host can take it at all, then RSET, MAIL, RCPT and
// DATA, in groups where PIPELINING was offered (RFC 2920 §3.1), one by one elsewhere (RFC 5321 §4.3.1).
// Replies to each recipient are its own (RFC 5321 §3.3); "too many" leads to a further transaction.
#include "reference/relay/machine.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace refmail::relay {

namespace {

// RFC 2920 §3.1: who writes without reading must know that what he writes fits. The replies to so many
// octets of commands fit into any socket's buffer on our side, so the server never stops reading.
constexpr std::size_t largest_group = 16 * 1024;

outcome refuse_here(std::string status, std::string why, const peer& who) {
    outcome made;
    made.what = outcome::what::failed;
    made.status = std::move(status);
    made.host = who.host;
    made.address = who.address;
    made.why = std::move(why);
    return made;
}

// RFC 6531 §3.4: SHOULD NOT be asked for where neither envelope nor message needs it.
bool needs_smtputf8(const queue::entry& e) {
    if (!e.smtputf8) return false;
    return e.has_eight_bit || !is_ascii(e.sender) ||
           std::any_of(e.recipients.begin(), e.recipients.end(), [](const queue::recipient& r) {
               return !is_ascii(r.address) || !is_ascii(r.original);
           });
}

} // namespace

void session::machine::begin(mail wanted) {
    if (state_ != state::ready) return;
    transaction_.emplace(std::move(wanted), settings_.recipients);
    choices_ = {};
    choices_.authenticated = authenticated_;
    choices_.in_tls = in_tls_;
    choices_.size = transaction_->entry().size;
    choices_.to_ascii = settings_.to_ascii;
    choices_.utf8 = offered_.smtputf8 && needs_smtputf8(transaction_->entry());
    state_ = state::envelope;
    first_ = reading::nothing;
    gathered_.clear();
    if (!is_acceptable()) return finish();
    choose_transport();
    if (first_ != reading::nothing) {
        state_ = state::gathering;
        actions_.push_back(read_content{true});
        return;
    }
    start_round();
}

bool session::machine::is_acceptable() {
    if (!demands_are_met() || !addresses_are_sendable()) return false;
    // RFC 1870 §7: what exceeds the limit need not be sent to learn so.
    if (offered_.largest == 0 || choices_.size <= offered_.largest) return true;
    transaction_->settle_rest(refuse_here(
        "5.3.4", fmt::format("the message has {} octets, the host takes {}", choices_.size, offered_.largest),
        settings_.peer));
    return false;
}

// RFC 8689 §4.2.1: TLS, a certificate that was verified, and REQUIRETLS in the EHLO reply inside TLS. Where
// that is not to be had another host is asked, and in the end the sender is told; never is it sent.
bool session::machine::demands_are_met() {
    const auto& e = transaction_->entry();
    if (!e.require_tls) return true;
    // §5: a notice (null reverse-path) goes to a host that lacks only the extension.
    if (in_tls_ && verified_ && (offered_.require_tls || e.sender.empty())) return true;
    auto refused =
        in_tls_ && verified_
            ? refuse_here("5.7.30", "the message requires REQUIRETLS, which the host does not offer",
                          settings_.peer)
            : refuse_here("5.7.10", "the message requires TLS with a host that proves its name",
                          settings_.peer);
    refused.elsewhere = true;
    transaction_->settle_rest(refused);
    return false;
}

// RFC 6531 §3.2, §3.5: no address with UTF-8 to a host without SMTPUTF8. Other recipients get their mail.
bool session::machine::addresses_are_sendable() {
    const auto& e = transaction_->entry();
    const auto needs_utf8 = [this](const std::string& address) {
        return !choices_.utf8 && !is_ascii(address_for(address, choices_));
    };
    if (!fits_a_command(e.sender) || needs_utf8(e.sender)) {
        const bool broken = !fits_a_command(e.sender);
        transaction_->settle_rest(
            refuse_here(broken ? "5.1.7" : "5.6.7",
                        broken ? "the sender's address has control characters"
                               : "the sender's address needs SMTPUTF8, which the host does not offer",
                        settings_.peer));
        return false;
    }
    bool some = false;
    for (std::size_t i = 0; i < transaction_->size(); ++i) {
        const auto& address = transaction_->recipient(i).address;
        if (!fits_a_command(address))
            transaction_->settle(i,
                                 refuse_here("5.1.3", "the address has control characters", settings_.peer));
        else if (needs_utf8(address))
            transaction_->settle(i, refuse_here("5.6.7",
                                                "the address needs SMTPUTF8, which the host does not offer",
                                                settings_.peer));
        else
            some = true;
    }
    return some;
}

// RFC 6152 §3, RFC 3030 §3: what the host cannot take as it is, is converted or returned.
void session::machine::choose_transport() {
    const auto& e = transaction_->entry();
    const bool binary = e.body == queue::entry::body::binary_mime;
    if (binary && offered_.binary_mime)
        choices_.content = transport::binary;
    else if (binary || (e.has_eight_bit && !offered_.eight_bit_mime))
        first_ = reading::all;
    else if (offered_.eight_bit_mime && (e.has_eight_bit || e.body == queue::entry::body::eight_bit_mime))
        choices_.content = transport::eight_bit;
    // RFC 5321 §2.4: "8BITMIME MUST NOT be requested by senders for material with the high bit on that is not
    // in MIME format". (Of SMTPUTF8 the header has such octets, and needs no MIME: RFC 6532.)
    if (choices_.content == transport::eight_bit && e.has_eight_bit && !choices_.utf8)
        first_ = reading::header;
    // RFC 6531 §3.2: a message that came with SMTPUTF8 and does not need it may go to any host.
    if (e.smtputf8 && !choices_.utf8 && e.has_eight_bit) first_ = reading::all;
}

void session::machine::start_round() {
    if (!transaction_->start_round()) return finish();
    mail_sent_ = data_sent_ = out_of_step_ = false;
    state_ = state::envelope;
    send_group();
}

// Called when no reply is due: sends what may be sent now. RFC 2920 §3.1: DATA is the last of its group.
void session::machine::send_group() {
    std::string group;
    while (add_command(group)) {
        if (!offered_.pipelining || data_sent_ || group.size() >= largest_group) break;
    }
    if (!group.empty()) {
        actions_.push_back(send{std::move(group)});
        ++waits_;
        return;
    }
    // Nothing is left to be sent, all replies are there.
    if (!transaction_->accepted().empty() && !transaction_->mail_refused) return start_content(); // by BDAT
    reset_due_ = reset_due_ || mail_sent_;
    round_over(false);
}

bool session::machine::add_command(std::string& group) {
    const auto add = [&](std::string line, command what, std::size_t position = 0) {
        group += line;
        awaited_.push_back({what, position});
        return true;
    };
    if (reset_due_) {
        reset_due_ = false;
        return add("RSET\r\n", command::rset);
    }
    if (!mail_sent_) {
        mail_sent_ = true;
        return add(mail_command(transaction_->entry(), offered_, choices_), command::mail);
    }
    if (transaction_->mail_refused) return false;
    if (const auto position = transaction_->next_recipient())
        return add(rcpt_command(transaction_->recipient(*position), offered_, choices_), command::rcpt,
                   *position);
    // RFC 3030 §2: BDAT comes "after all MAIL and RCPT responses are collected and processed".
    if (choices_.content == transport::binary) return false;
    // With replies still to come DATA goes on trust; without, only if somebody was taken.
    if (awaited_.empty() && transaction_->accepted().empty()) return false;
    data_sent_ = true;
    return add("DATA\r\n", command::data);
}

void session::machine::on_mail(const reply& r) {
    if (!r.positive()) {
        // RFC 5321 §4.5.4.1: the refusal is this message's, others are offered all the same.
        transaction_->mail_refused = true;
        transaction_->settle_rest(refusal(r, stage::mail, settings_.peer));
    }
    if (awaited_.empty()) send_group();
}

void session::machine::on_rcpt(const reply& r, std::size_t position) {
    if (r.positive()) {
        if (transaction_->mail_refused)
            out_of_step_ = true;
        else
            transaction_->accept(position);
    } else {
        auto refused = refusal(r, stage::rcpt, settings_.peer);
        // RFC 5321 §4.5.3.1.10: 452, and 552 by mistake, when the host takes no more recipients in this
        // transaction. That can only be where it took some, and where it does not say that it means
        // something else (RFC 1870 §6.4: 552 5.2.3, this recipient takes no message of that size).
        const bool code_fits = r.code == 452 || r.code == 552;
        const bool nothing_else = r.enhanced.empty() || r.enhanced.ends_with(".5.3");
        if (code_fits && nothing_else && !transaction_->accepted().empty()) {
            refused.what = outcome::what::deferred;
            refused.status = "4.5.3";
            transaction_->postpone(position, std::move(refused));
        } else
            transaction_->settle(position, std::move(refused));
    }
    if (awaited_.empty()) send_group();
}

// With success, whoever was postponed has another chance at once. Without, the postponed have been told no,
// and only those wait on who were not offered yet.
void session::machine::round_over(bool success) {
    transaction_->end_round(success);
    start_round();
}

void session::machine::finish() {
    actions_.push_back(finished{transaction_->take_outcomes()});
    transaction_.reset();
    gathered_.clear();
    held_.clear();
    stuffing_.reset();
    state_ = state::ready;
}

} // namespace refmail::relay
