// What can go wrong with bytes on a wire, as a value. EOF, reset and timeout are three different
// outcomes and stay so on the way up: a server that hangs is not a server that hangs up.
#pragma once
#include <expected>
#include <string>

namespace net {

enum class failure {
    eof,     // the peer closed its side in good order (FIN, or TLS close_notify)
    reset,   // the connection broke (RST, EPIPE, TLS truncated without close_notify counts as eof)
    timeout, // the deadline passed first
    refused, // nobody listens there
    resolve, // the host name has no address
    tls,     // handshake or record failure; the text has OpenSSL's reason
    closed,  // this side closed or cancelled it earlier
    other,
};

const char* name_of(failure f); // "eof", "reset", ...

struct error {
    failure kind = failure::other;
    std::string text; // for people: "connection reset by peer", "tlsv1 alert protocol version"
};

template <class T>
using result = std::expected<T, error>;

} // namespace net
