// How a deadline ends an operation; see the header.
#include "net/deadline_watch.hpp"

namespace net {

namespace asio = boost::asio;

void deadline_watch::state::arm(clock::time_point when) {
    armed = when;
    timer.expires_at(when);
    timer.async_wait([self = shared_from_this()](const boost::system::error_code& code) {
        if (!code) self->on_timer();
    });
}

void deadline_watch::state::on_timer() {
    armed = clock::time_point::max();
    if (current == clock::time_point::max()) return;
    if (current > clock::now()) return arm(current); // slept for an earlier operation's deadline
    fired = true;
    signal.emit(asio::cancellation_type::terminal);
}

deadline_watch::guard::guard(std::shared_ptr<state> s, deadline until, asio::cancellation_state caller)
    : state_(std::move(s))
    , caller_(caller.slot()) {
    state_->fired = false;
    state_->current = until.at;
    if (until.at < state_->armed) state_->arm(until.at);
    if (caller_.is_connected())
        caller_.assign([s = state_.get()](asio::cancellation_type type) { s->signal.emit(type); });
}

deadline_watch::guard::~guard() {
    state_->current = clock::time_point::max();
    if (caller_.is_connected()) caller_.clear();
}

} // namespace net
