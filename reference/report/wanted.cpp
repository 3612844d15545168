// Who is told what: RFC 3461 §4.1 and §5.2.2 to §5.2.6. Without NOTIFY the sender hears of failures (MUST,
// §5.2.6 (c)) and of delays (MAY, §5.2.5 (b)), never of success (§5.2.3 (c)).
#include "reference/report/notification.hpp"

namespace refmail::report {

bool is_wanted(const queue::recipient& who, report::action what) {
    const auto& notify = who.notify;
    if (notify.never) return false;
    switch (what) {
    case action::failed: return !notify.given || notify.failure;
    case action::delayed: return !notify.given || notify.delay;
    case action::delivered:
    case action::relayed:
    case action::expanded: return notify.given && notify.success;
    }
    return false;
}

} // namespace refmail::report
