// AUTH towards a smarthost: RFC 4954 §4, with PLAIN (RFC 4616) and LOGIN. Both send the password itself, so
// it goes only to a host whose certificate was checked (RFC 4954 §14), unless the settings allow more.
// A login that fails is our configuration's fault: mail waits, it is not returned.
#include "reference/message/base64.hpp"
#include "reference/relay/machine.hpp"

#include <algorithm>

namespace refmail::relay {

void session::machine::cannot_log_in(outcome with) {
    with.what = outcome::what::deferred;
    if (!with.status.starts_with('4')) with.status = "4.7.8";
    with.host_at_fault = with.elsewhere = true;
    fail(failure::kind::refused, std::move(with), true);
}

void session::machine::log_in() {
    if (!verified_ && !settings_.plaintext_auth)
        return cannot_log_in(
            no_answer("4.7.0", "the password is not sent to a host that has not proved its name by TLS",
                      settings_.peer));
    const auto has = [this](const char* name) {
        return std::find(offered_.mechanisms.begin(), offered_.mechanisms.end(), name) !=
               offered_.mechanisms.end();
    };
    for (const char* name : {"PLAIN", "LOGIN"})
        if (has(name)) mechanisms_.push_back(name);
    if (!try_mechanism())
        cannot_log_in(
            no_answer("4.7.0", "the host offers neither AUTH PLAIN nor AUTH LOGIN", settings_.peer));
}

bool session::machine::try_mechanism() {
    constexpr std::size_t longest_command = 512; // RFC 4954 §4: the initial response must fit into it
    if (mechanisms_.empty()) return false;
    const auto name = mechanisms_.front();
    mechanisms_.pop_front();
    responses_.clear();
    std::string line = "AUTH " + name;
    if (name == "PLAIN") {
        const auto message = '\0' + settings_.user + '\0' + settings_.password; // RFC 4616 §2
        const auto response = message::encode_base64(message);
        if (line.size() + 1 + response.size() + 2 <= longest_command)
            line += " " + response;
        else
            responses_ = {response};
    } else
        responses_ = {message::encode_base64(settings_.user), message::encode_base64(settings_.password)};
    send_line(line + "\r\n", command::auth);
    return true;
}

void session::machine::on_auth(const reply& r) {
    if (r.intermediate()) {
        // RFC 4954 §4: what is no base64, or more than the mechanism has to say, is answered by "*".
        const bool sound = r.code == 334 && message::decode_base64(r.text(0)).has_value();
        if (!sound || responses_.empty()) {
            responses_.clear();
            return send_line("*\r\n", command::auth);
        }
        const auto response = responses_.front();
        responses_.pop_front();
        return send_line(response + "\r\n", command::auth);
    }
    if (r.positive()) {
        authenticated_ = true;
        state_ = state::ready;
        return;
    }
    // RFC 4954 §6: 504 unknown, 534 too weak, 432 needs a transition: another mechanism may do.
    const bool mechanism_at_fault = r.code == 504 || r.code == 534 || r.code == 432 || r.code == 501;
    if (mechanism_at_fault && try_mechanism()) return;
    auto refused = refusal(r, stage::auth, settings_.peer);
    refused.why = "the login of " + settings_.user + " was refused";
    cannot_log_in(std::move(refused));
}

} // namespace refmail::relay
