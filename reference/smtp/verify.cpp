// VRFY and EXPN: RFC 5321 §3.5, §7.3. 250 only for what really exists; 252 where it cannot or must not be
// told. Takes a name, a quoted name, an address, or an address in angle brackets. Touches no transaction.
#include "reference/smtp/machine.hpp"

#include <fmt/format.h>

namespace refmail::smtp {

namespace {

// §3.5.1, §3.5.2: "User Name <local-part@domain>", one on each line, in angle brackets.
std::string show(const std::string& full_name, const message::mailbox& address) {
    return fmt::format("{}{}<{}>", full_name, full_name.empty() ? "" : " ", address.to_string());
}

} // namespace

// Nothing: the argument is neither a name nor an address, and the reply is made.
std::optional<resolution> session::machine::look_up(std::string_view name) {
    if (name.size() > 2 && name.starts_with('<') && name.ends_with('>'))
        name = name.substr(1, name.size() - 2);
    if (auto address = message::parse_mailbox(name, policy_.limits.address))
        return directory_.resolve(*address);
    auto text = message::parse_string(name);
    if (text && message::is_postmaster(*text)) return directory_.resolve({*text, {}});
    if (text) return directory_.find(*text);
    return std::nullopt;
}

void session::machine::do_vrfy(std::string_view arguments) {
    if (refuse_before_auth()) return;
    // RFC 5321 §7.3: switched off for security it MUST be 252, never a lie.
    if (!policy_.allow_vrfy)
        return reply(252, "2.0.0", "Cannot VRFY user, but will accept message and attempt delivery");
    auto found = look_up(arguments);
    if (!found) return reply(501, "5.5.4", "Syntax: VRFY name or VRFY address");
    switch (found->kind) {
    case resolution::kind::mailbox: {
        const auto name = found->destinations.empty() ? std::string() : found->destinations.front().full_name;
        return reply(250, "2.1.5", show(name, found->address));
    }
    case resolution::kind::alias:
    case resolution::kind::list: // §3.5.1: mail to it reaches everyone on it
        return reply(250, "2.1.5", show({}, found->address));
    case resolution::kind::ambiguous: {
        std::vector<std::string> lines{"Ambiguous; possibilities are"};
        for (const auto& d : found->destinations)
            lines.push_back(show(d.full_name, d.address));
        return reply(553, "5.1.4", lines);
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
    auto found = look_up(arguments);
    if (!found) return reply(501, "5.5.4", "Syntax: EXPN list");
    switch (found->kind) {
    case resolution::kind::alias: // §3.5.1: the distinction is "a bit fuzzy"
    case resolution::kind::list: {
        if (found->destinations.empty()) return reply(550, "5.2.4", "The list has no members");
        std::vector<std::string> lines;
        for (const auto& d : found->destinations)
            lines.push_back(show(d.full_name, d.address));
        return reply(250, "2.1.5", lines);
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
