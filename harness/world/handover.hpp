// Hands one message to the server under test by LMTP or SMTP, so that it lies in a mailbox. What is refused
// is no verdict: it comes back as the server's words. No TLS, no login: a host that delivers. RFC 5321 §3.3,
// §4.5.2; RFC 2033; RFC 6152.
#pragma once
#include "harness/world/client_result.hpp"
#include "net/byte_stream.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace mailspec::world {

struct handover {
    bool lmtp = false;
    std::string client; // the name that we greet with
    std::string sender, recipient;
    std::chrono::milliseconds patience{10000};
    std::function<void(bool sent, std::string_view octets)> told; // for a transcript; may be empty
};

struct handed_over {
    std::string refusal; // "RCPT was answered by 550 no such user"; empty: the server has it
};

net::task<client_result<handed_over>> hand_over(net::stream_ptr stream, handover how, std::string message);

} // namespace mailspec::world
