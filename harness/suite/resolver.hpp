// Puts fragments in place of their calls, hands connection numbers down, checks every placeholder's name,
// and finds what a script uses: services, accounts, capabilities, delivered mail. Changes no octet of what
// is sent or expected.
#pragma once
#include "harness/suite/fragments.hpp"
#include "harness/suite/test_case.hpp"

#include <map>
#include <string>
#include <vector>

namespace mailspec::suite {

struct resolved_script {
    std::vector<step> steps;
    std::vector<std::string> services; // the case's own first
    std::vector<need> needs;           // implied by the steps and fragments
    int accounts = 0;
    bool reads_mail = false;
    bool restarts = false;                      // has `server` steps
    bool retries = false;                       // has `retry`
    bool moves_clock = false;                   // has `clock advance`
    int mailboxes = 0;                          // of its own: 1 {mailbox}, 2 {mailbox2} too
    std::map<std::string, source_pos> fixtures; // by name, where each is named first
    std::vector<problem> problems;
};

// `world`: its hosts, whose texts are checked with the script's.
resolved_script resolve_script(std::vector<step> steps, const std::string& service,
                               const fragment_scope& fragments, const world_plan& world);

} // namespace mailspec::suite
