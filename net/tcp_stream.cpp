// TCP behind byte_stream; see the header.
#include "net/tcp_stream.hpp"

#include "net/endpoint.hpp"
#include "net/system_error.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/this_coro.hpp>

#include <array>

namespace net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

std::string address_text(const tcp::endpoint& e) {
    const endpoint plain{e.address().to_string(), e.port()};
    return to_string(plain);
}

tcp_stream::tcp_stream(tcp::socket connected)
    : socket_(std::move(connected))
    , reading_(socket_.get_executor())
    , writing_(socket_.get_executor()) {
    error_code ignored;
    // Dialogs are made of small writes that wait for an answer: Nagle would add 40 ms to each.
    socket_.set_option(tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
    local_ = address_text(socket_.local_endpoint(ignored));
    peer_ = address_text(socket_.remote_endpoint(ignored));
}

task<result<std::size_t>> tcp_stream::raw_read(std::span<char> into, deadline until) {
    const asio::mutable_buffer room(into.data(), into.size());
    if (until.polls()) {
        error_code code;
        const std::size_t size = socket_.read_some(room, code);
        if (code == asio::error::would_block) co_return std::unexpected(timeout_error());
        if (code) co_return std::unexpected(error_from(code));
        co_return size;
    }
    if (until.passed()) co_return std::unexpected(timeout_error());
    auto caller = co_await asio::this_coro::cancellation_state;
    auto guard = reading_.watch(until, caller);
    auto token = guard.token();
    const auto [code, size] = co_await socket_.async_read_some(room, token);
    if (!code) co_return size;
    if (guard.fired()) co_return std::unexpected(timeout_error());
    co_return std::unexpected(error_from(code));
}

task<result<void>> tcp_stream::raw_write(std::string_view octets, deadline until) {
    while (!octets.empty()) {
        const asio::const_buffer rest(octets.data(), octets.size());
        error_code code;
        std::size_t size = socket_.write_some(rest, code); // nearly always takes all
        if (code == asio::error::would_block) {
            if (until.polls() || until.passed()) co_return std::unexpected(timeout_error());
            auto caller = co_await asio::this_coro::cancellation_state;
            auto guard = writing_.watch(until, caller);
            auto token = guard.token();
            std::tie(code, size) = co_await socket_.async_write_some(rest, token);
            if (code && guard.fired()) co_return std::unexpected(timeout_error());
        }
        if (code) co_return std::unexpected(error_from(code));
        octets.remove_prefix(size);
    }
    co_return result<void>{};
}

result<void> tcp_stream::raw_shutdown_send() {
    error_code code;
    socket_.shutdown(tcp::socket::shutdown_send, code);
    if (code) return std::unexpected(error_from(code));
    return {};
}

void tcp_stream::raw_send_now(std::string_view octets) {
    error_code ignored;
    socket_.write_some(asio::const_buffer(octets.data(), octets.size()), ignored);
}

// close() on a socket with unread octets sends RST, which may overtake our last reply and destroy
// it at the peer (RFC 1122 §4.2.2.13). So what has arrived is taken first.
void tcp_stream::raw_close() {
    error_code code;
    socket_.shutdown(tcp::socket::shutdown_send, code);
    std::array<char, 4096> unread;
    const asio::mutable_buffer room(unread.data(), unread.size());
    for (int rounds = 0; !code && rounds < 16; ++rounds)
        if (socket_.read_some(room, code) == 0) break;
    socket_.close(code);
}

void tcp_stream::raw_reset() {
    error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    socket_.close(ignored);
}

} // namespace net
