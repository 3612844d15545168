// When a message is tried again, when its sender is told that it waits, and when it is given up: pure
// arithmetic over an entry, what became of its recipients, and the time. Decides nothing about who wants to
// hear it (report::is_wanted does), sends nothing, writes nothing. RFC 5321 §4.5.4.1.
#pragma once
#include "reference/queue/entry.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace refmail::queue {

struct schedule {
    // RFC 5321 §4.5.4.1: 30 minutes at least "in general", other strategies where the reason is known. A host
    // that replied is likely to take the message soon (greylisting, load): the first retry may be early. One
    // that could not be reached is left alone for the half hour.
    std::chrono::seconds first_retry{15 * 60};
    std::chrono::seconds unreachable_retry{30 * 60};
    std::chrono::seconds longest_retry{3 * 3600}; // doubled up to here: "one every two or three hours"
    std::chrono::seconds warn_after{4 * 3600};
    std::chrono::seconds give_up_after{5 * 24 * 3600}; // "at least 4-5 days"
};

// What became of one recipient in one attempt.
struct attempt {
    enum class came {
        reported_elsewhere, // taken by a host that tells the sender itself (RFC 3461 §5.2.1)
        relayed,            // taken by a host that will not (RFC 3461 §5.2.2)
        delivered,          // in the mailbox
        deferred,
        failed,
    };
    std::size_t recipient = 0; // index into entry.recipients
    attempt::came what = came::deferred;
    std::string host, reply, status; // as in queue::recipient
};

// What the sender may want to hear.
struct notice {
    enum class kind { failed, delayed, relayed, delivered };
    std::size_t recipient = 0;
    notice::kind what = kind::failed;
    bool operator==(const notice&) const = default;
};

// Writes the outcomes into the entry. A recipient that is deferred and whose time is over has failed, with
// the code of what was found last (RFC 3463 §3.5, X.4.7: "the code for the actual problem ... should be
// returned").
std::vector<notice> take_outcomes(entry& e, const std::vector<attempt>& outcomes, seconds_since_1970 now,
                                  const schedule& plan);

// All recipients that were due have had their attempt: counts it and sets the time of the next.
void end_round(entry& e, seconds_since_1970 now, bool unreachable, const schedule& plan);

bool is_finished(const entry& e); // nobody waits any more

seconds_since_1970 gives_up_at(const entry& e, const schedule& plan);
// When the sender must be told next, if nothing changes: the warning or the end.
seconds_since_1970 tells_at(const entry& e, const schedule& plan);

} // namespace refmail::queue
