// Words for the sender, who may never have heard of a mail server.
#include "reference/report/explanation.hpp"

#include "reference/report/field_text.hpp"
#include "reference/report/recipient_status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace refmail::report {

namespace {

// In the order in which they matter to who reads them.
constexpr std::array<report::action, 5> actions{action::failed, action::delayed, action::relayed,
                                                action::expanded, action::delivered};

using recipients = std::vector<const reported_recipient*>;

recipients with_action(const notification& n, report::action what) {
    recipients out;
    for (const auto& r : n.recipients) {
        if (r.action == what) out.push_back(&r);
    }
    return out;
}

std::string_view subject_for(report::action what) {
    switch (what) {
    case action::failed: return "Undelivered mail: your message could not be delivered";
    case action::delayed: return "Delayed mail: your message has not been delivered yet";
    case action::relayed: return "Relayed mail: your message was passed on";
    case action::expanded: return "Expanded mail: your message was passed on to several addresses";
    case action::delivered: return "Delivered mail: your message has arrived";
    }
    return "";
}

std::string_view opening_for(report::action what, bool several) {
    switch (what) {
    case action::failed:
        return several
                   ? "Your message could not be delivered to the addresses below. It will not be tried\r\n"
                     "again for them.\r\n"
                   : "Your message could not be delivered to the address below. It will not be tried\r\n"
                     "again.\r\n";
    case action::delayed:
        return several
                   ? "Your message has not reached the addresses below yet. There is no need to send it\r\n"
                     "again: delivery will be tried for some time to come.\r\n"
                   : "Your message has not reached the address below yet. There is no need to send it\r\n"
                     "again: delivery will be tried for some time to come.\r\n";
    case action::relayed:
        return "Your message was passed on to another mail server. That server does not report\r\n"
               "deliveries, so you will hear no more of it unless something goes wrong:\r\n";
    case action::expanded:
        return "Your message was delivered to an address that stands for several others, and passed\r\n"
               "on to them. You may yet hear that it did not reach one of those:\r\n";
    case action::delivered: return "Your message was delivered, and you asked to be told:\r\n";
    }
    return "";
}

// What was said last, by whom, or what the status code means.
void add_reason(std::string& out, const reported_recipient& r) {
    const auto& who = r.who;
    const auto lines = lines_of(who.last_reply, charset::utf8);
    const auto host = printable(who.last_host, charset::utf8);
    if (const auto meaning = meaning_of(status_of(r)); !meaning.empty())
        fmt::format_to(std::back_inserter(out), "    {}\r\n", meaning);
    if (lines.empty()) return;
    if (!is_smtp_reply(who.last_reply))
        out += "    What went wrong:\r\n";
    else if (host.empty())
        out += "    The mail server said:\r\n";
    else
        fmt::format_to(std::back_inserter(out), "    The mail server {} said:\r\n", host);
    for (const auto& line : lines)
        fmt::format_to(std::back_inserter(out), "        {}\r\n", line);
}

void add_recipient(std::string& out, const notification& n, const reported_recipient& r) {
    const auto& address = r.who.accepted_as.empty() ? r.who.address : r.who.accepted_as;
    fmt::format_to(std::back_inserter(out), "\r\n  <{}>\r\n", printable(address, charset::utf8));
    if (r.action == action::failed || r.action == action::delayed) add_reason(out, r);
    if (r.action == action::delayed && r.will_retry_until > 0) {
        fmt::format_to(std::back_inserter(out), "    Delivery will be tried until {}.\r\n",
                       date_time(r.will_retry_until, n.utc_offset_minutes));
    }
}

} // namespace

std::string subject_of(const notification& n) {
    for (const auto what : actions) {
        if (!with_action(n, what).empty()) return std::string(subject_for(what));
    }
    return std::string(subject_for(action::failed));
}

std::string explanation(const notification& n, bool returns_all) {
    std::string out = fmt::format("This is the mail system at {}.\r\n", n.reporting_mta);
    for (const auto what : actions) {
        const auto found = with_action(n, what);
        if (found.empty()) continue;
        out += "\r\n";
        out += opening_for(what, found.size() > 1);
        for (const auto* r : found)
            add_recipient(out, n, *r);
    }
    out += "\r\n";
    if (n.about.received > 0) {
        fmt::format_to(std::back_inserter(out), "The message came here on {}.\r\n",
                       date_time(n.about.received, n.utc_offset_minutes));
    }
    fmt::format_to(std::back_inserter(out),
                   "{} is attached, and so is a report for mail programs.\r\n"
                   "If you need help, write to postmaster@{}.\r\n",
                   returns_all ? "A copy of your message" : "The header of your message", n.reporting_mta);
    return out;
}

} // namespace refmail::report
