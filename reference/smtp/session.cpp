// The public face of a session, and the events that are no input: what the owner of the socket found out.
// RFC 5321 §3.8 and §4.1.1.5 (how sessions end), §4.2 (replies). The dialog itself is in machine.cpp.
#include "reference/smtp/session.hpp"

#include "reference/smtp/machine.hpp"

namespace refmail::smtp {

// All replies that are ready leave together (RFC 2920 §3.2): the last action is a send, or becomes one.
std::string& session::machine::replies() {
    if (actions_.empty() || !std::holds_alternative<send>(actions_.back())) actions_.push_back(send{});
    return std::get<send>(actions_.back()).octets;
}

void session::machine::reply(int code, std::string_view enhanced, std::string_view text) {
    if (code >= 500) ++errors_;
    write_reply(replies(), code, enhanced, text);
}

void session::machine::reply(int code, std::string_view enhanced, std::span<const std::string> lines,
                             reply_text allowed) {
    if (code >= 500) ++errors_;
    write_reply(replies(), code, enhanced, lines, allowed);
}

void session::machine::end_transaction() {
    if (transaction_ && transaction_->begun && !transaction_->aborted) {
        actions_.push_back(abort_message{"transaction ended before its content was complete"});
    }
    transaction_.reset();
}

// 221 or 421, and the end. RFC 5321 §4.1.1.10: an unfinished transaction is aborted.
void session::machine::say_goodbye(int code, std::string_view enhanced, std::string_view text) {
    end_transaction();
    reply(code, enhanced, text);
    actions_.push_back(close{});
    state_ = state::closed;
    input_.clear();
}

void session::machine::timed_out() {
    // While it is our own answer that is missing, the client is not to blame.
    if (!wants_input()) return;
    say_goodbye(421, "4.4.2", policy_.host_name + " Timeout, closing transmission channel");
}

void session::machine::shut_down() {
    if (state_ == state::closed) return;
    shutting_down_ = true;
    if (state_ == state::command && !transaction_) {
        say_goodbye(421, "4.3.2", policy_.host_name + " Service closing transmission channel: shutting down");
    }
}

void session::machine::disconnected() {
    if (state_ == state::closed) return;
    // RFC 5321 §4.1.1.5: as if QUIT had come. What awaits its verdict is complete and goes on.
    if (state_ != state::awaiting_delivery) end_transaction();
    actions_.push_back(close{});
    state_ = state::closed;
    input_.clear();
}

session::session(const policy& p, const directory& d, session_facts facts, message::timestamp now)
    : machine_(std::make_unique<machine>(p, d, std::move(facts), now)) {}
session::~session() = default;
session::session(session&&) noexcept = default;

void session::receive(std::string_view octets, message::timestamp now) {
    machine_->receive(octets, now);
}
void session::tls_started(message::timestamp now) {
    machine_->tls_started(now);
}
void session::tls_failed() {
    machine_->tls_failed();
}
void session::password_checked(password_verdict verdict, std::string user, message::timestamp now) {
    machine_->password_checked(verdict, std::move(user), now);
}
void session::delivered(const std::vector<delivery_verdict>& verdicts, message::timestamp now) {
    machine_->delivered(verdicts, now);
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
    // What was left because there was much to say; at most the beginning of a line is left for good.
    if (machine_->actions_.empty() && machine_->has_input() && machine_->wants_input()) machine_->go_on();
    if (machine_->actions_.empty()) return std::nullopt;
    auto out = std::move(machine_->actions_.front());
    machine_->actions_.pop_front();
    return out;
}

bool session::wants_input() const {
    return machine_->wants_input();
}
bool session::in_transaction() const {
    return machine_->transaction_.has_value();
}
bool session::in_data() const {
    return machine_->state_ == machine::state::data || machine_->state_ == machine::state::chunk;
}
bool session::closed() const {
    return machine_->state_ == machine::state::closed;
}
const std::string& session::user() const {
    return machine_->user_;
}
const std::string& session::helo() const {
    return machine_->helo_;
}

} // namespace refmail::smtp
