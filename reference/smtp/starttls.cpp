// STARTTLS: RFC 3207. After the handshake the session is as just after the greeting (§4.2): no EHLO name, no
// transaction, no login, and nothing that was sent in the clear. The limits on errors go on counting.
#include "reference/smtp/machine.hpp"

namespace refmail::smtp {

void session::machine::do_starttls(std::string_view arguments) {
    if (!policy_.offer_tls) return reply(502, "5.5.1", "STARTTLS is not provided here");
    // RFC 3207 §4: 501, no parameters allowed.
    if (!arguments.empty()) return reply(501, "5.5.4", "STARTTLS takes no argument");
    // RFC 3207 §4.2: clients MUST NOT; it is out of sequence.
    if (facts_.tls) return reply(503, "5.5.1", "STARTTLS: TLS is active already");
    if (!policy_.tls_ready) return reply(454, "4.7.0", "TLS not available due to temporary reason");
    reply(220, "2.0.0", "Ready to start TLS");
    actions_.push_back(start_tls{});
    state_ = state::awaiting_tls;
}

void session::machine::tls_started(message::timestamp now) {
    now_ = now;
    if (state_ != state::awaiting_tls) return;
    facts_.tls = true;
    input_.clear();
    end_transaction(); // by BDAT a message may have begun
    greeting_ = greeting::none;
    helo_.clear();
    user_.clear();
    state_ = state::command;
    if (shutting_down_) shut_down();
}

void session::machine::tls_failed() {
    if (state_ != state::awaiting_tls) return;
    end_transaction();
    actions_.push_back(close{}); // the stream is in no known state: nothing can be said on it
    state_ = state::closed;
}

} // namespace refmail::smtp
