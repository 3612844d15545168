// AUTH: RFC 4954, with the mechanisms of reference/sasl. Passwords are checked elsewhere (verify_password).
// Refuses plaintext mechanisms on an open line unless the policy says otherwise (§4): with 504, as §4 wants
// for a mechanism that "requires an encryption layer"; 538 is historical (§6), and nothing was advertised.
#include "reference/message/base64.hpp"
#include "reference/smtp/machine.hpp"

#include <fmt/format.h>

namespace refmail::smtp {

bool session::machine::auth_is_usable() const {
    return policy_.offer_auth && (facts_.tls || policy_.allow_plaintext_auth);
}

void session::machine::auth_failed(int code, std::string_view enhanced, std::string_view text) {
    mechanism_.reset();
    state_ = state::command; // RFC 4954 §4: the client may go on, or try again
    reply(code, enhanced, text);
}

void session::machine::do_auth(std::string_view arguments) {
    if (!policy_.offer_auth) return reply(502, "5.5.1", "AUTH is not provided here");
    // RFC 4954 §4: once in a session, and not inside a transaction.
    if (!user_.empty()) return reply(503, "5.5.1", "AUTH: already authenticated");
    if (transaction_) return reply(503, "5.5.1", "AUTH: not inside a transaction");
    if (greeting_ != greeting::ehlo && greeting_ != greeting::lhlo) {
        return reply(503, "5.5.1", "AUTH: send EHLO first");
    }
    const auto name = arguments.substr(0, arguments.find(' '));
    arguments.remove_prefix(name.size());
    if (arguments.starts_with(' ')) arguments.remove_prefix(1);
    if (name.empty() || arguments.find(' ') != std::string_view::npos) {
        return reply(501, "5.5.4", "Syntax: AUTH mechanism [initial-response]");
    }
    mechanism_ = sasl::make_mechanism(name);
    if (!mechanism_) return reply(504, "5.5.4", "AUTH: mechanism not known here");
    if (!auth_is_usable()) {
        return auth_failed(504, "5.5.4", "AUTH: this mechanism requires encryption, issue STARTTLS first");
    }
    if (arguments.empty()) return take_step(mechanism_->start(std::nullopt));
    // RFC 4954 §4: "=" is an initial response of zero length.
    auto initial = arguments == "=" ? std::string() : message::decode_base64(arguments);
    if (!initial) return auth_failed(501, "5.5.2", "AUTH: the initial response is not valid base64");
    take_step(mechanism_->start(*initial));
}

void session::machine::take_step(const sasl::step& s) {
    if (const auto* c = std::get_if<sasl::challenge>(&s)) {
        state_ = state::auth_exchange;
        // RFC 4954 §4: nothing but the challenge behind "334 ", which keeps its blank if it is empty.
        return write_reply(replies(), 334, "", message::encode_base64(c->octets));
    }
    if (const auto* c = std::get_if<sasl::credentials>(&s)) {
        state_ = state::awaiting_password;
        actions_.push_back(verify_password{std::string(mechanism_->name()), c->user, c->password});
        return;
    }
    actions_.push_back(note{"AUTH failed: " + std::get<sasl::failure>(s).why});
    ++auth_failures_;
    auth_failed(535, "5.7.8", "Authentication credentials invalid");
}

void session::machine::auth_response(std::string_view line, std::size_t size) {
    // RFC 4954 §4: 500 5.5.6 beyond the buffer, which has to do with SASL and not with command lines.
    if (size > policy_.limits.auth_line) {
        return auth_failed(500, "5.5.6",
                           fmt::format("Authentication exchange line is too long: at most {} octets",
                                       policy_.limits.auth_line));
    }
    if (line == "*") return auth_failed(501, "5.7.0", "Authentication cancelled");
    auto response = message::decode_base64(line);
    if (!response) return auth_failed(501, "5.5.2", "AUTH: the response is not valid base64");
    take_step(mechanism_->respond(*response));
}

void session::machine::password_checked(password_verdict verdict, std::string user, message::timestamp now) {
    now_ = now;
    if (state_ != state::awaiting_password) return;
    // RFC 4954 §6 has these pairs.
    switch (verdict) {
    case password_verdict::good:
        user_ = std::move(user);
        mechanism_.reset();
        state_ = state::command;
        reply(235, "2.7.0", "Authentication succeeded");
        break;
    case password_verdict::bad:
        ++auth_failures_;
        auth_failed(535, "5.7.8", "Authentication credentials invalid"); // never which of the two
        break;
    case password_verdict::unavailable: auth_failed(454, "4.7.0", "Temporary authentication failure"); break;
    case password_verdict::mechanism_weak:
        auth_failed(534, "5.7.9", "Authentication mechanism is too weak");
        break;
    case password_verdict::needs_transition:
        auth_failed(432, "4.7.12", "A password transition is needed");
        break;
    }
    if (shutting_down_) return shut_down();
    go_on();
}

} // namespace refmail::smtp
