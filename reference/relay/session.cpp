// The public face of a client session; see the header.
#include "reference/relay/session.hpp"

#include "reference/relay/machine.hpp"

namespace refmail::relay {

session::session(session_settings settings)
    : machine_(std::make_unique<machine>(std::move(settings))) {}
session::~session() = default;
session::session(session&&) noexcept = default;

void session::receive(std::string_view octets) {
    machine_->receive(octets);
}
void session::tls_started(bool verified) {
    machine_->tls_started(verified);
}
void session::tls_failed(std::string why) {
    machine_->tls_failed(std::move(why));
}
void session::tls_too_weak(std::string why) {
    machine_->tls_too_weak(std::move(why));
}
void session::content(std::string_view octets) {
    machine_->content(octets);
}
void session::content_ended() {
    machine_->content_ended();
}
void session::content_failed(std::string why) {
    machine_->content_failed(std::move(why));
}
void session::timed_out() {
    machine_->timed_out();
}
void session::disconnected(std::string why) {
    machine_->disconnected(std::move(why));
}
void session::begin(mail wanted) {
    machine_->begin(std::move(wanted));
}
void session::quit() {
    machine_->quit();
}

std::optional<action> session::next() {
    if (machine_->actions_.empty()) return std::nullopt;
    action first = std::move(machine_->actions_.front());
    machine_->actions_.pop_front();
    return first;
}

bool session::ready() const {
    return machine_->state_ == machine::state::ready;
}
bool session::closed() const {
    return machine_->state_ == machine::state::closed;
}
wait session::waits_for() const {
    return machine_->waits_for();
}
bool session::in_content() const {
    return machine_->state_ == machine::state::content;
}
bool session::in_tls() const {
    return machine_->in_tls_;
}
std::size_t session::messages() const {
    return machine_->messages_;
}
const std::optional<relay::failure>& session::failed() const {
    return machine_->failure_;
}

} // namespace refmail::relay
