// Which successes of a message that came to mailboxes, lists and aliases here its sender wants to hear: RFC
// 3461 §5.2.3 (delivered), §5.2.7.1 (a list has it), §5.2.7.3 (c) (an alias was expanded). What must leave is
// reported by the queue when it has left. Pure.
#pragma once
#include "reference/report/notification.hpp"
#include "reference/smtp/envelope.hpp"
#include "reference/smtp/session.hpp"

#include <vector>

namespace refmail::daemon {

// Is anything to be told, if all goes well? Then the header section must be kept until then.
bool wants_success_reports(const smtp::envelope& e);

std::vector<report::reported_recipient> successes(const smtp::envelope& e,
                                                  const std::vector<smtp::delivery_verdict>& outcome,
                                                  queue::seconds_since_1970 now);

// The message as reports know it: sender, ENVID, RET and where it came from.
queue::entry entry_about(const smtp::envelope& e, queue::seconds_since_1970 received);

} // namespace refmail::daemon
