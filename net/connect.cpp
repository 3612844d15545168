// Opening a TCP connection; see the header.
#include "net/connect.hpp"

#include "net/endpoint.hpp"
#include "net/system_error.hpp"
#include "net/tcp_stream.hpp"

#include <boost/asio/this_coro.hpp>
#include <fmt/core.h>

namespace net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// getaddrinfo() cannot be interrupted: at the deadline we go on, and its late answer is dropped.
struct lookup {
    explicit lookup(const asio::any_io_executor& on)
        : done(on)
        , resolver(on) {}
    asio::steady_timer done; // cancelled when the answer is there
    tcp::resolver resolver;
    bool answered = false;
    error_code code;
    tcp::resolver::results_type found;
};

task<result<stream_ptr>> connect_to(tcp::endpoint remote, deadline until, std::string local) {
    const auto executor = co_await asio::this_coro::executor;
    tcp::socket socket(executor);
    error_code code;
    socket.open(remote.protocol(), code);
    if (!code && !local.empty()) {
        const auto address = asio::ip::make_address(local, code);
        if (!code) socket.bind(tcp::endpoint(address, 0), code);
        if (code) {
            const auto why = fmt::format("cannot bind to {}: {}", local, code.message());
            co_return std::unexpected(error{failure::other, why});
        }
    }
    if (code) co_return std::unexpected(error_from(code));
    if (until.polls() || until.passed()) co_return std::unexpected(timeout_error());
    deadline_watch watch(executor);
    auto caller = co_await asio::this_coro::cancellation_state;
    auto guard = watch.watch(until, caller);
    auto token = guard.token();
    const auto [failed] = co_await socket.async_connect(remote, token);
    if (failed && guard.fired()) co_return std::unexpected(timeout_error());
    if (failed) co_return std::unexpected(error_from(failed));
    co_return stream_ptr(std::make_unique<tcp_stream>(std::move(socket)));
}

} // namespace

task<result<std::vector<std::string>>> resolve(std::string host, deadline until) {
    std::vector<std::string> addresses;
    if (is_address_literal(host)) {
        addresses.push_back(host);
        co_return addresses;
    }
    const auto executor = co_await asio::this_coro::executor;
    auto asked = std::make_shared<lookup>(executor);
    asked->done.expires_at(until.at);
    asked->resolver.async_resolve(host, "", [asked](error_code code, tcp::resolver::results_type found) {
        asked->answered = true;
        asked->code = code;
        asked->found = std::move(found);
        asked->done.cancel();
    });
    while (!asked->answered) {
        const auto token = asio::as_tuple(asio::use_awaitable);
        const auto [code] = co_await asked->done.async_wait(token);
        if (!code && !asked->answered) co_return std::unexpected(timeout_error());
        if (code && !asked->answered) co_return std::unexpected(error_from(code));
    }
    if (asked->code || asked->found.empty()) {
        const auto why =
            fmt::format("cannot resolve '{}': {}", host, asked->code ? asked->code.message() : "no address");
        co_return std::unexpected(error{failure::resolve, why});
    }
    for (const auto& entry : asked->found) {
        std::string address = entry.endpoint().address().to_string();
        if (std::find(addresses.begin(), addresses.end(), address) == addresses.end())
            addresses.push_back(std::move(address));
    }
    co_return addresses;
}

task<result<stream_ptr>> connect(std::string host, std::uint16_t port, deadline until, std::string local) {
    const auto addresses = co_await resolve(host, until);
    if (!addresses) co_return std::unexpected(addresses.error());
    error last;
    for (const auto& address : *addresses) {
        const tcp::endpoint remote(asio::ip::make_address(address), port);
        auto opened = co_await connect_to(remote, until, local);
        if (opened) co_return opened;
        last = opened.error();
        last.text = fmt::format("{}: {}", address_text(remote), last.text);
    }
    co_return std::unexpected(last);
}

} // namespace net
