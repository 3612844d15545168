// What a session wants done by whoever owns the socket, the disk and the clock, in this order.
// start_tls, verify_password and commit_message are answered by an event; until then the session reads
// no further input (RFC 2920 §3.2: it keeps what was sent, and answers in order).
#pragma once
#include "reference/smtp/envelope.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

namespace refmail::smtp {

// Replies, all that are ready; write them as one piece.
struct send {
    std::string octets;
};

// The 220 is among the octets sent before. Answer: tls_started() or tls_failed().
struct start_tls {};

// Answer: password_checked(). The password is prepared (SASLprep) and must not be logged.
struct verify_password {
    std::string mechanism; // "PLAIN", "LOGIN"
    std::string user;      // as the client gave it: the directory's idea of a login name
    std::string password;
};

// A message begins; message_chunk follows 0 to n times, then commit_message or abort_message.
struct begin_message {
    std::shared_ptr<const smtp::envelope> envelope;
};

// Content with CRLF line ends, trace field first, dots unstuffed. Octets belong to the receiver.
struct message_chunk {
    std::string octets;
};

// Keep it, for good (RFC 5321 §4.2.5: 250 takes responsibility). Answer: delivered().
struct commit_message {
    std::uint64_t size = 0; // octets in all chunks
};

// Forget what begin_message began. The reply is the session's own affair.
struct abort_message {
    std::string reason; // for the log
};

// A fact for the log, not part of the dialog.
struct note {
    std::string text;
};

// Nothing more will be read or sent. Close in good order once what was sent is flushed.
struct close {};

using action = std::variant<send, start_tls, verify_password, begin_message, message_chunk, commit_message,
                            abort_message, note, close>;

} // namespace refmail::smtp
