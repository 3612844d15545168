// One message on its way to one host: its recipients, who is offered in the transaction under way, who was
// taken, and what became of each. Several transactions follow each other when the host takes only so many
// recipients at once (RFC 5321 §4.5.3.1.8, §4.5.3.1.10). Internal to reference/relay.
#pragma once
#include "reference/relay/session.hpp"

#include <deque>
#include <optional>
#include <vector>

namespace refmail::relay {

class transaction {
  public:
    transaction(mail wanted, std::size_t most)
        : mail_(std::move(wanted))
        , most_(most)
        , outcomes_(mail_.recipients.size()) {
        for (std::size_t i = 0; i < mail_.recipients.size(); ++i)
            waiting_.push_back(i);
    }

    const queue::entry& entry() const { return *mail_.entry; }
    // Positions count mail::recipients.
    const queue::recipient& recipient(std::size_t position) const {
        return mail_.entry->recipients[mail_.recipients[position]];
    }
    std::size_t size() const { return outcomes_.size(); }

    // A further transaction: as many of those who wait as go into one. False: nobody waits.
    bool start_round() {
        offered_.clear();
        accepted_.clear();
        mail_refused = false;
        while (!waiting_.empty() && offered_.size() < most_) {
            if (!outcomes_[waiting_.front()]) offered_.push_back(waiting_.front());
            waiting_.pop_front();
        }
        next_ = 0;
        return !offered_.empty();
    }
    std::optional<std::size_t> next_recipient() {
        return next_ < offered_.size() ? std::optional(offered_[next_++]) : std::nullopt;
    }
    bool all_are_sent() const { return next_ == offered_.size(); }

    void accept(std::size_t position) { accepted_.push_back(position); }
    const std::vector<std::size_t>& accepted() const { return accepted_; }
    // Not refused, only too many: again in the next transaction, unless this one comes to nothing.
    void postpone(std::size_t position, outcome otherwise) {
        postponed_.push_back({position, std::move(otherwise)});
    }
    // The transaction is over. With success those that were postponed wait again; without it they get what
    // they were told.
    void end_round(bool success) {
        for (auto& one : postponed_) {
            if (success)
                waiting_.push_back(one.position);
            else
                settle(one.position, std::move(one.otherwise));
        }
        postponed_.clear();
    }

    void settle(std::size_t position, outcome with) {
        if (!outcomes_[position]) outcomes_[position] = std::move(with);
    }
    void settle_accepted(const outcome& with) {
        for (const auto position : accepted_)
            settle(position, with);
    }
    void settle_offered(const outcome& with) {
        for (const auto position : offered_)
            settle(position, with);
    }
    void settle_rest(const outcome& with) {
        end_round(false);
        for (std::size_t i = 0; i < outcomes_.size(); ++i)
            settle(i, with);
    }
    std::vector<outcome> take_outcomes() {
        std::vector<outcome> all;
        for (auto& one : outcomes_)
            all.push_back(std::move(*one));
        return all;
    }

    bool mail_refused = false;  // MAIL of this transaction
    bool ended_content = false; // the final dot, or BDAT LAST, is sent: the host may have it

  private:
    struct postponed {
        std::size_t position;
        outcome otherwise;
    };
    mail mail_;
    std::size_t most_;
    std::vector<std::optional<outcome>> outcomes_;
    std::deque<std::size_t> waiting_;
    std::vector<std::size_t> offered_, accepted_;
    std::vector<postponed> postponed_;
    std::size_t next_ = 0;
};

} // namespace refmail::relay
