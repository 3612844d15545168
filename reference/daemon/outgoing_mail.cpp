// The sending side of the daemon; see the header.
#include "reference/daemon/outgoing_mail.hpp"

#include "reference/daemon/control_requests.hpp"
#include "reference/daemon/log_line.hpp"
#include "reference/daemon/outbound_pulse.hpp"
#include "reference/daemon/queue_runner.hpp"
#include "reference/daemon/router.hpp"
#include "reference/store/file.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <thread>

namespace refmail::daemon {

namespace asio = boost::asio;

struct outgoing_mail::impl {
    impl(services& s, const std::vector<net::endpoint>& listening)
        : shared(s)
        , trust(trust_for(s.how.relay))
        , roads(context.get_executor(), s.how, s.clock, listening, trust)
        , runner(s, context.get_executor(), ways_out()) {
        carrying.host_name = host_name_of(s.how);
        carrying.anywhere = s.how.relay.anywhere;
        carrying.trust = trust;
        carrying.pulse = &pulse;
        if (!s.how.control) return;
        auto answer = [this](control_request what) { return requests.answer(std::move(what)); };
        control.emplace(context.get_executor(), *s.how.control, answer);
    }

    queue_runner::ways ways_out() {
        queue_runner::ways out;
        out.find_route = [this](std::string domain, route::tls_wish wish) {
            return roads.find(std::move(domain), wish);
        };
        out.carry = [this](std::vector<route::next_hop> hops, job_source& mail) {
            return serve_destination(carrying, std::move(hops), mail, shared.clock);
        };
        out.shared_way = [this](const std::string& domain) { return roads.shared_way(domain); };
        return out;
    }
    void tell_where_control_is() const;
    void look_for_the_end(net::clock::time_point until);

    services& shared;
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    std::shared_ptr<const net::tls_trust> trust;
    outbound_pulse pulse;
    outbound_settings carrying;
    router roads;
    queue_runner runner;
    control_requests requests{shared.clock, runner, pulse, context.get_executor()};
    std::optional<control_port> control;
    asio::steady_timer ending{context};
    std::thread thread;
};

// DATA/control, for `refmaild queue`. What an earlier run left there is gone, or would mislead.
void outgoing_mail::impl::tell_where_control_is() const {
    const std::string path = shared.how.data + "/control";
    std::remove(path.c_str());
    if (!control) return;
    auto made = store::file::create(path);
    if (made) made->append(to_string(control->address()) + "\n");
}

outgoing_mail::outgoing_mail(services& shared, const std::vector<net::endpoint>& listening)
    : impl_(std::make_unique<impl>(shared, listening)) {}

outgoing_mail::~outgoing_mail() {
    finish(std::chrono::seconds(0));
}

void outgoing_mail::begin() {
    asio::co_spawn(impl_->context, impl_->roads.keep_policies_fresh(), asio::detached);
    impl_->tell_where_control_is();
    if (impl_->control) asio::co_spawn(impl_->context, impl_->control->serve(), asio::detached);
    impl_->runner.begin(std::move(impl_->shared.waiting_ids));
    impl_->thread = std::thread([this] { impl_->context.run(); });
}

void outgoing_mail::added(const queue::entry& e) {
    impl_->runner.added(e);
}

std::optional<net::endpoint> outgoing_mail::control() const {
    return impl_->control ? std::optional(impl_->control->address()) : std::nullopt;
}

void outgoing_mail::impl::look_for_the_end(net::clock::time_point until) {
    if (!runner.must_not_end() || net::clock::now() >= until) return context.stop();
    ending.expires_after(std::chrono::milliseconds(10));
    ending.async_wait([this, until](const boost::system::error_code&) { look_for_the_end(until); });
}

void outgoing_mail::finish(std::chrono::seconds patience) {
    if (!impl_->thread.joinable()) return;
    asio::post(impl_->context, [this, until = net::clock::now() + patience] {
        impl_->runner.stop();
        impl_->look_for_the_end(until);
    });
    impl_->thread.join();
    std::remove((impl_->shared.how.data + "/control").c_str());
}

} // namespace refmail::daemon
