// The public face of a session, and the events that are no input: what the owner of the socket found out.
// RFC 9051 §5.4 (autologout), §7.1.5 (BYE). The dialog itself is in input.cpp and dispatch.cpp.
#include "reference/imap/session.hpp"

#include "reference/imap/machine.hpp"

namespace refmail::imap {

machine::machine(const policy& p, session_facts facts, message::timestamp now,
                 std::function<void()> on_change)
    : policy_(p)
    , facts_(std::move(facts))
    , on_change_(std::move(on_change)) {
    modes_.now = now;
    out_.untagged("OK", capabilities(), policy_.host_name + " refmaild is ready");
}

void machine::push(action a) {
    if (!out_.octets().empty()) actions_.push_back(send{out_.take()});
    actions_.push_back(std::move(a));
}

// RFC 9051 §7.1.5: the connection is closed at once.
void machine::say_goodbye(std::string_view code, std::string_view text) {
    out_.untagged("BYE", code, text);
    end();
}

void machine::end() {
    push(close{});
    state_ = state::closed;
    input_ = {};
    idling_ = working_ = false;
}

void machine::timed_out() {
    // While it is our own answer that is missing, the client is not to blame.
    if (!wants_input()) return;
    say_goodbye("", authenticated() ? "Autologout: idle for too long" : "Too slow to log in");
}

void machine::shut_down() {
    shutting_down_ = true;
    if (wants_input()) say_goodbye("UNAVAILABLE", "The server is shutting down");
}

void machine::disconnected() {
    if (state_ == state::closed) return;
    out_.take();
    actions_.clear();
    end();
}

void machine::changed() {
    if (!idling_ || !selected_) return; // it may be of an IDLE before this one
    heard_of_change_ = true;
    if (state_ == state::idle) state_ = state::running;
}

void machine::work(message::timestamp now) {
    modes_.now = now;
    working_ = false;
    go_on(true);
}

std::optional<action> machine::next() {
    // What was left because there was much to say.
    if (actions_.empty() && out_.octets().empty()) {
        if (state_ == state::running && !working_) {
            working_ = true;
            return imap::work{};
        }
        if (!input_.empty() && wants_input()) go_on(false);
    }
    if (actions_.empty() && !out_.octets().empty()) return send{out_.take()};
    if (actions_.empty()) {
        if (state_ != state::running || working_) return std::nullopt;
        working_ = true;
        return imap::work{};
    }
    auto first = std::move(actions_.front());
    actions_.pop_front();
    return first;
}

session::session(const policy& p, session_facts facts, message::timestamp now,
                 std::function<void()> on_change)
    : machine_(std::make_unique<machine>(p, std::move(facts), now, std::move(on_change))) {}
session::~session() = default;
session::session(session&&) noexcept = default;

void session::receive(std::string_view octets, message::timestamp now) {
    machine_->receive(octets, now);
}
void session::tls_started() {
    machine_->tls_started();
}
void session::tls_failed() {
    machine_->tls_failed();
}
void session::compression_started() {
    machine_->compression_started();
}
void session::password_checked(password_verdict verdict, std::shared_ptr<mailbox::account> account) {
    machine_->password_checked(verdict, std::move(account));
}
void session::changed() {
    machine_->changed();
}
void session::work(message::timestamp now) {
    machine_->work(now);
}
void session::timed_out() {
    machine_->timed_out();
}
void session::shut_down() {
    machine_->shut_down();
}
void session::disconnected() {
    machine_->disconnected();
}
std::optional<action> session::next() {
    return machine_->next();
}
bool session::wants_input() const {
    return machine_->wants_input();
}
bool session::authenticated() const {
    return machine_->authenticated();
}
bool session::closed() const {
    return machine_->now_in() == machine::state::closed;
}
const std::string& session::user() const {
    return machine_->user();
}

} // namespace refmail::imap
