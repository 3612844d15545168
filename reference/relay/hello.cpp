// How a session opens: the greeting, EHLO with HELO behind it, STARTTLS. RFC 5321 §3.1, §3.2, §4.1.1.1,
// §4.1.4; RFC 7504; RFC 3207; RFC 2033 §4.1.
#include "reference/relay/machine.hpp"

#include <fmt/core.h>

namespace refmail::relay {

void session::machine::on_greeting(const reply& r) {
    if (r.positive()) return say_hello();
    // RFC 5321 §3.1: 554 in place of 220: no service here; RFC 7504 §3: 521, never. It is the host that
    // refuses, so another one of the destination may take the mail (RFC 5321 §5.1); QUIT is still owed.
    auto refused = refusal(r, stage::greeting, settings_.peer);
    refused.host_at_fault = refused.elsewhere = true;
    fail(failure::kind::refused, std::move(refused), true);
}

void session::machine::say_hello() {
    if (settings_.lmtp) return send_line("LHLO " + settings_.host_name + "\r\n", command::hello);
    if (settings_.begin_with_helo && !in_tls_)
        return send_line("HELO " + settings_.host_name + "\r\n", command::helo);
    send_line("EHLO " + settings_.host_name + "\r\n", command::hello);
}

void session::machine::on_hello(const reply& r, bool extended) {
    if (r.positive()) {
        offered_ = extended ? read_capabilities(r) : capabilities{};
        return after_hello();
    }
    // RFC 5321 §3.2: a server that does not know EHLO is spoken to with HELO, on this connection. Any 5yz:
    // §4.2.1 has the first digit decide. RFC 2033 §4.1: LMTP has no HELO.
    if (r.permanent() && extended && !settings_.lmtp)
        return send_line("HELO " + settings_.host_name + "\r\n", command::helo);
    auto refused = refusal(r, stage::hello, settings_.peer);
    refused.host_at_fault = refused.elsewhere = true;
    fail(failure::kind::refused, std::move(refused), true);
}

void session::machine::after_hello() {
    // RFC 3207 §4.2: never inside TLS, whatever is listed there.
    const bool wanted = !in_tls_ && settings_.tls != security::never && !tls_tried_;
    if (wanted && offered_.starttls) {
        tls_tried_ = true;
        return send_line("STARTTLS\r\n", command::starttls);
    }
    if (!in_tls_ && settings_.tls == security::required) {
        auto open = no_answer(
            "4.7.4", fmt::format("the host offers no STARTTLS, and {} demands it", settings_.tls_because),
            settings_.peer);
        return fail(failure::kind::tls, std::move(open), true);
    }
    if (!settings_.user.empty() && !authenticated_) return log_in();
    state_ = state::ready;
}

void session::machine::on_starttls(const reply& r) {
    // RFC 3207 §4: 220 is the one that says go.
    if (r.code == 220) {
        state_ = state::handshake;
        actions_.push_back(start_tls{});
        // What stands behind the 220 came in the clear. The server has nothing to say before our handshake,
        // so somebody else said it; receive() throws it away unread (§4.2, and CVE-2011-0411).
        return;
    }
    if (r.positive()) return fail_protocol(fmt::format("the reply {} to STARTTLS", r.code));
    if (settings_.tls == security::opportunistic) {
        actions_.push_back(note{"STARTTLS was offered and refused: " + r.printable()});
        return after_hello(); // §4.1: the client decides whether to go on; here it may
    }
    auto refused = refusal(r, stage::starttls, settings_.peer);
    refused.what = outcome::what::deferred; // RFC 8461 §5, RFC 7672 §2.2: such failures are transient
    if (!refused.status.starts_with('4')) refused.status = "4.7.0";
    refused.why = fmt::format("STARTTLS was refused, and {} demands it", settings_.tls_because);
    refused.host_at_fault = refused.elsewhere = true;
    fail(failure::kind::tls, std::move(refused), true);
}

void session::machine::tls_started(bool verified) {
    if (state_ != state::handshake) return;
    in_tls_ = true;
    verified_ = verified;
    // RFC 3207 §4.2: "the client MUST discard any knowledge obtained from the server, such as the list of
    // SMTP service extensions"; and EHLO comes first.
    offered_ = {};
    reader_.forget();
    state_ = state::opening;
    settings_.begin_with_helo = false;
    say_hello();
}

void session::machine::tls_failed(std::string why) {
    if (state_ != state::handshake) return;
    // RFC 3207 §4: nothing can be said on a connection whose handshake has failed.
    fail(failure::kind::tls, no_answer("4.7.5", "TLS: " + why, settings_.peer), false);
}

// RFC 3207 §4.1: who finds the security that was reached too low sends QUIT next.
void session::machine::tls_too_weak(std::string why) {
    if (state_ != state::handshake) return;
    in_tls_ = true;
    fail(failure::kind::tls, no_answer("4.7.5", std::move(why), settings_.peer), true);
}

} // namespace refmail::relay
