// An MTA-STS policy host (RFC 8461 §3.3): HTTPS with a certificate of any kind, one document at one path, and
// a record of what was asked for. It speaks on a stream that is there already; remote_host listens. Serves
// nothing else, and believes no peer: requests are bounded.
#pragma once
#include "harness/world/remote_host.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace mailspec::world {

struct policy_behaviour {
    std::shared_ptr<const net::tls_identity> identity; // null: plain HTTP is spoken, so no handshake succeeds
    bool broken_tls = false;                           // the handshake fails, whatever the peer offers
    net::tls_version most_tls = net::tls_version::any;
    std::string policy; // the body; its lines may end in LF, CRLF goes over the wire
    std::string content_type = "text/plain";
    int status = 200;
    std::optional<std::string> location; // of a redirection; without another status: 302
    std::chrono::milliseconds delay{0};  // before the answer
};

// Until the connection is over. What happens is written into the session and told to the log's observer.
net::task<void> serve_policy_host(net::byte_stream& stream, const policy_behaviour& behaviour,
                                  host_session& session, host_log& log);

// What is answered to one request, as octets.
std::string policy_answer(const policy_behaviour& behaviour, std::string_view method, std::string_view path,
                          bool keep_alive);

} // namespace mailspec::world
