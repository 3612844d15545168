// From an envelope to copies; see the header.
#include "reference/daemon/delivery_plan.hpp"

#include <algorithm>
#include <map>

namespace refmail::daemon {
namespace {

std::string bare(const message::reverse_path& path) {
    return path.null ? "" : path.address.to_string();
}

std::string_view body_name(smtp::body_type body) {
    switch (body) {
    case smtp::body_type::seven_bit: return "7BIT";
    case smtp::body_type::eight_bit_mime: return "8BITMIME";
    case smtp::body_type::binary_mime: return "BINARYMIME";
    case smtp::body_type::unspecified: return "";
    }
    return "";
}

class planner {
  public:
    planner(const smtp::envelope& e, const std::string& received)
        : envelope_(e)
        , received_(received) {}

    delivery_plan make() {
        for (const auto& recipient : envelope_.recipients) {
            const auto sender = envelope_.return_path(recipient);
            std::vector<std::size_t> mine;
            for (const auto& d : recipient.destinations)
                mine.push_back(d.is_local() ? into_mailbox(d.user, sender) : into_queue(d.address, sender));
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
            d.first_line = "Return-Path: " + sender.to_string() + "\n";
            plan_.deliveries.push_back(std::move(d));
        }
        return at->second;
    }

    // One entry a sender: an envelope has one reverse-path.
    std::size_t into_queue(const message::mailbox& address, const message::reverse_path& sender) {
        const auto [at, fresh] = entries_.emplace(bare(sender), plan_.deliveries.size());
        if (fresh) {
            store::delivery d;
            const std::size_t number = entries_.size();
            d.held.id = number == 1 ? envelope_.id : envelope_.id + "-" + std::to_string(number);
            d.held.sender = bare(sender);
            d.held.body = body_name(envelope_.body);
            d.held.user = envelope_.user;
            d.held.received = received_;
            plan_.deliveries.push_back(std::move(d));
        }
        auto& recipients = plan_.deliveries[at->second].held.recipients;
        const std::string text = address.to_string();
        if (std::find(recipients.begin(), recipients.end(), text) == recipients.end())
            recipients.push_back(text);
        return at->second;
    }

    const smtp::envelope& envelope_;
    const std::string& received_;
    delivery_plan plan_;
    std::map<std::pair<std::string, std::string>, std::size_t> mailboxes_;
    std::map<std::string, std::size_t> entries_;
};

} // namespace

delivery_plan plan_deliveries(const smtp::envelope& envelope, const std::string& received) {
    return planner(envelope, received).make();
}

std::vector<smtp::delivery_verdict> verdicts(const delivery_plan& plan,
                                             const std::vector<store::delivered>& done) {
    std::vector<smtp::delivery_verdict> all;
    for (const auto& copies : plan.by_recipient) {
        auto verdict = smtp::delivery_verdict::stored;
        for (const std::size_t i : copies) {
            if (done[i].outcome) continue;
            const bool full = done[i].outcome.error().kind == store::disk_error::kind::no_space;
            if (verdict != smtp::delivery_verdict::failed)
                verdict = full ? smtp::delivery_verdict::no_space : smtp::delivery_verdict::failed;
        }
        all.push_back(verdict);
    }
    return all;
}

} // namespace refmail::daemon
