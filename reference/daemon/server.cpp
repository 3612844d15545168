// The running daemon; see the header.
#include "reference/daemon/server.hpp"

#include "reference/daemon/configuration_error.hpp"
#include "reference/daemon/imap_connection.hpp"
#include "reference/daemon/log_line.hpp"
#include "reference/daemon/pop3_connection.hpp"
#include "reference/daemon/smtp_connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/core.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <map>
#include <set>
#include <thread>

namespace refmail::daemon {

namespace asio = boost::asio;

namespace {

using guest = client_connection;

// What a new connection becomes.
using greeter = std::function<std::shared_ptr<guest>(net::stream_ptr, const asio::any_io_executor&)>;

template <class Connection, class Service>
greeter greets_with(services& shared, const Service& what) {
    return [&](net::stream_ptr stream, const asio::any_io_executor& on) -> std::shared_ptr<guest> {
        return std::make_shared<Connection>(shared, what, std::move(stream), on);
    };
}

// One event loop, run by one thread; its guests are touched by that thread only.
struct event_loop {
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    std::set<std::shared_ptr<guest>> guests;
    bool shutting_down = false;
    net::deadline shutdown_end;

    void shut_down(net::deadline until) {
        shutting_down = true;
        shutdown_end = until;
        for (const auto& one : guests)
            one->shut_down(until);
    }
};

net::task<void> entertain(std::shared_ptr<guest> who) {
    // Being woken ends a read, not the coroutine.
    co_await asio::this_coro::throw_if_cancelled(false);
    co_await who->run();
}

} // namespace

struct server::impl {
    explicit impl(services& s)
        : shared(s) {}

    services& shared;
    std::vector<std::unique_ptr<event_loop>> loops;
    std::vector<std::unique_ptr<net::listener>> listeners;
    std::map<std::string, std::vector<net::endpoint>> addresses;
    std::size_t next_loop = 0;
    int signals_seen = 0;
    std::unique_ptr<asio::signal_set> signals;
    std::unique_ptr<asio::steady_timer> patience;
    std::atomic<std::size_t> guests{0};
    std::atomic<bool> ending{false};

    event_loop& first() { return *loops.front(); }
    void listen(const service& what, const std::vector<net::endpoint>& where, greeter as);
    net::task<void> accept_all(net::listener& from, const service& what, greeter as);
    void welcome(event_loop& on, std::shared_ptr<guest> who);
    void goodbye(event_loop& on, const std::shared_ptr<guest>& who, std::exception_ptr thrown);
    void wait_for_signal();
    void begin_shutdown();
    void stop_all();
};

server::server(services& shared)
    : impl_(std::make_unique<impl>(shared)) {
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < cores; ++i)
        impl_->loops.push_back(std::make_unique<event_loop>());
    const auto smtp = [&](const smtp_service& what, const std::vector<net::endpoint>& where) {
        impl_->listen(what, where, greets_with<smtp_connection>(shared, what));
    };
    const auto imap = [&](const imap_service& what, const std::vector<net::endpoint>& where) {
        impl_->listen(what, where, greets_with<imap_connection>(shared, what));
    };
    const auto pop3 = [&](const pop3_service& what, const std::vector<net::endpoint>& where) {
        impl_->listen(what, where, greets_with<pop3_connection>(shared, what));
    };
    smtp(shared.smtp, shared.how.smtp);
    smtp(shared.submission, shared.how.submission);
    smtp(shared.submissions, shared.how.submissions);
    smtp(shared.lmtp, shared.how.lmtp);
    imap(shared.imap, shared.how.imap);
    imap(shared.imaps, shared.how.imaps);
    pop3(shared.pop3, shared.how.pop3);
    pop3(shared.pop3s, shared.how.pop3s);
    impl_->signals = std::make_unique<asio::signal_set>(impl_->first().context, SIGTERM, SIGINT);
    impl_->wait_for_signal();
}

server::~server() = default;

