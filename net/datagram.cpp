// UDP sockets; see the header.
#include "net/datagram.hpp"

#include "net/deadline_watch.hpp"
#include "net/system_error.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/core.h>

namespace net {

namespace asio = boost::asio;
using asio::ip::udp;
using boost::system::error_code;

namespace {

constexpr std::size_t largest = 65535; // the length field of UDP has 16 bits
// A burst of questions waits here; the kernel's own 208 KiB hold some 300 datagrams only.
constexpr int receive_buffer = 4 << 20;

endpoint plain(const udp::endpoint& e) {
    return endpoint{e.address().to_string(), e.port()};
}

} // namespace

struct datagram_socket::impl {
    explicit impl(const asio::any_io_executor& on)
        : socket(on)
        , reading(on)
        , writing(on)
        , room(largest, '\0') {}
    udp::socket socket;
    deadline_watch reading, writing;
    std::string room;
    endpoint local;
};

datagram_socket::datagram_socket(std::unique_ptr<impl> made)
    : impl_(std::move(made)) {}
datagram_socket::~datagram_socket() = default;

result<std::unique_ptr<datagram_socket>> datagram_socket::open(const asio::any_io_executor& on,
                                                               const endpoint& at) {
    error_code code, ignored;
    auto made = std::make_unique<impl>(on);
    auto& socket = made->socket;
    const udp::endpoint where(asio::ip::make_address(at.host == "localhost" ? "127.0.0.1" : at.host, code),
                              at.port);
    if (!code) socket.open(where.protocol(), code);
    if (!code && where.address().is_v6()) socket.set_option(asio::ip::v6_only(true), code);
    if (!code) socket.set_option(asio::socket_base::receive_buffer_size(receive_buffer), ignored);
    if (!code) socket.bind(where, code);
    if (!code) socket.non_blocking(true, code);
    if (code) {
        const auto why = fmt::format("cannot open UDP {}: {}", to_string(at), code.message());
        return std::unexpected(error{failure::other, why});
    }
    made->local = plain(socket.local_endpoint(ignored));
    return std::unique_ptr<datagram_socket>(new datagram_socket(std::move(made)));
}

// A datagram that nobody took comes back to its sender as ICMP "port unreachable", and the kernel tells of it
// at the next call. A socket that serves many peers goes on: one of them went away, no more.
task<result<datagram>> datagram_socket::receive(deadline until) {
    auto& own = *impl_;
    const asio::mutable_buffer room(own.room.data(), own.room.size());
    for (;;) {
        udp::endpoint from;
        error_code code;
        std::size_t size = 0;
        if (until.polls()) {
            size = own.socket.receive_from(room, from, 0, code);
            if (code == asio::error::would_block) co_return std::unexpected(timeout_error());
        } else {
            // Through the loop each time, even when a datagram waits: a flood must not starve the others.
            if (until.passed()) co_return std::unexpected(timeout_error());
            auto caller = co_await asio::this_coro::cancellation_state;
            auto guard = own.reading.watch(until, caller);
            auto token = guard.token();
            std::tie(code, size) = co_await own.socket.async_receive_from(room, from, token);
            if (code && guard.fired()) co_return std::unexpected(timeout_error());
        }
        if (code == asio::error::connection_refused) continue;
        if (code) co_return std::unexpected(error_from(code));
        datagram got{own.room.substr(0, size), plain(from)};
        co_return got;
    }
}

task<result<void>> datagram_socket::send(std::string octets, endpoint to) {
    auto& own = *impl_;
    error_code code;
    const udp::endpoint where(asio::ip::make_address(to.host, code), to.port);
    if (code) {
        error why{failure::other, fmt::format("cannot send to {}: {}", to_string(to), code.message())};
        co_return std::unexpected(std::move(why));
    }
    const asio::const_buffer all(octets.data(), octets.size());
    for (;;) {
        own.socket.send_to(all, where, 0, code);
        if (code == asio::error::connection_refused) continue; // of an earlier datagram, see receive()
        if (code != asio::error::would_block) break;
        auto caller = co_await asio::this_coro::cancellation_state;
        auto guard = own.writing.watch(deadline::never(), caller);
        auto token = guard.token();
        std::tie(code) = co_await own.socket.async_wait(udp::socket::wait_write, token);
        if (code) break;
    }
    if (code) co_return std::unexpected(error_from(code));
    co_return result<void>{};
}

endpoint datagram_socket::local() const {
    return impl_->local;
}

void datagram_socket::close() {
    error_code ignored;
    impl_->socket.close(ignored);
}

} // namespace net
