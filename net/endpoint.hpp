// "host:port" as people write it: localhost:2525, 127.0.0.1:25, [::1]:25. Pure text: nothing is
// looked up. is_loopback() is what keeps a test tool from talking to strangers.
#pragma once
#include "net/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace net {

struct endpoint {
    std::string host; // a name, an IPv4 or an IPv6 address without brackets
    std::uint16_t port = 0;

    bool operator==(const endpoint&) const = default;
};

// Port 0 is accepted ("any free port" for listeners). The error's text quotes the input and says
// what to write instead.
result<endpoint> parse_endpoint(std::string_view text);

std::string to_string(const endpoint& e); // brackets around IPv6

// An address literal of 127.0.0.0/8, ::1 or ::ffff:127.0.0.0/104, or a name that RFC 6761 §6.3
// reserves for the loopback (localhost, *.localhost). Any other name: false, without a lookup.
bool is_loopback(std::string_view host);

bool is_address_literal(std::string_view host); // IPv4 or IPv6, no brackets

} // namespace net
