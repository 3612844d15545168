// Which successes are told; see the header.
#include "reference/daemon/delivery_notices.hpp"

#include <algorithm>
#include <optional>

namespace refmail::daemon {
namespace {

// Nothing: it has left for one other host, and the request with it (RFC 3461 §5.2.7.2).
std::optional<report::action> action_for(const smtp::recipient& r) {
    if (r.owner) return report::action::delivered;
    if (r.destinations.size() > 1) return report::action::expanded;
    if (r.destinations.front().is_local()) return report::action::delivered;
    return std::nullopt;
}

} // namespace

bool wants_success_reports(const smtp::envelope& e) {
    // RFC 3461 §6.1 and RFC 5321 §6.1: nobody is told at the null reverse-path.
    return !e.sender.null && std::any_of(e.recipients.begin(), e.recipients.end(), [](const auto& r) {
        return r.notify.success && !r.notify.never && action_for(r);
    });
}

std::vector<report::reported_recipient> successes(const smtp::envelope& e,
                                                  const std::vector<smtp::delivery_verdict>& outcome,
                                                  queue::seconds_since_1970 now) {
    std::vector<report::reported_recipient> all;
    if (e.sender.null) return all;
    for (std::size_t i = 0; i < e.recipients.size(); ++i) {
        const auto& r = e.recipients[i];
        const auto action = action_for(r);
        if (!action || outcome.at(i) != smtp::delivery_verdict::stored) continue;
        report::reported_recipient told;
        told.action = *action;
        told.who.address = r.address.to_string();
        told.who.original_type = r.original_type;
        told.who.original = r.original;
        told.who.notify = r.notify;
        told.who.state = queue::recipient::state::done;
        told.who.status = *action == report::action::expanded ? "2.1.5" : "2.0.0";
        told.who.last_attempt = now;
        if (report::is_wanted(told.who, *action)) all.push_back(std::move(told));
    }
    return all;
}

queue::entry entry_about(const smtp::envelope& e, queue::seconds_since_1970 received) {
    queue::entry about;
    about.id = e.id;
    about.sender = e.sender.null ? "" : e.sender.address.to_string();
    about.envelope_id = e.envelope_id;
    about.ret = static_cast<enum queue::entry::ret>(static_cast<int>(e.ret));
    about.body = static_cast<enum queue::entry::body>(static_cast<int>(e.body));
    about.smtputf8 = e.smtputf8;
    about.require_tls = e.require_tls;
    about.user = e.user;
    about.from_host = e.helo;
    about.from_address = e.client_address;
    about.received = received;
    return about;
}

} // namespace refmail::daemon
