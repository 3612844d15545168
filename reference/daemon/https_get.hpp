// One GET over HTTPS, as MTA-STS wants its policies fetched (RFC 8461 §3.3): the certificate must be valid
// and name the host, only 200 counts, redirections are not followed, nothing is cached, size and time are
// bounded. HTTP's grammar is Beast's. Not a general client.
#pragma once
#include "net/byte_stream.hpp"
#include "net/tls_options.hpp"

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

namespace refmail::daemon {

struct https_request {
    std::string host;                   // in the certificate, SNI and Host
    std::vector<std::string> addresses; // of the host, tried in order
    std::uint16_t port = 443;
    std::string path;                            // "/.well-known/mta-sts.txt"
    std::string media_type;                      // that the answer must have: "text/plain"
    std::shared_ptr<const net::tls_trust> trust; // never null
    std::size_t most_octets = 64 * 1024;         // of the body
    net::deadline until = net::deadline::in(std::chrono::seconds(60));
};

// The body; or a sentence that says what went wrong.
net::task<std::expected<std::string, std::string>> https_get(https_request what);

} // namespace refmail::daemon
