// What every client's connection has; see the header.
#include "reference/daemon/client_connection.hpp"

#include "net/event.hpp"
#include "reference/daemon/log_line.hpp"
#include "reference/daemon/off_loop.hpp"

#include <spdlog/spdlog.h>

#include <array>

namespace refmail::daemon {
namespace {

// A reply must find room in the socket's buffer; a client that reads nothing for so long has given up, or
// wants to hold us.
constexpr std::chrono::seconds write_limit{120};

// To take note of our end, one round trip.
constexpr std::chrono::seconds parting_limit{2};

std::string address_only(const std::string& host_and_port) {
    std::string host = host_and_port.substr(0, host_and_port.rfind(':'));
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    // An IPv4 client of a dual-stack socket is an IPv4 client.
    constexpr std::string_view mapped = "::ffff:";
    if (host.starts_with(mapped) && host.find('.') != std::string::npos) host.erase(0, mapped.size());
    return host;
}

} // namespace

client_connection::client_connection(services& shared, const service& what, net::stream_ptr stream,
                                     boost::asio::any_io_executor on)
    : shared_(shared)
    , service_(what)
    , stream_(std::move(stream))
    , executor_(std::move(on))
    , id_(shared.new_session_id())
    , peer_(stream_->peer_address())
    , address_(address_only(peer_)) {}

net::task<bool> client_connection::admit(std::string refusal_when_full, std::string refusal_for_address) {
    const auto verdict = shared_.door.enter(address_, pass_);
    if (verdict != admission::verdict::admitted) {
        const bool full = verdict == admission::verdict::full;
        spdlog::warn(log_line("refused")
                         .add("session", id_)
                         .add("client", peer_)
                         .add("why", full ? "too many sessions" : "too many sessions from this address")
                         .text());
        if (service_.implicit_tls) {
            stream_->close();
            co_return false;
        }
        std::string refusal = full ? std::move(refusal_when_full) : std::move(refusal_for_address);
        const bool told = co_await write(std::move(refusal));
        if (told) co_await part();
        co_return false;
    }
    spdlog::debug(
        log_line("connect").add("session", id_).add("service", service_.name).add("client", peer_).text());
    if (!service_.implicit_tls) co_return true;
    co_return co_await upgrade();
}

net::task<bool> client_connection::upgrade() {
    if (shutting_down_) co_return false; // nothing can be said before TLS is there
    const auto until = net::deadline::in(shared_.how.limits.handshake);
    interruptible_ = true;
    const auto facts = co_await stream_->start_tls(shared_.tls, until);
    interruptible_ = false;
    if (facts) {
        spdlog::debug(log_line("tls")
                          .add("session", id_)
                          .add("version", facts->version)
                          .add("cipher", facts->cipher)
                          .text());
        co_return true;
    }
    if (!shutting_down_) ended_by_ = "tls";
    spdlog::info(log_line("tls-failed")
                     .add("session", id_)
                     .add("client", peer_)
                     .add("why", facts.error().text)
                     .text());
    co_return false;
}

net::task<net::result<std::size_t>> client_connection::read(std::span<char> into, net::deadline until) {
    interruptible_ = true;
    const auto got = co_await stream_->read_some(into, until);
    interruptible_ = false;
    co_return got;
}

net::task<void> client_connection::pause(std::chrono::milliseconds time) {
    if (shutting_down_) co_return;
    const auto until = net::deadline::in(time);
    interruptible_ = true;
    co_await net::sleep_until(until);
    interruptible_ = false;
}

net::task<bool> client_connection::write(std::string octets) {
    const auto until = net::deadline::in(write_limit);
    const auto sent = co_await stream_->write(octets, until);
    if (!sent) ended_by_ = net::name_of(sent.error().kind);
    co_return sent.has_value();
}

net::task<authenticator::verdict> client_connection::check_password(login asked) {
    using verdict = authenticator::verdict;
    auto found = shared_.passwords.check_at_once(asked.user, asked.password);
    if (!found) {
        std::function<void(std::move_only_function<void(verdict)>)> start =
            [&](std::move_only_function<void(verdict)> then) {
                shared_.passwords.check(asked.user, asked.password, address_, std::move(then));
            };
        found = co_await off_loop<verdict>(executor_, start);
    }
    if (!*found) {
        const bool wrong = found->error() == authenticator::refusal::wrong;
        std::string error = wrong ? "" : "no memory for the hash";
        co_await after_failed_login(std::move(asked.mechanism), std::move(asked.user), std::move(error));
    }
    co_return *found;
}

net::task<void> client_connection::after_failed_login(std::string mechanism, std::string user,
                                                      std::string error) {
    spdlog::warn(log_line("auth-failed")
                     .add("session", id_)
                     .add("client", peer_)
                     .add("mechanism", mechanism)
                     .add("user", user)
                     .add_unless_empty("error", error)
                     .text());
    const auto wait = shared_.failures.wait_for(address_);
    if (wait.count() > 0) co_await pause(wait);
}

// Who closes with input unread, or gets more afterwards, sends RST, and that may destroy our last
// reply at the client before it was read (RFC 1122 §4.2.2.13). So we say that we are done, and let
// the client close; for a moment, and for so many octets.
net::task<void> client_connection::part() {
    const auto until = net::deadline::in(parting_limit);
    const auto said = co_await stream_->shutdown_send(until);
    std::array<char, 1024> ignored;
    for (int reads = 0; said && reads < 1024; ++reads) {
        const auto got = co_await stream_->read_some(ignored, until);
        if (!got) break;
    }
    stream_->close();
}

void client_connection::shut_down(net::deadline until) {
    shutting_down_ = true;
    shutdown_end_ = until;
    ended_by_ = "shutdown";
    interrupt();
}

void client_connection::interrupt() {
    if (interruptible_) wake.emit(boost::asio::cancellation_type::terminal);
}

} // namespace refmail::daemon
