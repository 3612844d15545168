// What a client session wants done by whoever owns the socket, the clock and the disk, in this order.
#pragma once
#include "reference/relay/outcome.hpp"

#include <string>
#include <variant>
#include <vector>

namespace refmail::relay {

// Commands or content; write them as one piece.
struct send {
    std::string octets;
};

// The server said 220 to STARTTLS. Answer: tls_started() or tls_failed().
struct start_tls {};

// The next piece of the message's content, CRLF line ends. Answer: content(), content_ended() or
// content_failed(). `from_the_start`: of the message, whatever was read of it before.
struct read_content {
    bool from_the_start = false;
};

// The message is through with: one outcome for each of mail::recipients, in order. If the session is not
// closed it takes another one.
struct finished {
    std::vector<outcome> outcomes;
};

// A fact for the log, not part of the dialog.
struct note {
    std::string text;
};

// Nothing more will be read or sent.
struct close {};

using action = std::variant<send, start_tls, read_content, finished, note, close>;

} // namespace refmail::relay