const std::vector<net::endpoint>& server::addresses_of(const std::string& service) const {
    return impl_->addresses[service];
}

std::vector<net::endpoint> server::all_addresses() const {
    std::vector<net::endpoint> all;
    for (const auto& [name, bound] : impl_->addresses)
        all.insert(all.end(), bound.begin(), bound.end());
    return all;
}

void server::impl::listen(const service& what, const std::vector<net::endpoint>& where, greeter as) {
    for (const auto& at : where) {
        auto opened = net::listener::open(first().context.get_executor(), at);
        if (!opened) throw bad_setting({"listen", what.name}, "service " + what.name, opened.error().text);
        addresses[what.name].push_back((*opened)->local());
        listeners.push_back(std::move(*opened));
        auto serve = accept_all(*listeners.back(), what, as);
        asio::co_spawn(first().context, std::move(serve), [](std::exception_ptr thrown) {
            if (thrown) std::rethrow_exception(thrown);
        });
    }
}

net::task<void> server::impl::accept_all(net::listener& from, const service& what, greeter as) {
    for (;;) {
        event_loop& on = *loops[next_loop++ % loops.size()];
        auto accepted = co_await from.accept_on(on.context.get_executor(), net::deadline::never());
        if (accepted) {
            auto who = as(std::move(*accepted), on.context.get_executor());
            ++guests;
            asio::post(on.context, [this, &on, who] { welcome(on, who); });
            continue;
        }
        if (accepted.error().kind == net::failure::closed) co_return;
        // Out of descriptors, most likely: the connection waits in the kernel while others end.
        spdlog::error(
            log_line("accept-failed").add("service", what.name).add("why", accepted.error().text).text());
        asio::steady_timer pause(first().context, std::chrono::milliseconds(100));
        const auto token = asio::as_tuple(asio::use_awaitable);
        co_await pause.async_wait(token);
    }
}

void server::impl::welcome(event_loop& on, std::shared_ptr<guest> who) {
    on.guests.insert(who);
    if (on.shutting_down) who->shut_down(on.shutdown_end);
    auto done = [this, &on, who](std::exception_ptr thrown) { goodbye(on, who, thrown); };
    asio::co_spawn(on.context, entertain(who),
                   asio::bind_cancellation_slot(who->wake.slot(), std::move(done)));
}

void server::impl::goodbye(event_loop& on, const std::shared_ptr<guest>& who, std::exception_ptr thrown) {
    on.guests.erase(who);
    try {
        if (thrown) std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
        spdlog::error(log_line("session-broke").add("why", e.what()).text());
    }
    if (--guests == 0 && ending) stop_all();
}

void server::impl::wait_for_signal() {
    signals->async_wait([this](const boost::system::error_code& code, int) {
        if (code) return;
        if (++signals_seen == 1)
            begin_shutdown();
        else
            stop_all();
        wait_for_signal();
    });
}

void server::impl::begin_shutdown() {
    spdlog::info(log_line("shutdown").add("sessions", guests.load()).text());
    ending = true;
    for (const auto& listener : listeners)
        listener->close();
    const auto until = net::deadline::in(shared.how.limits.shutdown);
    for (const auto& loop : loops)
        asio::post(loop->context, [&on = *loop, until] { on.shut_down(until); });
    // A session obeys the same deadline by itself; this is for one that hangs elsewhere.
    patience = std::make_unique<asio::steady_timer>(first().context, until.at + std::chrono::seconds(5));
    patience->async_wait([this](const boost::system::error_code& code) {
        if (!code) stop_all();
    });
    if (guests == 0) stop_all();
}

void server::impl::stop_all() {
    for (const auto& loop : loops)
        loop->context.stop();
}

void server::run() {
    {
        std::vector<std::jthread> others;
        for (std::size_t i = 1; i < impl_->loops.size(); ++i)
            others.emplace_back([&loop = *impl_->loops[i]] { loop.context.run(); });
        impl_->first().context.run();
    }
}

} // namespace refmail::daemon
