// What a session wants done by whoever owns the socket, the threads and the clock, in this order.
// start_tls, start_compression, verify_password and work are answered by an event; until then the session
// reads no further input, and answers what was pipelined later, in order (RFC 9051 §5.5).
#pragma once
#include <string>
#include <variant>

namespace refmail::imap {

// Responses, all that are ready; write them as one piece. Nothing further is asked for before they are
// written: a client that does not read makes its own session wait, and holds no memory.
struct send {
    std::string octets;
};

// The tagged OK is among the octets sent before. Answer: tls_started() or tls_failed().
struct start_tls {};

// RFC 4978: raw deflate in both directions from the next octet on; the tagged OK went before, uncompressed.
// Answer: compression_started().
struct start_compression {};

// Answer: password_checked(). The password is prepared (SASLprep) and must not be logged.
struct verify_password {
    std::string mechanism; // "PLAIN", "LOGIN": SASL; "password": the LOGIN command
    std::string user;      // as the client gave it
    std::string password;
};

// Call session::work() on a thread that may block, and no other member until it has returned; then next().
struct work {};

// A fact for the log, not part of the dialog.
struct note {
    std::string text;
};

// Nothing more will be read or sent. Close in good order once what was sent is flushed.
struct close {};

using action = std::variant<send, start_tls, start_compression, verify_password, work, note, imap::close>;

} // namespace refmail::imap
