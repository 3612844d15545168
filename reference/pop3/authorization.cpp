// Who is there: USER and PASS, APOP, STLS, and the login itself. RFC 1939 §4 and §7, RFC 2595 §4, RFC 6856
// §2. Refuses passwords on an open line unless the policy allows them (RFC 2595 §2.3). AUTH is in auth.cpp.
#include "reference/pop3/machine.hpp"
#include "reference/sasl/prepare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace refmail::pop3 {

bool session::machine::user_is_usable() const {
    return plaintext_is_usable() && policy_.apop != apop::instead_of_password;
}

void session::machine::do_user(std::string_view name) {
    if (policy_.apop == apop::instead_of_password) return err("USER is not provided here, use APOP or AUTH");
    if (!plaintext_is_usable()) return err("no passwords on an open line, issue STLS first");
    if (name.empty() || name.find(' ') != std::string_view::npos) return err("syntax: USER name");
    // RFC 6856 §2.2: prepared, and refused where that is impossible.
    const auto prepared = sasl::prepare(name);
    if (!prepared || prepared->empty()) return err("SASLprep does not allow that name");
    named_ = *prepared;
    // RFC 1939 §7: also where no such mailbox is. Who tries names learns nothing (§13).
    ok("now the password");
}

void session::machine::do_pass(std::string_view password) {
    const auto name = std::exchange(named_, std::nullopt);
    // RFC 1939 §7: immediately after a successful USER.
    if (!name) return err("send USER first");
    if (password.empty()) return err("syntax: PASS password");
    const auto prepared = sasl::prepare(password);
    if (!prepared || prepared->empty()) return login_failed("SASLprep does not allow that password");
    actions_.push_back(verify_password{"USER", *name, *prepared});
    awaited_ = awaited::password;
}

void session::machine::do_apop(std::string_view arguments) {
    if (policy_.apop == apop::off) return err("APOP is not provided here");
    const auto blank = std::min(arguments.find(' '), arguments.size());
    const auto name = arguments.substr(0, blank);
    const auto digest = arguments.substr(std::min(blank + 1, arguments.size()));
    // RFC 1939 §7: 16 octets as lower case hexadecimal.
    const bool is_digest = digest.size() == 32 && std::ranges::all_of(digest, [](char c) {
                               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                           });
    if (name.empty() || !is_digest)
        return err("syntax: APOP name digest, the digest in 32 lower case hexadecimal digits");
    const auto prepared = sasl::prepare(name);
    if (!prepared || prepared->empty()) return login_failed("SASLprep does not allow that name");
    actions_.push_back(verify_digest{*prepared, timestamp_, std::string(digest)});
    awaited_ = awaited::password;
}

// RFC 3206 §5: [AUTH] is for credentials, and for nothing else.
void session::machine::login_failed(std::string_view text) {
    ++auth_failures_;
    mechanism_.reset();
    state_ = state::authorization;
    err(fmt::format("[AUTH] {}", text));
}

void session::machine::password_checked(password_verdict verdict, std::shared_ptr<mailbox::account> who) {
    if (awaited_ != awaited::password) return;
    awaited_ = awaited::nothing;
    mechanism_.reset();
    state_ = state::authorization;
    switch (verdict) {
    case password_verdict::good:
        account_ = std::move(who);
        if (account_)
            awaited_ = awaited::login;
        else
            err("[SYS/TEMP] the mailbox cannot be opened now");
        break;
    case password_verdict::bad: login_failed("user or password is wrong"); break; // never which
    case password_verdict::unavailable: err("[SYS/TEMP] passwords cannot be checked now"); break;
    case password_verdict::too_soon:
        err(fmt::format("[LOGIN-DELAY] at least {} seconds between two logins", policy_.login_delay));
        break;
    }
    go_on();
}

// On a worker thread. RFC 1939 §4: right credentials and no lock is -ERR, and one may try again.
void session::machine::open_maildrop() {
    awaited_ = awaited::nothing;
    const auto who = std::exchange(account_, nullptr);
    auto opened = maildrop::open(*who);
    if (!opened)
        return err(opened.error(), opened.error().kind == mailbox::trouble::kind::in_use
                                       ? "another session has the mailbox"
                                       : "the mailbox cannot be opened");
    maildrop_ = std::move(*opened);
    account_ = who;
    user_ = who->user();
    state_ = state::transaction;
    ok(fmt::format("{} messages, {} octets", maildrop_->count(), maildrop_->octets()));
}

void session::machine::do_stls(std::string_view arguments) {
    if (!policy_.offer_tls) return err("STLS is not provided here");
    if (!arguments.empty()) return err("STLS takes no argument");
    if (facts_.tls) return err("TLS is active already"); // RFC 2595 §4
    if (utf8_) return err("not after UTF8");             // RFC 6856 §2.1
    if (!policy_.tls_ready) return err("[SYS/TEMP] TLS is not available now");
    ok("begin TLS");
    // RFC 2595 §4: a client waits for the answer. What is there already was perhaps put in by somebody in
    // the middle; it has no effect.
    if (!input_.empty())
        actions_.push_back(note{fmt::format("{} octets pipelined behind STLS dropped", input_.size())});
    input_ = {};
    actions_.push_back(start_tls{});
    awaited_ = awaited::tls;
}

void session::machine::tls_started() {
    if (awaited_ != awaited::tls) return;
    awaited_ = awaited::nothing;
    facts_.tls = true;
    input_ = {};
    go_on();
}

void session::machine::tls_failed() {
    if (awaited_ != awaited::tls) return;
    say_goodbye(); // the stream is in no known state: nothing can be said on it (RFC 2595 §2.5)
}

void session::machine::do_utf8(std::string_view arguments) {
    if (!arguments.empty()) return err("UTF8 takes no argument");
    utf8_ = true;
    ok("UTF-8 mode");
}

} // namespace refmail::pop3
