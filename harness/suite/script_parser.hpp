// The text of a script -> steps. One line is one step; `repeat` and `either` hold steps up to their `end`.
// Fragments are left as calls without steps, and unnumbered steps have connection 0: resolver.hpp fills
// both in. Reports one problem a line and reads on.
#pragma once
#include "harness/suite/source_pos.hpp"
#include "harness/suite/step.hpp"

#include <string>
#include <vector>

namespace mailspec::suite {

struct script_source {
    std::string text;
    source_pos first; // of the first octet of the text; further lines begin in the same column
};

struct parsed_script {
    std::vector<step> steps;
    std::vector<problem> problems;
};

// `service`: of connections that are not opened by name; what `C:` and `S:` mean follows from it.
parsed_script parse_script(const script_source& script, const std::string& service = "smtp");

// The script of a remote host: the same language, seen from the other side. `S:` is what the host says (a
// send_line), `C:` what the server under test must send it.
parsed_script parse_host_script(const script_source& script);

// Steps that can fail, and so can be the claim: S:, expect, tls, open with `refused`; C: of a host.
bool can_fail(const step& s);
bool looks_at_hosts(const step& s);   // of these, the ones about remote hosts
bool looks_at_reports(const step& s); // and about delivery status notifications

} // namespace mailspec::suite
