// EHLO, HELO and, in LMTP, LHLO: RFC 5321 §4.1.1.1 and §4.1.4, RFC 2033 §4.1. Their replies carry no enhanced
// status codes (RFC 2034 §4). A refused greeting changes nothing; an accepted one resets the transaction.
// Refuses names that the grammar refuses, never for what the name says (§4.1.4 forbids that).
#include "reference/message/path.hpp"
#include "reference/smtp/machine.hpp"

#include <fmt/format.h>

namespace refmail::smtp {

namespace {

// Domain, or an address literal. §4.1.1.1: "probably wise" to be prepared for a comment behind a literal.
message::parsed<std::string> parse_client_name(std::string_view argument, const limits& l) {
    if (!argument.starts_with('[')) return message::parse_domain(argument, l.address);
    return message::parse_address_literal(argument.substr(0, argument.find(' ')));
}

} // namespace

void session::machine::list_extensions(std::vector<std::string>& lines) const {
    lines.emplace_back("PIPELINING");                                     // RFC 2920
    lines.push_back(fmt::format("SIZE {}", policy_.limits.message_size)); // RFC 1870
    lines.emplace_back("8BITMIME");                                       // RFC 6152
    lines.emplace_back("ENHANCEDSTATUSCODES");                            // RFC 2034
    const auto offered = in_effect();
    if (offered.dsn) lines.emplace_back("DSN");               // RFC 3461
    if (offered.smtputf8) lines.emplace_back("SMTPUTF8");     // RFC 6531
    if (offered.chunking) lines.emplace_back("CHUNKING");     // RFC 3030
    if (offered.binarymime) lines.emplace_back("BINARYMIME"); // RFC 3030 §3 (3): only with CHUNKING
    if (offered.requiretls) lines.emplace_back("REQUIRETLS"); // RFC 8689 §2: inside TLS
    // RFC 5321 §3.5.2: EXPN MUST be listed where it is supported, VRFY may.
    if (policy_.allow_vrfy) lines.emplace_back("VRFY");
    if (policy_.allow_expn) lines.emplace_back("EXPN");
    lines.emplace_back("HELP");
    // RFC 3207 §4.2: never inside TLS.
    if (policy_.offer_tls && !facts_.tls) lines.emplace_back("STARTTLS");
    // RFC 4954 §6: mechanisms that would be refused for lack of encryption are not advertised.
    if (auth_is_usable()) {
        std::string line = "AUTH";
        for (auto name : sasl::mechanism_names())
            line.append(" ").append(name);
        lines.push_back(std::move(line));
    }
}

void session::machine::do_helo(const command_line& c) {
    const bool lmtp = policy_.role == role::lmtp;
    // RFC 2033 §4.1: LMTP has neither HELO nor EHLO, 500 is recommended; SMTP has no LHLO.
    if (lmtp != (c.verb == verb::lhlo))
        return reply(500, "",
                     lmtp ? "Command not recognized: this is LMTP" : "Command not recognized: this is SMTP");
    auto name = parse_client_name(c.arguments, policy_.limits);
    if (!name) {
        return reply(501, "", fmt::format("Syntax: {} domain or [address]: {}", c.name, name.error().what));
    }
    end_transaction(); // RFC 5321 §4.1.4: exactly as if a RSET had been issued
    helo_ = std::move(*name);
    if (c.verb == verb::helo) {
        greeting_ = greeting::helo;
        return reply(250, "", policy_.host_name);
    }
    greeting_ = lmtp ? greeting::lhlo : greeting::ehlo;
    std::vector<std::string> lines{fmt::format("{} greets {}", policy_.host_name, helo_)};
    list_extensions(lines);
    reply(250, "", lines);
}

} // namespace refmail::smtp
