// What a server counts in a mailbox that nobody changes any more, by STATUS and by EXAMINE, held against what
// a session sees in it. RFC 9051 §6.3.3, §6.3.11; RFC 7162 §3.1.7.
#pragma once
#include "harness/stress/mailbox_truth.hpp"
#include "harness/stress/server.hpp"

#include <map>
#include <string>
#include <vector>

namespace mailspec::stress {

struct counted_mailbox {
    std::map<std::string, std::uint64_t> status, opened; // "UIDNEXT" -> 7; opened: EXISTS as MESSAGES
};
net::task<world::client_result<counted_mailbox>> count_mailbox(const account_at& where, std::string mailbox);

// What does not agree, in sentences.
std::vector<std::string> miscounted(const counted_mailbox& counted, const seen_mailbox& now,
                                    const std::string& name);

} // namespace mailspec::stress
