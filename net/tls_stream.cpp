// A stream that can be upgraded to TLS in place; see the header.
#include "net/tls_stream.hpp"

namespace net {
namespace {

constexpr std::size_t ciphertext_room = 16 * 1024; // about one full record
constexpr std::size_t plaintext_step = 64 * 1024;  // bounds the memory of a large write

} // namespace

task<result<std::size_t>> tls_stream::read_some(std::span<char> into, deadline until) {
    return secured_ ? read_tls(into, until) : raw_read(into, until);
}

task<result<void>> tls_stream::write(std::string_view octets, deadline until) {
    return secured_ ? write_tls(octets, until) : raw_write(octets, until);
}

task<result<void>> tls_stream::receive(deadline until) {
    const std::span<char> room(ciphertext_.get(), ciphertext_room);
    const auto got = co_await raw_read(room, until);
    if (!got) co_return std::unexpected(got.error());
    tls_->feed(std::string_view(ciphertext_.get(), *got));
    co_return result<void>{};
}

// A reader may have something to send, too (a key update, an alert). When a writer is flushing
// already it takes ours along, for it loops until nothing is left.
task<result<void>> tls_stream::flush(deadline until) {
    if (flushing_) co_return result<void>{};
    flushing_ = true;
    result<void> outcome;
    for (std::string pending = tls_->take_output(); !pending.empty() && outcome;
         pending = tls_->take_output())
        outcome = co_await raw_write(pending, until);
    flushing_ = false;
    co_return outcome;
}

task<result<tls_facts>> tls_stream::run_handshake(deadline until) {
    for (;;) {
        const auto step = tls_->handshake();
        const auto sent = co_await flush(until); // on failure this is the alert
        if (!step) co_return std::unexpected(step.error());
        if (!sent) co_return std::unexpected(sent.error());
        if (*step) co_return tls_->facts();
        auto received = co_await receive(until);
        if (!received) {
            error why = received.error();
            why.text += " during the TLS handshake";
            co_return std::unexpected(why);
        }
    }
}

task<result<tls_facts>> tls_stream::start_tls(const tls_options& options, deadline until) {
    if (tls_)
        co_return std::unexpected(error{failure::tls, "TLS has been started on this connection already"});
    auto engine = tls_engine::make(options);
    if (!engine) co_return std::unexpected(engine.error());
    tls_ = std::move(*engine);
    ciphertext_ = std::make_unique<char[]>(ciphertext_room);
    auto facts = co_await run_handshake(until);
    secured_ = facts.has_value();
    co_return facts;
}

task<result<std::size_t>> tls_stream::read_tls(std::span<char> into, deadline until) {
    for (;;) {
        const auto got = tls_->decrypt(into);
        const auto sent = co_await flush(until);
        if (!got) co_return std::unexpected(got.error());
        if (*got > 0) co_return *got;
        if (!sent) co_return std::unexpected(sent.error());
        const auto received = co_await receive(until);
        if (!received) co_return std::unexpected(received.error());
    }
}

task<result<void>> tls_stream::write_tls(std::string_view octets, deadline until) {
    while (!octets.empty()) {
        const auto step = octets.substr(0, plaintext_step);
        octets.remove_prefix(step.size());
        if (auto taken = tls_->encrypt(step); !taken) co_return taken;
        const auto sent = co_await flush(until);
        if (!sent) co_return sent;
    }
    co_return result<void>{};
}

task<result<void>> tls_stream::shutdown_send(deadline until) {
    if (secured_) {
        tls_->close_notify();
        const auto sent = co_await flush(until);
        if (!sent) co_return sent;
    }
    co_return raw_shutdown_send();
}

void tls_stream::close() {
    if (secured_ && !flushing_) {
        tls_->close_notify();
        raw_send_now(tls_->take_output());
    }
    raw_close();
}

} // namespace net
