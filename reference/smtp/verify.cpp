// VRFY and EXPN: RFC 5321 §3.5, §7.3; with the parameter SMTPUTF8, RFC 6531 §3.7.4.2. 250 only for what
// really exists; 252 where it cannot or must not be told. Takes a name, a quoted name, an address, or an
// address in angle brackets. Touches no transaction.
#include "reference/message/utf8.hpp"
#include "reference/smtp/machine.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace refmail::smtp {

namespace {

// §3.5.1, §3.5.2: "User Name <local-part@domain>", one on each line, in angle brackets. The name MAY be left
// out (RFC 6531 §3.7.4.2), and is where the client cannot show it.
std::string show(const std::string& full_name, const message::mailbox& address, reply_text allowed) {
    const bool named = !full_name.empty() && (allowed == reply_text::utf8 || message::is_ascii(full_name));
    return fmt::format("{}{}<{}>", named ? full_name : "", named ? " " : "", address.to_string());
}

std::vector<std::string> show_all(const std::vector<destination>& found, reply_text allowed) {
    std::vector<std::string> lines;
    for (const auto& d : found)
        lines.push_back(show(d.full_name, d.address, allowed));
    return lines;
}

// The parameter behind the name, taken off.
std::expected<reply_text, refusal> take_parameter(std::string_view& arguments) {
    const auto blank = arguments.rfind(' ');
    if (blank == std::string_view::npos) return reply_text::ascii;
    const auto word = arguments.substr(blank + 1);
    if (!message::equals_ignoring_case(word.substr(0, word.find('=')), "SMTPUTF8")) return reply_text::ascii;
    // RFC 6531 §3.7.4.2: it does not accept a value.
    if (word.find('=') != std::string_view::npos)
        return std::unexpected(refusal{501, "5.5.4", "Parameter SMTPUTF8 takes no value"});
    arguments = arguments.substr(0, blank);
    return reply_text::utf8;
}

} // namespace

// RFC 6531 §3.7.4.2: a mailbox beyond ASCII is shown to those who asked for that; others get 252 and X.6.8.
void session::machine::show_mailboxes(int code, std::string_view enhanced, std::span<const std::string> lines,
                                      reply_text allowed) {
    if (allowed == reply_text::utf8 || std::ranges::all_of(lines, message::is_ascii))
        return reply(code, enhanced, lines, allowed);
    reply(252, "2.6.8", "The mailbox name is beyond ASCII: ask with the parameter SMTPUTF8");
}

// Nothing: the argument is neither a name nor an address.
std::optional<resolution> session::machine::look_up(std::string_view name) {
    const auto allowed = in_effect().smtputf8 ? message::characters::utf8 : message::characters::ascii;
    if (name.size() > 2 && name.starts_with('<') && name.ends_with('>'))
        name = name.substr(1, name.size() - 2);
    if (auto address = message::parse_mailbox(name, policy_.limits.address, allowed))
        return directory_.resolve(*address);
    auto text = message::parse_string(name, allowed);
    if (text && message::is_postmaster(*text)) return directory_.resolve({*text, {}});
    if (text) return directory_.find(*text);
    return std::nullopt;
}

void session::machine::do_vrfy(std::string_view arguments) {
    if (refuse_before_auth()) return;
    // RFC 5321 §7.3: switched off for security it MUST be 252, never a lie.
    if (!policy_.allow_vrfy)
        return reply(252, "2.0.0", "Cannot VRFY user, but will accept message and attempt delivery");
    const auto allowed = in_effect().smtputf8 ? take_parameter(arguments) : reply_text::ascii;
    if (!allowed) return reply(allowed.error());
    auto found = look_up(arguments);
    if (!found) return reply(501, "5.5.4", "Syntax: VRFY name or VRFY address");
    switch (found->kind) {
    case resolution::kind::mailbox: {
        const auto name = found->destinations.empty() ? std::string() : found->destinations.front().full_name;
        const std::string line = show(name, found->address, *allowed);
        return show_mailboxes(250, "2.1.5", {&line, 1}, *allowed);
    }
    case resolution::kind::alias:
    case resolution::kind::list: { // §3.5.1: mail to it reaches everyone on it
        const std::string line = show({}, found->address, *allowed);
        return show_mailboxes(250, "2.1.5", {&line, 1}, *allowed);
    }
    case resolution::kind::ambiguous: {
        auto lines = show_all(found->destinations, *allowed);
        lines.insert(lines.begin(), "Ambiguous; possibilities are");
        return show_mailboxes(553, "5.1.4", lines, *allowed);
    }
    case resolution::kind::unknown: return reply(550, "5.1.1", "No such user here");
    case resolution::kind::foreign:
        // §3.5.3: as thoroughly as RCPT; where RCPT would relay, 252.
        if (policy_.role != role::submission)
            return reply(550, "5.7.1", "User not local, and relaying denied");
        [[fallthrough]];
    case resolution::kind::unavailable: break;
    }
    reply(252, "2.0.0", "Cannot VRFY user, but will accept message and attempt delivery");
}

void session::machine::do_expn(std::string_view arguments) {
    if (refuse_before_auth()) return;
    if (!policy_.allow_expn)
        return reply(252, "2.0.0", "Cannot EXPN list, but will accept message and attempt delivery");
    const auto allowed = in_effect().smtputf8 ? take_parameter(arguments) : reply_text::ascii;
    if (!allowed) return reply(allowed.error());
    auto found = look_up(arguments);
    if (!found) return reply(501, "5.5.4", "Syntax: EXPN list");
    switch (found->kind) {
    case resolution::kind::alias: // §3.5.1: the distinction is "a bit fuzzy"
    case resolution::kind::list: {
        if (found->destinations.empty()) return reply(550, "5.2.4", "The list has no members");
        return show_mailboxes(250, "2.1.5", show_all(found->destinations, *allowed), *allowed);
    }
    case resolution::kind::mailbox:
    case resolution::kind::ambiguous: return reply(550, "5.2.4", "That is a user name, not a mailing list");
    case resolution::kind::unknown: return reply(550, "5.1.1", "No such mailing list here");
    case resolution::kind::foreign: return reply(550, "5.7.1", "The list is not local");
    case resolution::kind::unavailable: break;
    }
    reply(252, "2.0.0", "Cannot EXPN list now, but will accept message and attempt delivery");
}

} // namespace refmail::smtp
