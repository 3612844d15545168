// What the route demands of TLS, as a handshake and as a verdict on it. RFC 3207 §4.1, RFC 7435 (encrypted
// is better than not), RFC 8461 §4.1 (names), RFC 7672 §2.2, §3 (TLSA), RFC 8689 §4.2.1.
#include "reference/daemon/log_line.hpp"
#include "reference/daemon/outbound_connection.hpp"

#include <fmt/core.h>
#include <spdlog/spdlog.h>

namespace refmail::daemon {

using level = route::tls_level;

net::tls_options outbound_connection::tls_options() const {
    net::tls_options wanted;
    const auto& demand = hop_.tls;
    // RFC 8461 §7.1, RFC 7672 §8.1: SNI is sent, and it is the name that is asked for.
    wanted.server_name = demand.names.empty() ? hop_.host : demand.names.front();
    const bool checked = demand.level == level::verified || demand.level == level::dane;
    if (checked) {
        wanted.min_version = net::tls_version::tls1_2; // RFC 8461 §7.2
        wanted.verify_names = demand.names;
        if (wanted.verify_names.empty()) wanted.verify_names = {hop_.host};
    }
    if (demand.level == level::verified) {
        wanted.trust = how_.trust;
        wanted.verify_common_name = false; // RFC 8461 §4.1: a DNS-ID in subjectAltName
    }
    if (demand.level == level::dane)
        for (const auto& one : demand.tlsa)
            wanted.tlsa.push_back({one.usage, one.selector, one.matching, one.association});
    return wanted;
}

// Empty: it will do.
std::string outbound_connection::why_unacceptable(const net::tls_facts& facts) const {
    const auto& demand = hop_.tls;
    if (demand.level != level::verified && demand.level != level::dane) return {};
    if (facts.peer.verified) return {};
    const auto why = demand.level == level::verified && !how_.trust ? std::string("nobody is trusted here")
                                                                    : facts.peer.verify_error;
    return fmt::format("the certificate does not do, and {} demands one: {}", demand.because, why);
}

namespace {

std::string facts_for_log(const net::tls_facts& facts) {
    return facts.version + " " + facts.cipher +
           (facts.peer.tlsa_match.empty() ? "" : " TLSA " + facts.peer.tlsa_match);
}

} // namespace

net::task<void> outbound_connection::handshake() {
    const net::tls_options wanted = tls_options();
    std::string broken;
    std::string unacceptable;
    {
        time_limit limit(*this);
        const auto facts = co_await stream_->start_tls(wanted, net::deadline::never());
        if (facts) {
            tls_ = facts_for_log(*facts);
            verified_ = facts->peer.verified;
            unacceptable = why_unacceptable(*facts);
        } else
            broken = limit.ran_out() ? "no end of the handshake" : facts.error().text;
    }
    if (!broken.empty() || !unacceptable.empty())
        spdlog::warn(
            log_line("relay-tls-failed")
                .add("host", hop_.host)
                .add("address", address_)
                .add("demanded", hop_.tls.testing ? hop_.tls.because + ", testing" : hop_.tls.because)
                .add("why", broken.empty() ? unacceptable : broken)
                .text());
    if (!broken.empty())
        session_->tls_failed(broken);
    else if (!unacceptable.empty() && !hop_.tls.testing)
        session_->tls_too_weak(unacceptable);
    else
        // RFC 8689 §4.2.1, RFC 4954 §14: a certificate proves the name that we looked for; who named that
        // host is another matter.
        session_->tls_started(verified_ && hop_.tls.proven_name);
}

// RFC 8314: TLS from the first octet.
net::task<bool> outbound_connection::secure() {
    const net::tls_options wanted = tls_options();
    const auto until = net::deadline::in(how_.times.handshake);
    const auto facts = co_await stream_->start_tls(wanted, until);
    std::string why = facts ? why_unacceptable(*facts) : facts.error().text;
    if (why.empty()) {
        tls_ = facts_for_log(*facts);
        verified_ = facts->peer.verified;
        co_return true;
    }
    relay::failure made;
    made.what = relay::failure::kind::tls;
    const relay::peer who{hop_.host, address_};
    made.outcome = relay::no_answer("4.7.5", "TLS: " + why, who);
    unreachable_ = std::move(made);
    stream_->close();
    co_return false;
}

} // namespace refmail::daemon
