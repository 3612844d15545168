// The fields in the order of the grammar: RFC 3464 §2.2 and §2.3, with the demands of RFC 3461 §6.3.
#include "reference/report/status_fields.hpp"

#include "reference/message/mailbox.hpp"
#include "reference/message/path.hpp"
#include "reference/message/utf8.hpp"
#include "reference/message/xtext.hpp"
#include "reference/report/recipient_status.hpp"

#include <algorithm>
#include <ranges>

namespace refmail::report {

namespace {

std::string_view name_of(report::action what) {
    switch (what) {
    case action::failed: return "failed";
    case action::delayed: return "delayed";
    case action::delivered: return "delivered";
    case action::relayed: return "relayed";
    case action::expanded: return "expanded";
    }
    return "failed";
}

class field_writer {
  public:
    field_writer(const notification& n, charset allowed)
        : n_(n)
        , allowed_(allowed) {}

    std::string write() {
        message_fields();
        for (const auto& r : n_.recipients)
            recipient_fields(r);
        return std::move(out_);
    }

  private:
    void add(std::string_view name, std::string_view value) {
        out_.append(name).append(": ").append(value).append("\r\n");
    }
    void add_date(std::string_view name, queue::seconds_since_1970 when) {
        if (when > 0) add(name, date_time(when, n_.utc_offset_minutes));
    }
    void add_name(std::string_view field, const std::string& name, std::string_view comment = {});
    void message_fields();
    void original_recipient(const queue::recipient& who);
    void recipient_fields(const reported_recipient& r);
    void diagnostic(const queue::recipient& who);

    const notification& n_;
    charset allowed_;
    std::string out_;
};

// RFC 3461 §9.3: a name of type "dns" is a domain, or a domain-literal. §6.3 (b): what is not known to be a
// fully-qualified name must not be labelled so.
void field_writer::add_name(std::string_view field, const std::string& name, std::string_view comment) {
    auto text = printable(name, charset::ascii);
    if (message::is_ipv4(text)) text = "[" + text + "]";
    if (message::is_ipv6(text)) text = "[IPv6:" + text + "]";
    const bool literal = text.starts_with('[');
    const bool qualified = literal || (text.find('.') != std::string::npos && message::parse_domain(text));
    out_.append(field).append(qualified ? ": dns; " : ": x-local-hostname; ").append(text);
    // §2.2.4: the network address as a comment, unless it is the name already.
    if (!comment.empty() && text.find(comment) == std::string::npos)
        out_.append(" (").append(printable(comment, charset::ascii)).append(")");
    out_ += "\r\n";
}

void field_writer::message_fields() {
    // RFC 3461 §6.3 (a): decoded, and only if it was given.
    if (!n_.about.envelope_id.empty()) {
        const auto decoded = message::decode_xtext(n_.about.envelope_id);
        add("Original-Envelope-Id", printable(decoded.value_or(n_.about.envelope_id), allowed_));
    }
    add_name("Reporting-MTA", n_.reporting_mta);
    if (!n_.about.from_host.empty()) add_name("Received-From-MTA", n_.about.from_host, n_.about.from_address);
    add_date("Arrival-Date", n_.about.received);
}

// RFC 3461 §6.3 (d); RFC 6533 §3: a UTF-8 address in the form that the part can carry, and one that is not
// what it says as it came.
void field_writer::original_recipient(const queue::recipient& who) {
    if (who.original_type.empty()) return;
    std::string address;
    if (message::equals_ignoring_case(who.original_type, "utf-8")) {
        const auto decoded = message::decode_unitext(who.original);
        address = decoded.value_or(who.original);
        if (allowed_ == charset::ascii && decoded) address = message::encode_unitext(*decoded);
    } else {
        address = message::decode_xtext(who.original).value_or(who.original);
    }
    add("Original-Recipient", who.original_type + "; " + printable(address, allowed_));
}

void field_writer::recipient_fields(const reported_recipient& r) {
    out_ += "\r\n";
    original_recipient(r.who);
    // RFC 3464 §2.3.2: the address of the envelope, as it was when we took the message, in its letter case.
    const auto& final = r.who.accepted_as.empty() ? r.who.address : r.who.accepted_as;
    if (message::is_ascii(final))
        add("Final-Recipient", "rfc822; " + printable(final, charset::ascii));
    else
        add("Final-Recipient",
            "utf-8; " +
                printable(allowed_ == charset::utf8 ? final : message::encode_unitext(final), allowed_));
    add("Action", name_of(r.action));
    add("Status", status_of(r));
    diagnostic(r.who);
    add_date("Last-Attempt-Date", r.who.last_attempt);
    if (!n_.about.id.empty()) add("Final-Log-Id", printable(n_.about.id, charset::ascii));
    // RFC 3464 §2.3.9: MUST NOT appear in other DSNs.
    if (r.action == action::delayed) add_date("Will-Retry-Until", r.will_retry_until);
}

// RFC 3461 §9.2 (b): a multi-line reply continues with a blank before each line after the first.
void field_writer::diagnostic(const queue::recipient& who) {
    // RFC 3464 §2.3.5: MUST NOT be there when no remote host took part.
    if (!who.last_host.empty()) add_name("Remote-MTA", who.last_host);
    const auto lines = lines_of(who.last_reply, allowed_);
    if (lines.empty()) return;
    // Where nobody replied the words are ours, and no code of SMTP.
    std::string value = is_smtp_reply(who.last_reply) ? "smtp" : "x-refmaild";
    value += "; " + lines.front();
    for (const auto& line : lines | std::views::drop(1))
        value += "\r\n " + line;
    add("Diagnostic-Code", value);
}

} // namespace

std::string status_fields(const notification& n, charset allowed) {
    return field_writer(n, allowed).write();
}

bool has_international_address(const notification& n) {
    return std::ranges::any_of(n.recipients, [](const reported_recipient& r) {
        const bool typed = message::equals_ignoring_case(r.who.original_type, "utf-8");
        const auto original = typed ? message::decode_unitext(r.who.original) : std::nullopt;
        return !message::is_ascii(r.who.address) || !message::is_ascii(r.who.accepted_as) ||
               (original && !message::is_ascii(*original));
    });
}

} // namespace refmail::report
