// What a case finds when it starts in IMAP or POP3: `state`, `messages` and `account`. Refuses what makes no
// sense for the service. Follows docs/suite-mailboxes.md, "Where a script starts".
#pragma once
#include "harness/suite/suite_file.hpp"
#include "harness/suite/test_case.hpp"

#include <vector>

namespace mailspec::suite {

// Fills state, messages and account_alone of `c`, and raises accounts and mailboxes to what they need. Its
// services are known already.
void set_up_mailbox(const written_case& from, test_case& c, std::vector<problem>& problems);

} // namespace mailspec::suite
