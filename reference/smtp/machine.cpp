// From octets to commands, and from commands to the functions that do them. RFC 5321 §2.3.8 (lines),
// §4.1.1 (commands), §4.5.3.1.4 (their length), §4.2.4 (500 and 502); RFC 2920 §3.2 (groups).
// Refuses bare CR and LF, 8-bit and control octets in commands; skips an overlong line to its true end.
#include "reference/smtp/machine.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace refmail::smtp {

namespace {

// A client that pipelines and reads nothing must not make us keep its replies: past this they are sent
// before the next command is looked at.
constexpr std::size_t most_unsent = 64 * 1024;

// RFC 5321 §4.5.3.1.4: extensions lengthen particular commands.
std::size_t longest_command(verb v, const policy& p) {
    constexpr std::size_t size_parameter = 26;       // RFC 1870 §3
    constexpr std::size_t body_parameter = 16;       // RFC 3030 §3 (8), RFC 6152 §2
    constexpr std::size_t auth_parameter = 500;      // RFC 4954 §3
    constexpr std::size_t dsn_on_mail = 107 + 13;    // RFC 3461 §5.4: " ENVID=" with 100, " RET=" with 8
    constexpr std::size_t dsn_on_rcpt = 507 + 36;    // " ORCPT=" with 500, " NOTIFY=" with 28
    constexpr std::size_t smtputf8_parameter = 10;   // RFC 6531 §3.1 (5)
    constexpr std::size_t requiretls_parameter = 11; // RFC 8689 §2 (5)
    const auto base = p.limits.command_line;
    switch (v) {
    // RFC 3461 §5.4: long enough for any combination of parameters.
    case verb::mail:
        return base + size_parameter + body_parameter + (p.offer_auth ? auth_parameter : 0) +
               (p.offer_dsn ? dsn_on_mail : 0) + (p.offer_smtputf8 ? smtputf8_parameter : 0) +
               (p.offer_requiretls ? requiretls_parameter : 0);
    case verb::rcpt: return base + (p.offer_dsn ? dsn_on_rcpt : 0);
    // RFC 4954 §4 keeps the client to 512, yet PLAIN may need more: three fields of 255 octets.
    case verb::auth: return std::max(p.limits.command_line, p.limits.auth_line);
    default: return p.limits.command_line;
    }
}

} // namespace

session::machine::machine(const policy& p, const directory& d, session_facts facts, message::timestamp now)
    : policy_(p)
    , directory_(d)
    , facts_(std::move(facts))
    , now_(now) {
    // RFC 5321 §4.2: the greeting begins with our domain; RFC 2034 §4: and has no enhanced code.
    if (policy_.refuse_service.empty())
        write_reply(replies(), 220, "",
                    policy_.host_name + (policy_.role == role::lmtp ? " LMTP refmaild" : " ESMTP refmaild"));
    else
        write_reply(replies(), 554, "",
                    policy_.host_name + " No mail service here: " + policy_.refuse_service);
}

void session::machine::receive(std::string_view octets, message::timestamp now) {
    now_ = now;
    if (state_ == state::closed) return;
    if (state_ == state::awaiting_tls) {
        // RFC 3207 §4.2: nothing that came in the clear may count after the handshake.
        actions_.push_back(note{"plaintext between STARTTLS and the handshake dropped"});
        return;
    }
    if (input_.empty() && wants_input()) {
        octets.remove_prefix(consume(octets));
        if (state_ != state::awaiting_tls && state_ != state::closed) input_ = octets;
        return;
    }
    input_ += octets;
    go_on();
}

bool session::machine::has_much_to_say() const {
    const auto* last = actions_.empty() ? nullptr : std::get_if<send>(&actions_.back());
    return last && last->octets.size() >= most_unsent;
}

// Goes on with what is kept, as far as that goes.
void session::machine::go_on() {
    std::string kept;
    kept.swap(input_); // commands may clear input_ while we look at it
    const auto used = consume(kept);
    if (state_ == state::awaiting_tls || state_ == state::closed) return;
    kept.erase(0, used);
    input_ = std::move(kept);
}

