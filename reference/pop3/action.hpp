// What a POP3 session wants done by whoever owns the socket, the threads and the clock, in this order.
// start_tls, verify_password, verify_digest and work are answered by an event; until then the session reads
// no further input: what was pipelined is kept and answered in order (RFC 2449 §6.6).
#pragma once
#include <string>
#include <variant>

namespace refmail::pop3 {

// Replies, or a slice of one; write them before asking for more, so that a client that does not read holds
// up nobody but itself.
struct send {
    std::string octets;
};

// The +OK is among the octets sent before. Answer: tls_started() or tls_failed().
struct start_tls {};

// Answer: password_checked(). The password is prepared (SASLprep) and must not be logged.
struct verify_password {
    std::string mechanism; // "USER", "PLAIN", "LOGIN"
    std::string user;      // as the client gave it, prepared
    std::string password;
};

// RFC 1939 §7, APOP: is `digest` the MD5 of timestamp and secret, in lower case hexadecimal?
// Answer: password_checked().
struct verify_digest {
    std::string user, timestamp, digest;
};

// Call session::work() where it may block on the disk: on a worker thread, and nothing else of the session
// meanwhile. It is the answer itself.
struct work {};

// A fact for the log, not part of the dialog.
struct note {
    std::string text;
};

// Nothing more will be read or sent. Close in good order once what was sent is flushed.
struct close {};

using action = std::variant<send, start_tls, verify_password, verify_digest, work, note, close>;

} // namespace refmail::pop3
