// The sending side of a mail server, for tests of steps about remote hosts: connects to a host and says what
// a test wrote down, right or wrong. A script tells the fake server to: `C: RELAY {address:mx}`.
#pragma once
#include "harness/tests/script/fake_server.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace fake {

// Octets that go out in one write, and how many replies are read then.
struct utterance {
    std::string octets; // or take_tls, hang_up, break_off
    int replies = 1;
    std::string server_name; // with take_tls
};
using relay = std::vector<utterance>;

net::task<void> carry_out(relay what, std::string address, std::uint16_t port);

// What a sound client says to hand over one message with the token in it.
relay sound_relay(const std::string& recipient = "someone@t0k3n.mailspec.test");

// A server whose n-th `RELAY ADDRESS` carries out the n-th of these; an address of "-" is none.
server relaying(std::vector<relay> relays);

} // namespace fake