// How many octets were used up.
std::size_t session::machine::consume(std::string_view in) {
    const auto all = in.size();
    bool progress = true;
    while (progress && wants_input() && !has_much_to_say()) {
        progress = state_ == state::data    ? take_content(in)
                   : state_ == state::chunk ? take_chunk(in)
                                            : take_line(in);
    }
    if (state_ == state::awaiting_tls && !in.empty()) {
        // RFC 3207 §4: STARTTLS is the last command of its group. What stands behind it was put there by
        // somebody in the middle; it has no effect.
        actions_.push_back(note{fmt::format("{} octets pipelined behind STARTTLS dropped", in.size())});
    }
    return all - in.size();
}

bool session::machine::take_line(std::string_view& in) {
    auto lf = in.find('\n');
    // RFC 5321 §2.3.8: only CRLF ends a line.
    while (lf != std::string_view::npos && (lf == 0 || in[lf - 1] != '\r'))
        lf = in.find('\n', lf + 1);
    const auto most = std::max(policy_.limits.auth_line, policy_.limits.command_line + 1200);
    if (lf == std::string_view::npos) {
        if (in.size() > most) {
            // We cannot keep more than that, so we skip to the line's end to stay in step.
            skipping_line_ = true;
            in.remove_prefix(in.size() - (in.ends_with('\r') ? 1 : 0));
        }
        return false;
    }
    const auto line = in.substr(0, lf - 1);
    in.remove_prefix(lf + 1);
    // However the octets came in pieces, the answer is the same.
    const auto size = skipping_line_ || lf + 1 > most ? std::string_view::npos : lf + 1;
    skipping_line_ = false;
    handle_line(line, size);
    return true;
}

// `size` counts the CRLF; npos: more than was kept.
void session::machine::handle_line(std::string_view line, std::size_t size) {
    if (state_ == state::auth_exchange)
        auth_response(line, size);
    else
        handle_command(line, size);
    // RFC 5321 §3.8: 421 before closing, once a running transaction is over.
    if (shutting_down_ && state_ == state::command && !transaction_) {
        say_goodbye(421, "4.3.2", policy_.host_name + " Service closing transmission channel: shutting down");
    }
}

bool session::machine::has_worn_out_its_welcome() {
    const auto& l = policy_.limits;
    if (auth_failures_ >= l.auth_failures) {
        // RFC 4954 §9: after several failures, and no fewer than three.
        say_goodbye(421, "4.7.0",
                    policy_.host_name + " Too many failed logins, closing transmission channel");
    } else if (errors_ >= l.errors) {
        say_goodbye(421, "4.7.0", policy_.host_name + " Too many errors, closing transmission channel");
    } else if (++commands_ > l.commands) {
        say_goodbye(421, "4.7.0", policy_.host_name + " Too many commands, closing transmission channel");
    }
    return state_ == state::closed;
}

void session::machine::handle_command(std::string_view line, std::size_t size) {
    if (has_worn_out_its_welcome()) return;
    // RFC 5321 §4.1.1: white space before the CRLF is tolerated.
    while (line.ends_with(' ') || line.ends_with('\t'))
        line.remove_suffix(1);
    if (size == std::string_view::npos) return reply(500, "5.5.2", "Line too long");
    const auto command = split_command(line);
    const auto longest = longest_command(command.verb, policy_);
    if (size > longest) {
        return reply(500, "5.5.2", fmt::format("Line too long: at most {} octets", longest));
    }
    const auto fault = check_octets(line);
    // RFC 5321 §2.4: octets above 127 are refused, normally with 500, unless an extension permits them;
    // RFC 6531 §3.2 does, wherever a mailbox can stand.
    const bool has_mailbox = command.verb == verb::mail || command.verb == verb::rcpt ||
                             command.verb == verb::vrfy || command.verb == verb::expn;
    if (fault == octet_fault::not_utf8 ||
        (fault == octet_fault::beyond_ascii && !(has_mailbox && in_effect().smtputf8)))
        return reply(500, "5.5.2", "Command with octets above 127");
    if (command.verb == verb::unknown) return reply(500, "5.5.1", "Command not recognized");
    // RFC 5321 §4.1.2: invalid character codes in a command that has no other fault get 501.
    switch (fault) {
    case octet_fault::bare_cr: return reply(501, "5.5.2", "Bare CR in a command");
    case octet_fault::bare_lf: return reply(501, "5.5.2", "Bare LF in a command");
    case octet_fault::control: return reply(501, "5.5.2", "Control character in a command");
    default: break;
    }
    execute(command);
}

