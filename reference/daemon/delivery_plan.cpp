// From an envelope to copies; see the header.
#include "reference/daemon/delivery_plan.hpp"

#include <algorithm>
#include <map>

namespace refmail::daemon {
namespace {

std::string bare(const message::reverse_path& path) {
    return path.null ? "" : path.address.to_string();
}

// The same alternatives in the same order, on either side of the layering.
template <class To, class From>
To same(From value) {
    return static_cast<To>(static_cast<int>(value));
}

queue::recipient recipient_for(const smtp::recipient& given, const message::mailbox& address) {
    queue::recipient r;
    r.address = address.to_string();
    // RFC 3464 §2.3.2: reports speak of the address that we accepted; a list's members are the list's affair.
    const bool renamed = !given.address.local_part.empty() && !(given.address == address);
    if (!given.owner && renamed) r.accepted_as = given.address.to_string();
    r.original_type = given.original_type;
    r.original = given.original;
    r.notify = given.notify;
    return r;
}

void limit_notify(const smtp::recipient& given, queue::recipient& wanted) {
    if (given.owner) {
        // RFC 3461 §5.2.7.1: who mails a list learns that the list has it; its members are the owner's
        // matter.
        wanted.original = wanted.original_type = "";
        wanted.notify = {};
    } else if (given.destinations.size() > 1 && wanted.notify.given) {
        // RFC 3461 §5.2.7.3 (c): an "expanded" report tells of success (delivery_notices.hpp), the rest goes
        // along. What is left when nothing else was asked for is NEVER.
        wanted.notify.success = false;
        wanted.notify.never = !wanted.notify.failure && !wanted.notify.delay;
    }
}

class planner {
  public:
    planner(const smtp::envelope& e, queue::seconds_since_1970 received)
        : envelope_(e)
        , received_(received) {}

    delivery_plan make() {
        for (const auto& recipient : envelope_.recipients) {
            const auto sender = envelope_.return_path(recipient);
            std::vector<std::size_t> mine;
            for (const auto& d : recipient.destinations)
                mine.push_back(d.is_local() ? into_mailbox(d.user, sender)
                                            : into_queue(recipient, d.address, sender));
            plan_.by_recipient.push_back(std::move(mine));
        }
        return std::move(plan_);
    }

  private:
    std::size_t into_mailbox(const std::string& user, const message::reverse_path& sender) {
        const auto [at, fresh] = mailboxes_.emplace(std::pair{user, bare(sender)}, plan_.deliveries.size());
        if (fresh) {
            store::delivery d;
            d.user = user;
            // RFC 5321 §4.4: final delivery inserts it at the beginning of the mail data.
            const bool binary = envelope_.body == smtp::body_type::binary_mime; // kept with CRLF line ends
            d.first_line = "Return-Path: " + sender.to_string() + (binary ? "\r\n" : "\n");
            plan_.deliveries.push_back(std::move(d));
        }
        return at->second;
    }

    // One entry a sender: an envelope has one reverse-path.
    std::size_t into_queue(const smtp::recipient& given, const message::mailbox& address,
                           const message::reverse_path& sender) {
        const auto [at, fresh] = entries_.emplace(bare(sender), plan_.deliveries.size());
        if (fresh) {
            store::delivery d;
            d.entry = entry_for(given, sender);
            plan_.deliveries.push_back(std::move(d));
        }
        auto& recipients = plan_.deliveries[at->second].entry.recipients;
        auto wanted = recipient_for(given, address);
        limit_notify(given, wanted);
        const auto known = std::find_if(recipients.begin(), recipients.end(),
                                        [&](const auto& r) { return r.address == wanted.address; });
        if (known == recipients.end()) recipients.push_back(std::move(wanted));
        return at->second;
    }

    queue::entry entry_for(const smtp::recipient& given, const message::reverse_path& sender) const {
        queue::entry e;
        const std::size_t number = entries_.size();
        e.id = number == 1 ? envelope_.id : envelope_.id + "-" + std::to_string(number);
        e.sender = bare(sender);
        if (!given.owner) {
            e.envelope_id = envelope_.envelope_id;
            e.ret = same<enum queue::entry::ret>(envelope_.ret);
            if (envelope_.submitter)
                e.submitter = envelope_.submitter->null ? "<>" : envelope_.submitter->address.to_string();
        }
        e.body = same<enum queue::entry::body>(envelope_.body);
        e.smtputf8 = envelope_.smtputf8;
        e.require_tls = envelope_.require_tls;
        e.user = envelope_.user;
        e.from_host = envelope_.helo;
        e.from_address = envelope_.client_address;
        e.received = e.next_attempt = received_;
        return e;
    }

    const smtp::envelope& envelope_;
    const queue::seconds_since_1970 received_;
    delivery_plan plan_;
    std::map<std::pair<std::string, std::string>, std::size_t> mailboxes_;
    std::map<std::string, std::size_t> entries_;
};

} // namespace

delivery_plan plan_deliveries(const smtp::envelope& envelope, queue::seconds_since_1970 received) {
    return planner(envelope, received).make();
}

std::vector<smtp::delivery_verdict> verdicts(const delivery_plan& plan,
                                             const std::vector<store::delivered>& done) {
    std::vector<smtp::delivery_verdict> all;
    for (const auto& copies : plan.by_recipient) {
        auto verdict = smtp::delivery_verdict::stored;
        for (const std::size_t i : copies) {
            if (done[i].outcome) continue;
            const auto kind = done[i].outcome.error().kind;
            if (verdict == smtp::delivery_verdict::failed) continue;
            verdict = kind == store::disk_error::kind::no_space     ? smtp::delivery_verdict::no_space
                      : kind == store::disk_error::kind::over_quota ? smtp::delivery_verdict::mailbox_full
                                                                    : smtp::delivery_verdict::failed;
        }
        all.push_back(verdict);
    }
    return all;
}

} // namespace refmail::daemon
