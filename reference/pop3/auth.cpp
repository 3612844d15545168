// AUTH: RFC 5034, with the mechanisms of reference/sasl. Passwords are checked elsewhere (verify_password).
// Refuses plaintext mechanisms on an open line unless the policy allows them (§4).
#include "reference/message/base64.hpp"
#include "reference/pop3/machine.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace refmail::pop3 {

void session::machine::do_auth(std::string_view arguments) {
    if (arguments.empty()) {
        // No document has it (RFC 1734 wants a mechanism), yet old clients ask so for the list, as they ask
        // other servers. RFC 5034 §3: CAPA is the way.
        return err("syntax: AUTH mechanism [initial-response]; CAPA lists the mechanisms");
    }
    const auto blank = std::min(arguments.find(' '), arguments.size());
    const auto name = arguments.substr(0, blank);
    const auto initial = arguments.substr(std::min(blank + 1, arguments.size()));
    if (initial.find(' ') != std::string_view::npos) return err("syntax: AUTH mechanism [initial-response]");
    mechanism_ = sasl::make_mechanism(name);
    if (!mechanism_) return err("mechanism not known here");
    if (!plaintext_is_usable()) {
        mechanism_.reset();
        return err("no passwords on an open line, issue STLS first");
    }
    if (initial.empty()) return take_step(mechanism_->start(std::nullopt));
    // RFC 5034 §4: "=" is an initial response of zero length.
    const auto octets = initial == "=" ? std::string() : message::decode_base64(initial);
    if (!octets) {
        mechanism_.reset();
        return err("the initial response is not valid base64");
    }
    take_step(mechanism_->start(*octets));
}

void session::machine::take_step(const sasl::step& s) {
    if (const auto* c = std::get_if<sasl::challenge>(&s)) {
        state_ = state::exchange;
        // RFC 5034 §4: nothing but the challenge behind "+ ", which keeps its blank if it is empty.
        replies().append("+ ").append(message::encode_base64(c->octets)).append("\r\n");
        return;
    }
    if (const auto* c = std::get_if<sasl::credentials>(&s)) {
        actions_.push_back(verify_password{std::string(mechanism_->name()), c->user, c->password});
        awaited_ = awaited::password;
        return;
    }
    actions_.push_back(note{"AUTH failed: " + std::get<sasl::failure>(s).why});
    login_failed("user or password is wrong");
}

void session::machine::auth_response(std::string_view line, std::size_t size) {
    // RFC 5034 §4: after -ERR it is as if AUTH had never been sent.
    const auto refuse = [this](std::string_view why) {
        mechanism_.reset();
        state_ = state::authorization;
        err(why);
    };
    if (size > policy_.limits.auth_line)
        return refuse(fmt::format("line too long: at most {} octets", policy_.limits.auth_line));
    if (line == "*") return refuse("AUTH cancelled");
    const auto response = message::decode_base64(line);
    if (!response) return refuse("the response is not valid base64");
    take_step(mechanism_->respond(*response));
}

} // namespace refmail::pop3