void session::machine::execute(const command_line& c) {
    // RFC 5321 §3.1: who was greeted with 554 is waited for until QUIT.
    if (!policy_.refuse_service.empty() && c.verb != verb::quit)
        return reply(503, "5.5.1", "Bad sequence of commands: there is no mail service here, send QUIT");
    switch (c.verb) {
    case verb::ehlo:
    case verb::helo:
    case verb::lhlo: return do_helo(c);
    case verb::mail: return do_mail(c.arguments);
    case verb::rcpt: return do_rcpt(c.arguments);
    case verb::data: return do_data(c.arguments);
    case verb::bdat: return do_bdat(c.arguments);
    case verb::rset: return do_rset(c.arguments);
    // RFC 5321 §4.1.1.9: a parameter string is ignored.
    case verb::noop: return reply(250, "2.0.0", "OK");
    case verb::quit: return do_quit(c.arguments);
    case verb::vrfy: return do_vrfy(c.arguments);
    case verb::expn: return do_expn(c.arguments);
    case verb::help: return do_help(c.arguments);
    case verb::starttls: return do_starttls(c.arguments);
    case verb::auth: return do_auth(c.arguments);
    // RFC 5321 §4.2.4: recognised but not implemented. TURN without authentication would hand out other
    // people's mail (Appendix F.1).
    case verb::not_provided: return reply(502, "5.5.1", std::string(c.name) + " is not provided here");
    case verb::unknown: break;
    }
    reply(500, "5.5.1", "Command not recognized");
}

void session::machine::do_rset(std::string_view arguments) {
    // RFC 5321 §4.3.2: RSET, DATA and QUIT take no argument: 501.
    if (!arguments.empty()) return reply(501, "5.5.4", "RSET takes no argument");
    end_transaction();
    reply(250, "2.0.0", "Reset OK");
}

void session::machine::do_quit(std::string_view arguments) {
    if (!arguments.empty()) return reply(501, "5.5.4", "QUIT takes no argument");
    say_goodbye(221, "2.0.0", policy_.host_name + " Service closing transmission channel");
}

// RFC 4954 §6, RFC 3207 §4: 530 where login is required first. True: refused.
bool session::machine::refuse_before_auth() {
    const auto refused = needs_login();
    if (refused) reply(*refused);
    return refused.has_value();
}

std::optional<refusal> session::machine::needs_login() const {
    if (policy_.role != role::submission || !user_.empty()) return std::nullopt;
    if (!facts_.tls && !policy_.allow_plaintext_auth)
        return refusal{530, "5.7.0", "Must issue a STARTTLS command first"};
    return refusal{530, "5.7.0", "Authentication required"};
}

// What the client was, or would be, told of in reply to EHLO. HELO brings no extension: RFC 5321 §2.2.1;
// those that only add parameters are taken all the same, for there is no harm in them.
extensions session::machine::in_effect() const {
    extensions e;
    e.auth = policy_.offer_auth;
    e.dsn = policy_.offer_dsn;
    e.smtputf8 = policy_.offer_smtputf8 && (greeting_ == greeting::ehlo || greeting_ == greeting::lhlo);
    e.chunking = policy_.offer_chunking;
    e.binarymime = policy_.offer_binarymime && policy_.offer_chunking;
    e.requiretls = policy_.offer_requiretls && facts_.tls;
    return e;
}

} // namespace refmail::smtp
