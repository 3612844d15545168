// The public face of a session, and the events that are no input: what the owner of the socket found out.
// RFC 1939 §3 and §6 (how sessions end), RFC 2449 §3 and §8 (replies). The dialog itself is in machine.cpp.
#include "reference/pop3/session.hpp"

#include "reference/pop3/machine.hpp"

namespace refmail::pop3 {
namespace {

// RFC 2449 §8.1, RFC 3206 §4: what a client can make of it.
std::string_view code_for(enum mailbox::trouble::kind kind) {
    using kinds = enum mailbox::trouble::kind;
    switch (kind) {
    case kinds::in_use: return "[IN-USE] ";
    case kinds::bad_name:
    case kinds::not_possible:
    case kinds::corrupt: return "[SYS/PERM] ";
    default: return "[SYS/TEMP] ";
    }
}

} // namespace

// All replies that are ready leave together: the last action is a send, or becomes one.
std::string& session::machine::replies() {
    if (actions_.empty() || !std::holds_alternative<send>(actions_.back())) actions_.push_back(send{});
    return std::get<send>(actions_.back()).octets;
}

void session::machine::ok(std::string_view text) {
    replies().append("+OK ").append(text).append("\r\n");
}

void session::machine::err(std::string_view text) {
    ++errors_;
    replies().append("-ERR ").append(text).append("\r\n");
}

void session::machine::err(const mailbox::trouble& why, std::string_view text) {
    actions_.push_back(note{std::string(text) + ": " + why.text});
    replies().append("-ERR ").append(code_for(why.kind)).append(text).append("\r\n");
}

void session::machine::say_goodbye() {
    maildrop_.reset(); // RFC 1939 §6: the lock goes, nothing else does
    listing_.reset();
    transfer_.reset();
    mechanism_.reset();
    awaited_ = awaited::nothing;
    actions_.push_back(close{});
    state_ = state::closed;
    input_ = {};
}

void session::machine::timed_out() {
    // RFC 1939 §3: without removing any messages or sending any response.
    if (wants_input()) say_goodbye();
}

void session::machine::shut_down() {
    if (state_ == state::closed) return;
    shutting_down_ = true;
    if (!wants_input()) return; // after the answer
    err("[SYS/TEMP] shutting down, try again later");
    say_goodbye();
}

void session::machine::disconnected() {
    if (state_ == state::closed) return;
    actions_.clear(); // nobody hears it
    say_goodbye();
}

session::session(const policy& p, session_facts facts)
    : machine_(std::make_unique<machine>(p, std::move(facts))) {}
session::~session() = default;
session::session(session&&) noexcept = default;

void session::receive(std::string_view octets) {
    machine_->receive(octets);
}
void session::tls_started() {
    machine_->tls_started();
}
void session::tls_failed() {
    machine_->tls_failed();
}
void session::password_checked(password_verdict verdict, std::shared_ptr<mailbox::account> who) {
    machine_->password_checked(verdict, std::move(who));
}
void session::work() {
    machine_->work();
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
bool session::logged_in() const {
    return machine_->logged_in();
}
bool session::closed() const {
    return machine_->state_ == machine::state::closed;
}
const std::string& session::user() const {
    return machine_->user_;
}

} // namespace refmail::pop3
