// Accepting TCP connections; see the header.
#include "net/listener.hpp"

#include "net/system_error.hpp"
#include "net/tcp_stream.hpp"

#include <boost/asio/ip/v6_only.hpp>
#include <fmt/core.h>

namespace net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct listener::impl {
    explicit impl(const executor& on)
        : acceptor(on)
        , waiting(on) {}
    tcp::acceptor acceptor;
    deadline_watch waiting;
    endpoint local;
};

namespace {

// A burst of connections waits here instead of losing SYNs; the kernel lowers it to somaxconn.
constexpr int backlog = 4096;

} // namespace

listener::listener(std::unique_ptr<impl> made)
    : impl_(std::move(made)) {}
listener::~listener() = default;

result<std::unique_ptr<listener>> listener::open(const executor& on, const endpoint& at) {
    error_code code;
    const std::string host = at.host == "localhost" ? "127.0.0.1" : at.host;
    auto made = std::make_unique<impl>(on);
    auto& acceptor = made->acceptor;
    const tcp::endpoint where(asio::ip::make_address(host, code), at.port);
    if (!code) acceptor.open(where.protocol(), code);
    if (!code) acceptor.set_option(asio::socket_base::reuse_address(true), code);
    if (!code && where.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true), code);
    if (!code) acceptor.bind(where, code);
    if (!code) acceptor.listen(backlog, code);
    if (code) {
        const auto why = fmt::format("cannot listen on {}: {}", to_string(at), code.message());
        return std::unexpected(error{failure::other, why});
    }
    const auto bound = acceptor.local_endpoint(code);
    made->local = endpoint{bound.address().to_string(), bound.port()};
    return std::unique_ptr<listener>(new listener(std::move(made)));
}

task<result<stream_ptr>> listener::accept(deadline until) {
    return accept_on(impl_->acceptor.get_executor(), until);
}

task<result<stream_ptr>> listener::accept_on(executor peer, deadline until) {
    if (until.passed() && !until.polls()) co_return std::unexpected(timeout_error());
    tcp::socket socket(peer);
    auto caller = co_await asio::this_coro::cancellation_state;
    auto guard = impl_->waiting.watch(until, caller);
    auto token = guard.token();
    const auto [code] = co_await impl_->acceptor.async_accept(socket, token);
    if (code && guard.fired()) co_return std::unexpected(timeout_error());
    if (code) co_return std::unexpected(error_from(code));
    co_return stream_ptr(std::make_unique<tcp_stream>(std::move(socket)));
}

endpoint listener::local() const {
    return impl_->local;
}

void listener::close() {
    error_code ignored;
    impl_->acceptor.close(ignored);
}

} // namespace net
