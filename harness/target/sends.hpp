// How a server sends, as its profile says: which DNS it asks, towards which ports it connects, and how it is
// made to try again or its clock is moved. And where the world around it came to be, which goes into its
// commands. Plain data; docs/targets.md, "A target that sends", is the manual.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace mailspec::target {

struct sends_plan {
    std::string dns = "127.0.0.1:0"; // where it asks; port 0: we choose
    std::uint16_t port = 25;         // of remote hosts, as it knocks there; 0: we choose
    std::uint16_t https_port = 443;  // of MTA-STS policy hosts; 0: we choose
    std::vector<std::string> retry;  // has it try again; {zone} is the domain whose mail that is about
    bool retries_itself = false;     // it needs no command for that
    std::chrono::milliseconds retries_within{5000}; // until it is seen to try, after `retry` or by itself
    std::vector<std::string> clock;                 // moves its clock by {seconds}
};

// The world around a server, as far as its commands have to know.
struct egress_place {
    std::string dns; // "127.0.0.53:53"
    std::uint16_t egress_port = 25, https_port = 443;
    std::string ca_pem;     // of the test CA; goes to the file {ca} in the work folder
    std::string not_served; // why nobody plays that world in this run; empty: we do
};

} // namespace mailspec::target
