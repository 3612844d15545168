// Replies handed to the commands they answer, and every kind of ending. RFC 5321 §3.8 (421, lost
// connections), §4.1.1.10 (QUIT, and wait), §4.2 (codes), §4.3.1 (no command before its time), §4.5.3.2
// (time limits); RFC 2920 §3.1 (matched by counting).
#include "reference/relay/machine.hpp"

#include <fmt/core.h>

namespace refmail::relay {

session::machine::machine(session_settings settings)
    : in_tls_(settings.implicit_tls)
    , settings_(std::move(settings))
    , reader_(settings_.replies)
    , verified_(settings_.implicit_tls && settings_.verified) {
    awaited_.push_back({command::greeting}); // RFC 5321 §4.3.1: nothing is said before the greeting
}

void session::machine::send_line(std::string line, command what) {
    actions_.push_back(send{std::move(line)});
    awaited_.push_back({what});
    ++waits_;
}

void session::machine::receive(std::string_view octets) {
    if (state_ == state::closed) return;
    if (state_ == state::handshake) { // RFC 3207 §4.2: see on_starttls
        actions_.push_back(
            note{fmt::format("{} octets in the clear behind STARTTLS ignored", octets.size())});
        return;
    }
    reply r;
    while (!octets.empty() && state_ != state::closed) {
        const auto got = reader_.next(octets, r);
        if (got == reply_reader::result::more) return;
        if (got == reply_reader::result::broken) return fail_protocol(reader_.fault());
        on_reply(r);
        if (state_ == state::handshake && !octets.empty()) return receive(octets);
    }
}

void session::machine::on_reply(const reply& r) {
    ++waits_;
    if (awaited_.empty()) return on_surplus(r);
    const auto answered = awaited_.front();
    awaited_.pop_front();
    if (answered.what == command::quit) return close();
    // RFC 5321 §3.8, §4.2.3: 421 comes in answer to anything, and the connection ends with it.
    if (r.code == 421) {
        // To the content it is a refusal as well: the host has not got it.
        if (answered.what == command::end) transaction_->ended_content = false;
        auto gone = refusal(r, stage_of(answered.what), settings_.peer);
        gone.why = "the host closes the connection";
        gone.host_at_fault = gone.elsewhere = true;
        return fail(failure::kind::refused, std::move(gone), true);
    }
    // RFC 5321 §4.2.1: 3yz answers DATA and AUTH, nothing else; 2yz never answers DATA.
    const bool may_ask = answered.what == command::data || answered.what == command::auth;
    if ((r.intermediate() && !may_ask) || (r.positive() && answered.what == command::data))
        return fail_protocol(fmt::format("the reply {} to {}", r.code, name_of(stage_of(answered.what))));
    dispatch(answered, r);
}

void session::machine::dispatch(const awaited& a, const reply& r) {
    switch (a.what) {
    case command::greeting: return on_greeting(r);
    case command::hello: return on_hello(r, true);
    case command::helo: return on_hello(r, false);
    case command::starttls: return on_starttls(r);
    case command::auth: return on_auth(r);
    case command::rset: // RFC 5321 §4.1.1.5: nothing but 250; what else comes is seen at MAIL
        if (awaited_.empty()) send_group();
        return;
    case command::mail: return on_mail(r);
    case command::rcpt: return on_rcpt(r, a.position);
    case command::data: return on_data(r);
    case command::chunk: return on_chunk(r);
    case command::end: return on_end(r, a.position);
    case command::nothing: reset_due_ = !r.positive(); return round_over(false);
    case command::quit: return;
    }
}

// A reply that answers nothing: between messages, or in the middle of the content.
void session::machine::on_surplus(const reply& r) {
    const bool refused = r.temporary() || r.permanent();
    if (r.code != 421 && (state_ != state::content || !refused))
        return fail_protocol(fmt::format("the reply {} where none was due", r.code));
    auto gone = refusal(r, stage::content, settings_.peer);
    if (r.code == 421) {
        gone.why = "the host closes the connection";
        gone.host_at_fault = gone.elsewhere = true;
        return fail(failure::kind::refused, std::move(gone), state_ != state::content);
    }
    // Refused before its end has come. There is no way but the end of the connection to stop sending
    // (RFC 5321 §4.1.1.4: only the final dot ends the content).
    gone.why = "the message was refused while it was sent";
    end_transaction(gone);
    close();
}

// Every recipient gets an outcome. Those whose message the host may have taken already are not to be sent to
// another host at once: RFC 5321 §4.5.3.2.6, §6.1 on what makes doubles.
void session::machine::end_transaction(const outcome& for_the_rest) {
    if (!transaction_) return;
    if (transaction_->ended_content) {
        auto perhaps_taken = for_the_rest;
        perhaps_taken.elsewhere = false;
        transaction_->settle_accepted(perhaps_taken);
    }
    transaction_->settle_rest(for_the_rest);
    actions_.push_back(finished{transaction_->take_outcomes()});
    transaction_.reset();
    gathered_.clear();
    held_.clear();
}

void session::machine::fail(failure::kind kind, outcome with, bool politely) {
    failure_ = relay::failure{kind, with};
    end_transaction(with);
    // RFC 5321 §4.1.1.10, §4.1.4: QUIT is the last command of every session that can still hear it.
    if (politely && state_ != state::content)
        say_quit();
    else
        close();
}

void session::machine::fail_protocol(std::string why) {
    if (state_ == state::closing) return close();
    auto with = no_answer("4.5.0", "the host does not speak SMTP: " + why, settings_.peer);
    fail(failure::kind::protocol, std::move(with), true);
}

void session::machine::say_quit() {
    awaited_.clear();
    reader_.forget();
    state_ = state::closing;
    send_line("QUIT\r\n", command::quit);
}

void session::machine::close() {
    awaited_.clear();
    actions_.push_back(relay::close{});
    state_ = state::closed;
}

void session::machine::quit() {
    if (state_ == state::ready) say_quit();
}

void session::machine::timed_out() {
    if (state_ == state::closed) return;
    if (state_ == state::closing) return close();
    const auto awaiting = waits_for();
    auto late =
        no_answer("4.4.2", fmt::format("no sign of {} within {} s", awaiting.what, awaiting.limit.count()),
                  settings_.peer);
    // Said, but not waited for: who does not answer this will not answer that.
    const bool can_hear = state_ == state::envelope || state_ == state::verdict || state_ == state::ready;
    if (can_hear) actions_.push_back(send{"QUIT\r\n"});
    fail(failure::kind::timeout, std::move(late), false);
}

void session::machine::disconnected(std::string why) {
    if (state_ == state::closed) return;
    if (state_ == state::closing) return close();
    const bool at_hello = !awaited_.empty() && awaited_.front().what == command::hello && !in_tls_;
    const auto awaiting = waits_for();
    // RFC 5321 §3.8: as if 451 had come.
    auto lost = no_answer("4.4.2", fmt::format("the connection ended ({}) instead of {}", why, awaiting.what),
                          settings_.peer);
    fail(at_hello ? failure::kind::dropped_at_hello : failure::kind::broken, std::move(lost), false);
}

stage session::machine::stage_of(command what) const {
    switch (what) {
    case command::greeting: return stage::greeting;
    case command::hello:
    case command::helo: return stage::hello;
    case command::starttls: return stage::starttls;
    case command::auth: return stage::auth;
    case command::rset:
    case command::mail: return stage::mail;
    case command::rcpt: return stage::rcpt;
    case command::data: return stage::data;
    default: return stage::content;
    }
}

std::chrono::seconds session::machine::limit_of(command what) const {
    const auto& times = settings_.times;
    switch (what) {
    case command::greeting: return times.greeting; // RFC 5321 §4.5.3.2.1
    case command::hello:
    case command::helo: return times.hello;
    case command::starttls: return times.starttls;
    case command::auth: return times.auth;
    case command::rset:
    case command::mail: return times.mail; // §4.5.3.2.2
    case command::rcpt: return times.rcpt; // §4.5.3.2.3
    case command::data: return times.data; // §4.5.3.2.4
    case command::quit: return times.quit;
    default: return times.content; // §4.5.3.2.6
    }
}

wait session::machine::waits_for() const {
    if (state_ == state::handshake) return {"the TLS handshake", settings_.times.handshake, waits_};
    if (awaited_.empty()) // §4.5.3.2.5
        return {state_ == state::content ? "room for the content" : "the next message", settings_.times.block,
                waits_};
    const auto what = awaited_.front().what;
    switch (what) {
    case command::greeting: return {"the greeting", limit_of(what), waits_};
    case command::hello:
    case command::helo: return {"the reply to EHLO", limit_of(what), waits_};
    case command::starttls: return {"the reply to STARTTLS", limit_of(what), waits_};
    case command::auth: return {"the reply to AUTH", limit_of(what), waits_};
    case command::rset: return {"the reply to RSET", limit_of(what), waits_};
    case command::mail: return {"the reply to MAIL", limit_of(what), waits_};
    case command::rcpt: return {"the reply to RCPT", limit_of(what), waits_};
    case command::data: return {"the reply to DATA", limit_of(what), waits_};
    case command::quit: return {"the reply to QUIT", limit_of(what), waits_};
    default: return {"the reply to the message", limit_of(what), waits_};
    }
}

} // namespace refmail::relay
