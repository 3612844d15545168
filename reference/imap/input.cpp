// From octets to commands, and to the lines of exchanges; which literals are let in. RFC 9051 §4.3, §5.5;
// RFC 7888 §4, §5; RFC 7889 (TOOBIG). A literal that is too large is refused before it is read: "+" is never
// sent for it.
#include "reference/imap/dispatch.hpp"
#include "reference/imap/machine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace refmail::imap {

namespace {

constexpr std::size_t longest_auth_line = 12'288; // as RFC 4954 §4 has it for SMTP
constexpr std::uint64_t literal_minus = 4096;     // RFC 7888 §5
constexpr std::uint64_t most_dropped = 1 << 20;   // of a literal that nobody wants, once logged in
constexpr int most_commands = 64;                 // in one work(): others wait for the thread

} // namespace

void machine::receive(std::string_view octets, message::timestamp now) {
    modes_.now = now;
    if (state_ == state::closed) return;
    if (state_ == state::awaiting_tls) {
        // RFC 9051 §6.2.1: nothing that came in the clear may count after the handshake.
        push(note{"plaintext between STARTTLS and the handshake dropped"});
        return;
    }
    input_ += octets;
    go_on(false);
}

// Goes on with what came, as far as that goes: until an answer is awaited, or there is enough to be sent.
void machine::go_on(bool may_block) {
    int commands = 0;
    while (state_ != state::closed && !out_.full()) {
        if (state_ == state::running) {
            if (!may_block || !carry_on() || ++commands == most_commands) return;
            if (shutting_down_) return shut_down();
        } else if (!wants_input() || !take_input()) {
            return;
        }
    }
}

// Uses up a command, a line or what there is; false when more must come.
bool machine::take_input() {
    if (state_ == state::auth_exchange || state_ == state::idle) {
        std::string line;
        if (!take_line(line, longest_auth_line)) return false;
        if (state_ == state::idle)
            idle_line(line);
        else
            auth_response(line);
        return true;
    }
    if (input_.empty()) return false;
    set_limits();
    std::string_view in = input_;
    const auto happened = assembly_.take(in);
    input_.erase(0, input_.size() - in.size());
    if (input_.empty()) input_.shrink_to_fit(); // an idle session holds nothing
    switch (happened) {
    case command_assembly::event::more: return false;
    case command_assembly::event::command: execute(assembly_.take_command()); break;
    case command_assembly::event::literal: consider_literal(); break;
    case command_assembly::event::dropped:
        tag_ = tag_of(assembly_.dropped_text());
        finish(assembly_.take_why_dropped());
        break;
    case command_assembly::event::hopeless:
        // RFC 7888 §4: the second choice.
        say_goodbye("TOOBIG", "A literal is too large to be read and dropped");
        break;
    }
    return true;
}

// A line of an exchange, without its CRLF. One that is too long becomes one that nothing can make sense of.
bool machine::take_line(std::string& line, std::size_t longest) {
    const auto end = input_.find("\r\n");
    if (end == std::string::npos) {
        if (input_.size() > longest) {
            skipping_line_ = true;
            input_.erase(0, input_.size() - (input_.ends_with('\r') ? 1 : 0));
        }
        return false;
    }
    line = skipping_line_ || end > longest ? "(too long)" : input_.substr(0, end);
    skipping_line_ = false;
    input_.erase(0, end + 2);
    return true;
}

void machine::set_limits() {
    const auto& l = policy_.limits;
    assembly_.longest = authenticated() ? l.command_line : l.before_login;
    assembly_.most_dropped = authenticated() ? most_dropped : l.before_login;
}

void machine::consider_literal() {
    const auto literal = assembly_.announced();
    auto refused = why_no_literal(literal);
    if (!refused) {
        assembly_.accept_literal();
        if (literal.synchronizing) out_.put("+ Ready for the literal\r\n");
        return;
    }
    tag_ = tag_of(assembly_.so_far().text);
    if (literal.synchronizing) {
        assembly_.abandon();
        return finish(std::move(*refused));
    }
    // RFC 7888 §4: it comes whether we want it or not. Read and dropped, or the end.
    if (literal.size > assembly_.most_dropped) return say_goodbye("TOOBIG", refused->text);
    assembly_.drop(std::move(*refused));
}

// Empty: let it come.
std::optional<completion> machine::why_no_literal(const announced_literal& l) {
    const auto& so_far = assembly_.so_far();
    const auto asked = look_up_command(so_far.text);
    if (!asked.entry) return completion::bad(asked.wrong);
    std::string why;
    if (!allowed(*asked.entry, why)) return completion::bad(why);
    if (!asked.entry->takes_literals)
        return completion::bad(fmt::format("{} has no place for a literal", asked.entry->name));
    if (l.size > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return completion::bad("The size of a literal is past 2^63-1"); // RFC 9051 §9: number64
    const bool appends = asked.entry->name == "APPEND";
    if (!l.synchronizing && !policy_.literal_plus && l.size > literal_minus)
        return completion::bad("A literal of more than 4096 octets must be synchronizing",
                               appends ? "TOOBIG" : "");
    // The first literal of APPEND may be the name of the mailbox.
    const bool is_message = appends && so_far.text.find(' ', asked.arguments + 1) != std::string::npos;
    if (is_message) {
        const auto& limits = policy_.limits;
        if (l.size > limits.message_size)
            return completion::no(
                fmt::format("A message is too large: at most {} octets", limits.message_size), "TOOBIG");
        // RFC 7889 §2: one message of the size that is announced is never too much.
        const auto most = std::max(limits.append_size, limits.message_size + limits.command_line);
        if (so_far.octets() + l.size > most || so_far.literals.size() >= limits.messages_at_once)
            return completion::no("Too much for one APPEND: send the messages one by one", "TOOBIG");
        return std::nullopt;
    }
    const auto& limits = policy_.limits;
    const auto most = authenticated() ? limits.literals : limits.before_login;
    if (l.size > most || so_far.octets() + l.size > most)
        return completion::bad(
            fmt::format("A literal is too large here: at most {} octets in a command", most), "TOOBIG");
    return std::nullopt;
}

} // namespace refmail::imap
