// Opening, securing and ending connections; see interpreter.hpp.
#include "harness/script/interpreter.hpp"
#include "harness/script/tls_versions.hpp"
#include "net/tls_context.hpp"

#include <fmt/core.h>

namespace mailspec::script {
namespace {

std::string failure_text(const net::error& e, std::chrono::milliseconds patience) {
    if (e.kind == net::failure::timeout) return fmt::format("no answer within {}", describe(patience));
    if (e.kind == net::failure::eof) return "connection closed";
    if (e.kind == net::failure::reset) return "connection reset";
    return e.text;
}

// What a client shows when `tls certificate` asks it to; made once.
std::expected<std::shared_ptr<const net::tls_identity>, std::string> client_identity() {
    static const auto made = net::tls_identity::self_signed({std::string(client_name)});
    if (!made) return std::unexpected("cannot make a client certificate: " + made.error().text);
    return *made;
}

} // namespace

net::task<server_connection*> interpreter::reach(int number) {
    const auto at = connections_.find(number);
    if (at != connections_.end()) co_return at->second.get();
    opening how;
    how.service = case_.service;
    how.state = state_of(how.service, "");
    reach_failure_ = co_await connect(number, how);
    if (!reach_failure_.held()) co_return nullptr;
    co_return connections_.at(number).get();
}

interpreter::result interpreter::connect(int number, opening how) {
    const auto patience = environment_.target.reply_timeout;
    const auto until = net::deadline::in(patience).earlier(limit_);
    const auto known = environment_.target.services.find(how.service);
    const auto where = known == environment_.target.services.end()
                           ? how.service
                           : fmt::format("{} at {}", how.service, known->second);
    auto stream = co_await environment_.connections.connect(how.service, until);
    if (!stream)
        co_return troubled(
            fmt::format("cannot connect to {}: {}", where, failure_text(stream.error(), patience)));
    auto conn = std::make_unique<server_connection>(std::move(*stream), outcome_, number, streams_opened_++,
                                                    how.service, how.plain, patience);
    auto& opened = *(connections_[number] = std::move(conn));
    if (!is_implicit_tls(how.service) || how.plain) co_return co_await enter_state(opened, how.state);

    auto options = options_for(how.tls, place_of(number));
    if (!options) co_return troubled(options.error());
    const auto facts = co_await opened.start_tls(*options, until);
    if (!facts && !how.tls_wanted)
        co_return troubled(fmt::format("the TLS handshake with {} failed: {}", where,
                                       failure_text(facts.error(), patience)));
    if (!facts) co_return holds();
    co_return co_await enter_state(opened, how.state);
}

interpreter::result interpreter::open(const suite::step& s, const suite::open_connection& o) {
    co_await drop(s.connection);
    opening how;
    how.service = o.service.empty() ? case_.service : o.service;
    how.state = state_of(how.service, o.state);
    how.plain = o.plain;
    how.tls = o.tls;
    how.tls_wanted = o.tls.asks();
    const bool tls_wanted = how.tls_wanted;
    const auto handshakes_before = outcome_.handshakes.size();
    auto r = co_await connect(s.connection, std::move(how));
    if (!r.held() || !tls_wanted || outcome_.handshakes.size() == handshakes_before) co_return r;
    const auto& seen = outcome_.handshakes.back();
    net::result<net::tls_facts> facts;
    if (seen.facts)
        facts = *seen.facts;
    else
        facts = std::unexpected(net::error{seen.failure, seen.error});
    co_return co_await handshake_outcome(s, o.tls, *connections_.at(s.connection), facts);
}

// Ends a connection: what is unread is judged, then it closes.
net::task<void> interpreter::drop(int number) {
    const auto at = connections_.find(number);
    if (at == connections_.end()) co_return;
    co_await at->second->finish();
    connections_.erase(at);
}

interpreter::result interpreter::fresh(const suite::step& s) {
    opening how;
    how.service = case_.service;
    if (const auto at = connections_.find(s.connection); at != connections_.end()) {
        how.service = at->second->service();
        how.plain = at->second->plain();
    }
    co_await drop(s.connection);
    co_return co_await connect(s.connection, std::move(how));
}

interpreter::result interpreter::half_close(const suite::step& s) {
    auto* conn = co_await reach(s.connection);
    if (!conn) co_return reach_failure_;
    const auto until = net::deadline::in(environment_.target.reply_timeout).earlier(limit_);
    co_await conn->half_close(until);
    co_return holds();
}

interpreter::result interpreter::close(const suite::step& s) {
    const auto* conn = co_await reach(s.connection);
    if (!conn) co_return reach_failure_;
    co_await drop(s.connection);
    co_return holds();
}

interpreter::result interpreter::reset(const suite::step& s) {
    auto* conn = co_await reach(s.connection);
    if (!conn) co_return reach_failure_;
    conn->reset();
    connections_.erase(s.connection);
    co_return holds();
}

std::expected<net::tls_options, std::string> interpreter::options_for(const suite::tls_request& request,
                                                                      const expansion_place& place) const {
    net::tls_options options;
    options.min_version = options.max_version = tls_version_named(request.version);
    if (!request.alpn.empty()) options.alpn = {request.alpn};
    if (request.server_name) {
        auto name = values_.octets(*request.server_name, place);
        if (!name) return std::unexpected(name.error());
        options.server_name = std::move(*name);
    }
    if (request.certificate) {
        auto identity = client_identity();
        if (!identity) return std::unexpected(identity.error());
        options.identity = *identity;
    }
    options.ciphers = request.ciphers;
    // What our own library cannot offer is no refusal of the server's.
    if (const auto usable = net::tls_context::for_options(options); !usable)
        return std::unexpected(usable.error().text);
    return options;
}

interpreter::result interpreter::start_tls(const suite::step& s, const suite::tls_request& request) {
    auto* conn = co_await reach(s.connection);
    if (!conn) co_return reach_failure_;
    if (!first_of_branch_ || !handshake_offered_ || handshake_offered_->first != s.connection) {
        auto options = options_for(request, place_of(s.connection));
        if (!options) co_return troubled(options.error());
        const auto until = net::deadline::in(environment_.target.reply_timeout).earlier(limit_);
        auto facts = co_await conn->start_tls(*options, until);
        handshake_offered_.emplace(s.connection, std::move(facts));
    }
    const auto facts = handshake_offered_->second;
    if (!first_of_branch_) handshake_offered_.reset();
    co_return co_await handshake_outcome(s, request, *conn, facts);
}

interpreter::result interpreter::handshake_outcome(const suite::step& s, const suite::tls_request& request,
                                                   const server_connection& conn,
                                                   const net::result<net::tls_facts>& facts) {
    const bool hangs = !facts && facts.error().kind == net::failure::timeout;
    if (request.refused && facts)
        co_return does_not_hold("the TLS handshake refused",
                                fmt::format("a TLS handshake: {} {}", facts->version, facts->cipher));
    if ((!request.refused && !facts) || hangs) {
        const auto wanted = request.refused ? "the TLS handshake refused" : "a TLS handshake";
        co_return does_not_hold(wanted, "the TLS handshake failed: " +
                                            failure_text(facts.error(), environment_.target.reply_timeout));
    }
    outcome_.steps.push_back({judged::what::handshake, &s, s.claim, conn.stream(), conn.received(), 0});
    co_return holds();
}

interpreter::result interpreter::expect_tls(const suite::step& s, const suite::expect_tls& e) {
    const auto* conn = co_await reach(s.connection);
    if (!conn) co_return reach_failure_;
    const auto& facts = conn->tls();
    if (!facts) co_return does_not_hold("a TLS connection", "the connection has no TLS");
    if (!e.min_version.empty() && tls_version_number(facts->version) < tls_version_number(e.min_version))
        co_return does_not_hold(fmt::format("TLS {} or later", e.min_version), facts->version);
    if (e.certificate && !facts->has_peer_certificate)
        co_return does_not_hold("a certificate of the server", "it showed none");
    outcome_.steps.push_back({judged::what::handshake, &s, s.claim, conn->stream(), conn->received(), 0, {}});
    co_return holds();
}

} // namespace mailspec::script
