// When a message is tried again; see the header.
#include "reference/queue/schedule.hpp"

#include <algorithm>

namespace refmail::queue {
namespace {

using came = attempt::came;

void note(recipient& who, const attempt& what, seconds_since_1970 now) {
    who.last_host = what.host;
    who.last_reply = what.reply;
    who.status = what.status;
    who.last_attempt = now;
}

std::chrono::seconds interval_after(std::uint32_t attempts, bool unreachable, const schedule& plan) {
    auto pause = plan.first_retry;
    for (std::uint32_t n = 1; n < attempts && pause < plan.longest_retry; ++n)
        pause *= 2;
    pause = std::min(pause, plan.longest_retry);
    return unreachable ? std::max(pause, plan.unreachable_retry) : pause;
}

} // namespace

std::vector<notice> take_outcomes(entry& e, const std::vector<attempt>& outcomes, seconds_since_1970 now,
                                  const schedule& plan) {
    std::vector<notice> notices;
    const auto tell = [&](std::size_t who, notice::kind what) { notices.push_back({who, what}); };
    for (const auto& one : outcomes) {
        auto& who = e.recipients.at(one.recipient);
        if (who.state != recipient::state::waiting) continue;
        note(who, one, now);
        if (one.what == came::failed || (one.what == came::deferred && now >= gives_up_at(e, plan))) {
            if (who.status.empty()) who.status = one.what == came::failed ? "5.0.0" : "4.4.7";
            who.state = recipient::state::failed;
            tell(one.recipient, notice::kind::failed);
        } else if (one.what == came::deferred) {
            if (who.delay_reported || now < e.received + plan.warn_after.count()) continue;
            who.delay_reported = true; // once, whether or not anybody wanted it
            tell(one.recipient, notice::kind::delayed);
        } else {
            who.state = recipient::state::done;
            if (one.what == came::relayed) tell(one.recipient, notice::kind::relayed);
            if (one.what == came::delivered) tell(one.recipient, notice::kind::delivered);
        }
    }
    return notices;
}

void end_round(entry& e, seconds_since_1970 now, bool unreachable, const schedule& plan) {
    ++e.attempts;
    const auto regular = now + interval_after(e.attempts, unreachable, plan).count();
    // The warning and the end are not late by hours because an interval is long; nor are they an excuse to
    // knock twice within minutes.
    const auto told = std::max<seconds_since_1970>(tells_at(e, plan), now + plan.first_retry.count());
    e.next_attempt = std::min(regular, told);
}

bool is_finished(const entry& e) {
    return std::none_of(e.recipients.begin(), e.recipients.end(),
                        [](const auto& who) { return who.state == recipient::state::waiting; });
}

seconds_since_1970 gives_up_at(const entry& e, const schedule& plan) {
    return e.received + plan.give_up_after.count();
}

seconds_since_1970 tells_at(const entry& e, const schedule& plan) {
    const bool warned = std::none_of(e.recipients.begin(), e.recipients.end(), [](const auto& who) {
        return who.state == recipient::state::waiting && !who.delay_reported;
    });
    const auto end = gives_up_at(e, plan);
    return warned ? end : std::min(end, e.received + plan.warn_after.count());
}

} // namespace refmail::queue
