// Input, dispatch, and the order of answers: one command after the other, whatever was pipelined
// (RFC 2449 §6.6). RFC 1939 §3, RFC 2449 §3 and §4.
#include "reference/pop3/machine.hpp"

#include "reference/message/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace refmail::pop3 {
namespace {

// More than this is not made before it is asked for again.
constexpr std::size_t much_to_say = 64 * 1024;

std::string upper_case(std::string_view text) {
    std::string upper(text);
    std::ranges::transform(upper, upper.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return upper;
}

bool has_control(std::string_view line) {
    return std::ranges::any_of(line, [](char c) { return static_cast<unsigned char>(c) < 32 || c == 127; });
}

} // namespace

session::machine::machine(const policy& p, session_facts facts)
    : policy_(p)
    , facts_(std::move(facts)) {
    std::string greeting = policy_.host_name + " POP3 server ready";
    if (policy_.apop != apop::off) {
        // RFC 1939 §7: in the form of a msg-id, and another one in each greeting.
        timestamp_ = fmt::format("<{}@{}>", facts_.id, policy_.host_name);
        greeting += ' ' + timestamp_;
    }
    ok(greeting);
}

void session::machine::receive(std::string_view octets) {
    if (state_ == state::closed) return;
    input_ += octets;
    go_on();
}

std::optional<action> session::machine::next() {
    if (actions_.empty()) go_on();
    if (actions_.empty() && listing_) fill_listing();
    const bool needs_work = transfer_ || awaited_ == awaited::login || awaited_ == awaited::message ||
                            awaited_ == awaited::update;
    if (actions_.empty() && needs_work && !std::exchange(work_is_asked_, true))
        actions_.push_back(pop3::work{});
    if (actions_.empty()) return std::nullopt;
    auto out = std::move(actions_.front());
    actions_.pop_front();
    return out;
}

void session::machine::work() {
    if (!work_is_asked_) return;
    work_is_asked_ = false;
    if (transfer_) {
        if (transfer_->step(replies())) transfer_.reset();
        return;
    }
    switch (awaited_) {
    case awaited::login: return open_maildrop();
    case awaited::message: return open_message();
    case awaited::update: return update();
    default: return;
    }
}

void session::machine::go_on() {
    while (wants_input()) {
        if (shutting_down_) return shut_down();
        if (!actions_.empty() && std::holds_alternative<send>(actions_.back()) &&
            std::get<send>(actions_.back()).octets.size() > much_to_say)
            return;
        if (!take_line()) return;
    }
}

bool session::machine::take_line() {
    const auto lf = input_.find('\n');
    const auto most = std::max(policy_.limits.auth_line, policy_.limits.command_line);
    if (lf == std::string::npos) {
        if (input_.size() > most) {
            // We cannot keep more than that, so we skip to the line's end to stay in step.
            skipping_line_ = true;
            input_.erase(0, input_.size() - (input_.ends_with('\r') ? 1 : 0));
        }
        return false;
    }
    const bool ends_with_crlf = lf > 0 && input_[lf - 1] == '\r';
    const std::string line = input_.substr(0, ends_with_crlf ? lf - 1 : lf);
    input_.erase(0, lf + 1);
    const auto size = skipping_line_ || lf + 1 > most ? std::string::npos : lf + 1;
    skipping_line_ = false;
    if (input_.empty()) input_.shrink_to_fit(); // sessions sleep for long, and there are many
    if (ends_with_crlf)
        handle_line(line, size);
    else
        refuse_line();
    return true;
}

// RFC 1939 §3: only CRLF ends a command. What ends otherwise is not carried out, and no command can be hidden
// in it from somebody in the middle who reads lines by CRLF.
void session::machine::refuse_line() {
    named_.reset();
    mechanism_.reset();
    if (state_ == state::exchange) state_ = state::authorization;
    if (!has_worn_out_its_welcome()) err("lines end with CRLF");
}

// `size` counts the CRLF; npos: more than was kept.
void session::machine::handle_line(std::string_view line, std::size_t size) {
    if (state_ == state::exchange) return auth_response(line, size);
    if (has_worn_out_its_welcome()) return;
    const bool is_auth = upper_case(line.substr(0, 5)) == "AUTH ";
    const auto most = is_auth ? policy_.limits.auth_line : policy_.limits.command_line;
    if (size > most) {
        named_.reset();
        return err(fmt::format("line too long: at most {} octets", most));
    }
    handle_command(line);
}

bool session::machine::has_worn_out_its_welcome() {
    const auto& most = policy_.limits;
    const char* why = auth_failures_ >= most.auth_failures ? "too many failed logins"
                      : errors_ >= most.errors             ? "too many errors"
                      : ++commands_ > most.commands        ? "too many commands"
                                                           : nullptr;
    if (!why) return false;
    err(fmt::format("{}, closing the connection", why));
    say_goodbye();
    return true;
}

void session::machine::handle_command(std::string_view line) {
    const auto blank = std::min(line.find(' '), line.size());
    const auto verb = upper_case(line.substr(0, blank));
    auto arguments = line.substr(std::min(blank + 1, line.size()));
    // A password may end with a blank (RFC 1939 §7: PASS has exactly one argument); anywhere else it is
    // taken for a slip.
    if (verb != "PASS")
        while (arguments.ends_with(' '))
            arguments.remove_suffix(1);
    if (verb != "PASS") named_.reset(); // RFC 1939 §7: PASS comes immediately after USER, or not at all
    if (has_control(line)) return err("control character in a command");
    // RFC 1939 §3: printable ASCII. RFC 6856 §2.2: names and passwords may be UTF-8, before UTF8 as well.
    const bool takes_utf8 = policy_.offer_utf8 && (verb == "USER" || verb == "PASS" || verb == "APOP");
    if (!message::is_ascii(line) && !takes_utf8) return err("octets above 127 in a command");
    if (!message::is_utf8(line)) return err("this is not UTF-8");
    execute(verb, arguments);
}

void session::machine::execute(std::string_view verb, std::string_view arguments) {
    if (verb == "CAPA") return do_capa(arguments);
    if (verb == "QUIT") return do_quit(arguments);
    if (verb == "LANG" && policy_.offer_utf8) return do_lang(arguments);
    if (state_ == state::authorization)
        execute_authorization(verb, arguments);
    else
        execute_transaction(verb, arguments);
}

void session::machine::execute_authorization(std::string_view verb, std::string_view arguments) {
    if (verb == "USER") return do_user(arguments);
    if (verb == "PASS") return do_pass(arguments);
    if (verb == "APOP") return do_apop(arguments);
    if (verb == "AUTH") return do_auth(arguments);
    if (verb == "STLS") return do_stls(arguments);
    if (verb == "UTF8" && policy_.offer_utf8) return do_utf8(arguments);
    for (const auto known : {"STAT", "LIST", "UIDL", "RETR", "TOP", "DELE", "RSET", "NOOP"})
        if (verb == known) return err("log in first"); // RFC 1939 §3: in an incorrect state
    err("command not recognized");
}

void session::machine::execute_transaction(std::string_view verb, std::string_view arguments) {
    if (verb == "STAT") return do_stat(arguments);
    if (verb == "LIST") return do_list(arguments);
    if (verb == "UIDL") return do_uidl(arguments);
    if (verb == "RETR") return do_retr(arguments);
    if (verb == "TOP") return do_top(arguments);
    if (verb == "DELE") return do_dele(arguments);
    if (verb == "RSET") return do_rset(arguments);
    if (verb == "NOOP") return arguments.empty() ? ok("nothing done") : err("NOOP takes no argument");
    for (const auto known : {"USER", "PASS", "APOP", "AUTH", "STLS", "UTF8"})
        if (verb == known) return err("only before the login");
    err("command not recognized");
}

// RFC 1939 §4: in AUTHORIZATION nothing is updated.
void session::machine::do_quit(std::string_view arguments) {
    if (!arguments.empty()) return err("QUIT takes no argument");
    if (state_ == state::transaction) {
        awaited_ = awaited::update;
        return;
    }
    ok(policy_.host_name + " POP3 server signing off");
    say_goodbye();
}

} // namespace refmail::pop3
