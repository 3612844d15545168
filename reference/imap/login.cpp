// AUTHENTICATE and LOGIN: RFC 9051 §6.2.2, §6.2.3; RFC 4959 (initial response); RFC 5530 (codes). Passwords
// are checked elsewhere (verify_password). Refuses all of them on an open line unless the policy says
// otherwise.
#include "reference/imap/machine.hpp"
#include "reference/message/base64.hpp"
#include "reference/sasl/prepare.hpp"

namespace refmail::imap {

namespace {

completion not_on_an_open_line() {
    return completion::no("No password on an open line: issue STARTTLS first", "PRIVACYREQUIRED");
}

completion wrong_password() {
    return completion::no("User or password is wrong", "AUTHENTICATIONFAILED"); // never which of the two
}

} // namespace

void machine::do_authenticate(cursor& c) {
    const auto name = c.atom();
    std::optional<std::string> initial;
    if (c.take(' ')) initial = c.rest();
    c.end();
    if (c.failed()) return bad(c.why());
    mechanism_ = sasl::make_mechanism(name);
    if (!mechanism_) return finish(completion::no("There is no such mechanism here"));
    if (!password_is_safe()) return auth_failed(not_on_an_open_line());
    if (!initial) return take_step(mechanism_->start(std::nullopt));
    // RFC 4959 §3: "=" is an initial response of zero length.
    const auto decoded = *initial == "=" ? std::string() : message::decode_base64(*initial);
    if (!decoded) return auth_failed(completion::bad("The initial response is not valid base64"));
    take_step(mechanism_->start(*decoded));
}

void machine::take_step(const sasl::step& s) {
    if (const auto* challenge = std::get_if<sasl::challenge>(&s)) {
        state_ = state::auth_exchange;
        // RFC 9051 §6.2.2: the space stays when the challenge is empty.
        out_.put("+ ");
        out_.put(message::encode_base64(challenge->octets));
        return out_.put("\r\n");
    }
    if (const auto* given = std::get_if<sasl::credentials>(&s)) {
        state_ = state::awaiting_password;
        return push(verify_password{std::string(mechanism_->name()), given->user, given->password});
    }
    push(note{"AUTHENTICATE failed: " + std::get<sasl::failure>(s).why});
    ++auth_failures_;
    auth_failed(wrong_password());
}

void machine::auth_response(std::string_view line) {
    if (line == "*") return auth_failed(completion::bad("AUTHENTICATE was cancelled"));
    const auto response = message::decode_base64(line);
    if (!response) return auth_failed(completion::bad("The response is not valid base64"));
    take_step(mechanism_->respond(*response));
}

void machine::do_login(cursor& c) {
    const auto user = c.astring();
    c.space();
    const auto password = c.astring();
    c.end();
    if (c.failed()) return bad(c.why());
    if (!password_is_safe()) return finish(not_on_an_open_line());
    // As SASL PLAIN does it (RFC 4616 §2), so that a password is the same whichever command brings it.
    const auto prepared_user = sasl::prepare(user), prepared_password = sasl::prepare(password);
    if (!prepared_user || !prepared_password || prepared_user->empty() || prepared_password->empty()) {
        ++auth_failures_;
        return auth_failed(wrong_password());
    }
    state_ = state::awaiting_password;
    push(verify_password{"password", *prepared_user, *prepared_password});
}

void machine::auth_failed(completion c) {
    mechanism_.reset();
    state_ = state::command;
    finish(std::move(c));
    // RFC 9051 §11.7: no endless guessing.
    if (auth_failures_ >= policy_.limits.auth_failures && state_ != state::closed)
        say_goodbye("", "Too many failed logins");
}

void machine::password_checked(password_verdict verdict, std::shared_ptr<mailbox::account> account) {
    if (state_ != state::awaiting_password) return;
    switch (verdict) {
    case password_verdict::good:
        account_ = std::move(account);
        user_ = account_->user();
        mechanism_.reset();
        state_ = state::command;
        finish(completion::ok("Logged in", capabilities()));
        break;
    case password_verdict::bad:
        ++auth_failures_;
        auth_failed(wrong_password());
        break;
    case password_verdict::unavailable:
        auth_failed(completion::no("Passwords cannot be checked just now", "UNAVAILABLE"));
        break;
    case password_verdict::refused:
        auth_failed(completion::no("There are too many sessions of this user", "LIMIT"));
        break;
    }
    if (shutting_down_) return shut_down();
    go_on(false);
}

} // namespace refmail::imap
