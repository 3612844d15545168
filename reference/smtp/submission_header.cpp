// RFC 6409 on header fields: §4.2 domains, §5.1 syntax, §6.3 refusals, §8 mending.
// "A paramount rule is to limit such actions to remedies for specific problems that have clear solutions."
#include "reference/smtp/submission_header.hpp"

#include "reference/message/header_addresses.hpp"
#include "reference/message/message_id.hpp"

#include <algorithm>
#include <array>

namespace refmail::smtp {

namespace {

using names = std::initializer_list<std::string_view>;

bool is_one_of(std::string_view name, names list) {
    return std::ranges::find(list, name) != list.end();
}

// RFC 5322 §3.6: these appear once at most.
bool is_singular(std::string_view name) {
    return is_one_of(name, {"date", "from", "sender", "reply-to", "to", "cc", "message-id", "in-reply-to",
                            "references", "subject"});
}

bool holds_addresses(std::string_view name) {
    return is_one_of(name, {"from", "sender", "reply-to", "to", "cc", "resent-from", "resent-sender",
                            "resent-to", "resent-cc", "resent-reply-to"});
}

} // namespace

submission_header::submission_header(const policy& p, const directory& d, std::shared_ptr<const envelope> e,
                                     message::timestamp now)
    : delivery_header(p.limits.received_fields)
    , policy_(p)
    , directory_(d)
    , envelope_(std::move(e))
    , now_(now)
    , allowed_(envelope_->smtputf8 ? message::characters::utf8 : message::characters::ascii) {}

bool submission_header::is_own(const message::mailbox& address) const {
    return directory_.may_send_as(envelope_->user, address);
}

// RFC 6409 §4.2: a domain of one label is incomplete, unless it is one of ours.
bool submission_header::is_complete(const message::mailbox& address) const {
    return address.is_fully_qualified() || directory_.resolve(address).kind != resolution::kind::foreign;
}

void submission_header::check_repetition(const message::header_field& f, const std::string& name) {
    if (!seen_.insert(name).second && is_singular(name)) {
        refuse(554, "5.6.0", "More than one " + std::string(f.name) + " field");
    }
}

// RFC 6409 §4.2: an address without a domain is completed, with that of the user. One with half a domain is
// not (check_addresses): there the guess could go wrong.
std::string submission_header::completed(const message::header_field& f) const {
    std::string raw(f.raw);
    const auto missing = message::find_missing_domains(f.body(), allowed_);
    if (!missing) return raw;
    const auto domain = "@" + directory_.address_of(envelope_->user).domain;
    const auto body = raw.find(':') + 1;
    for (auto at = missing->rbegin(); at != missing->rend(); ++at)
        raw.insert(body + *at, domain);
    return raw;
}

void submission_header::check_addresses(const message::header_field& f, const std::string& name) {
    auto list = message::parse_address_list(f.body(), allowed_);
    if (!list) {
        // RFC 6409 §5.1: illegal address syntax in header fields gets 554 after the end of data.
        refuse(554, "5.6.0", std::string(f.name) + " field: " + list.error().what);
        return;
    }
    for (const auto& address : *list) {
        if (!is_complete(address)) {
            refuse(554, "5.6.0",
                   std::string(f.name) + " field: domain '" + address.domain + "' is not fully qualified");
        }
    }
    if (name != "from" && name != "sender") return;
    const bool own = std::ranges::any_of(*list, [&](const auto& address) { return is_own(address); });
    (name == "from" ? own_author_ : own_sender_) = own;
}

void submission_header::field(const message::header_field& f) {
    if (is_trace(f)) return;
    const auto name = message::lower_case(f.name);
    // RFC 5322 §3.6.3: blind copies are not told about; the envelope already has them.
    if (is_one_of(name, {"bcc", "resent-bcc"})) return;
    if (is_singular(name)) check_repetition(f, name);
    if (holds_addresses(name)) {
        const auto raw = completed(f);
        const message::header_field whole{std::string_view(raw).substr(0, f.name.size()), raw};
        check_addresses(whole, name);
        return write(whole, name);
    }
    write(f, name);
}

void submission_header::write(const message::header_field& f, const std::string& name) {
    if (name == "date" && !message::is_date_time(f.body())) {
        seen_.erase(name); // RFC 6409 §8.2: may be corrected; add_missing() does
        return;
    }
    if (name == "message-id" && !message::is_message_id(f.body())) {
        seen_.erase(name); // RFC 6409 §8.3: should be replaced
        return;
    }
    if (name == "sender")
        held_sender_ = f.raw;
    else
        out() += f.raw;
}

void submission_header::add_missing() {
    // RFC 6409 §8: what leaves MUST conform to RFC 5322, which asks for From and Date.
    if (!seen("from")) {
        const auto author =
            envelope_->sender.null ? directory_.address_of(envelope_->user) : envelope_->sender.address;
        out() += "From: " + author.to_string() + "\r\n";
        own_author_ = true;
    }
    if (!seen("date")) out() += "Date: " + message::format_date_time(now_) + "\r\n";
    if (!seen("message-id")) {
        out() += "Message-ID: " + message::make_message_id(now_, envelope_->id, policy_.host_name) + "\r\n";
    }
}

void submission_header::end(bool ended_badly) {
    if (ended_badly && !seen_.empty()) {
        // RFC 6409 §6.3: 554 for syntactic problems in the data.
        refuse(554, "5.6.0", "A line of the header section is no header field");
        return;
    }
    add_missing();
    const bool stated = own_author_ || (own_sender_ && seen("sender"));
    switch (stated ? foreign_from::accept : policy_.foreign_from) {
    case foreign_from::accept: out() += held_sender_; break;
    case foreign_from::add_sender:
        // RFC 6409 §8.1: the identity is known and not given in From.
        out() += "Sender: " + directory_.address_of(envelope_->user).to_string() + "\r\n";
        break;
    case foreign_from::refuse:
        refuse(550, "5.7.1", "From field: not an address of user " + envelope_->user);
        break;
    }
    // Text without any header section becomes the body.
    if (ended_badly) out() += "\r\n";
}

} // namespace refmail::smtp
