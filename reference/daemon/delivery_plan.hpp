// From an envelope to copies: which mailbox or queue entry gets the message, under which
// Return-Path, and which verdict each recipient gets when they are done. A user who is reached in
// two ways under the same sender gets one copy.
#pragma once
#include "reference/smtp/envelope.hpp"
#include "reference/smtp/session.hpp"
#include "reference/store/draft.hpp"

#include <string>
#include <vector>

namespace refmail::daemon {

struct delivery_plan {
    std::vector<store::delivery> deliveries;
    std::vector<std::vector<std::size_t>> by_recipient; // indices into deliveries
};

// `received`: when, for the queue.
delivery_plan plan_deliveries(const smtp::envelope& envelope, queue::seconds_since_1970 received);

// The worst of a recipient's copies, for each recipient in order.
std::vector<smtp::delivery_verdict> verdicts(const delivery_plan& plan,
                                             const std::vector<store::delivered>& done);

} // namespace refmail::daemon
