// An event loop; see the header.
#include "net/run.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>

namespace net {

namespace asio = boost::asio;

struct loop::impl {
    asio::io_context context{1}; // one thread runs it
    std::unique_ptr<asio::signal_set> signals;
    std::function<void(int)> handler;
    std::size_t spawned = 0;
    std::exception_ptr thrown;

    void wait_for_signal() {
        signals->async_wait([this](const boost::system::error_code& code, int number) {
            if (code) return;
            handler(number);
            wait_for_signal();
        });
    }
};

loop::loop()
    : impl_(std::make_unique<impl>()) {}
loop::~loop() = default;

asio::any_io_executor loop::executor() {
    return impl_->context.get_executor();
}

void loop::spawn(std::function<task<void>()> work) {
    ++impl_->spawned;
    auto* self = impl_.get();
    // The function object is kept beside the coroutine: its captures are used until the end.
    auto kept = std::make_shared<std::function<task<void>()>>(std::move(work));
    auto start = [kept]() { return (*kept)(); };
    asio::co_spawn(self->context, start, [self, kept](std::exception_ptr thrown) {
        if (thrown && !self->thrown) self->thrown = thrown;
        if (--self->spawned == 0 || thrown) self->context.stop();
    });
}

void loop::on_signal(std::initializer_list<int> numbers, std::function<void(int)> handler) {
    impl_->signals = std::make_unique<asio::signal_set>(impl_->context);
    for (const int number : numbers)
        impl_->signals->add(number);
    impl_->handler = std::move(handler);
    impl_->wait_for_signal();
}

// Ends with the last spawned coroutine: sleeping timers and signal handlers hold nothing up.
void loop::run() {
    impl_->context.restart();
    if (impl_->spawned > 0) impl_->context.run();
    if (impl_->thrown) std::rethrow_exception(std::exchange(impl_->thrown, nullptr));
}

void loop::stop() {
    impl_->context.stop();
}

void spawn_on(const asio::any_io_executor& on, std::function<task<void>()> work) {
    auto kept = std::make_shared<std::function<task<void>()>>(std::move(work));
    auto start = [kept]() { return (*kept)(); };
    asio::co_spawn(on, start, [kept](std::exception_ptr thrown) {
        if (thrown) std::rethrow_exception(thrown); // leaves the loop that runs it
    });
}

task<void> spawn_beside(std::function<task<void>()> work) {
    const auto executor = co_await asio::this_coro::executor;
    spawn_on(executor, std::move(work));
}

void run(std::function<task<void>()> work) {
    loop own;
    own.spawn(std::move(work));
    own.run();
}

} // namespace net
