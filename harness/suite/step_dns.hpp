// Steps that look at what the server under test asked of the DNS. Plain data; docs/suite-world.md,
// "What they saw", is the manual.
#pragma once
#include "harness/suite/text_template.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace mailspec::suite {

struct expect_query { // expect [no] query NAME MX [over tcp] [dnssec] [edns]; queries NAME MX 1
    bool negative = false;
    text_template name; // relative to {zone}; "@": the zone itself; absolute with a dot at its end
    std::string type;   // "MX", "TYPE65"
    std::optional<int> count;
    bool over_tcp = false, dnssec = false, edns = false;
    std::chrono::milliseconds within{20000};
};

} // namespace mailspec::suite
