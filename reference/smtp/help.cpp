// HELP: RFC 5321 §4.1.1.8. Without argument what there is, with one how to write it; 504 for what we do not
// have (§4.3.2). Tells no more about the server than EHLO does.
#include "reference/message/mailbox.hpp"
#include "reference/smtp/machine.hpp"

#include <array>

namespace refmail::smtp {

namespace {

struct entry {
    std::string_view verb;
    std::string_view syntax;
};

constexpr std::array<entry, 14> entries{{
    {"EHLO", "EHLO domain or [address]"},
    {"HELO", "HELO domain"},
    {"LHLO", "LHLO domain or [address] (LMTP only)"},
    {"MAIL", "MAIL FROM:<address> [SIZE=n] [BODY=7BIT|8BITMIME] [AUTH=mailbox]"},
    {"RCPT", "RCPT TO:<address>"},
    {"DATA", "DATA, then the message, then a line with a single dot"},
    {"RSET", "RSET: forget the transaction"},
    {"NOOP", "NOOP: do nothing"},
    {"QUIT", "QUIT: end the session"},
    {"VRFY", "VRFY name or address: does it exist?"},
    {"EXPN", "EXPN list: who is on it?"},
    {"HELP", "HELP [command]"},
    {"STARTTLS", "STARTTLS: go on under TLS"},
    {"AUTH", "AUTH PLAIN|LOGIN [initial-response]"},
}};

} // namespace

void session::machine::do_help(std::string_view arguments) {
    if (arguments.empty()) {
        const std::vector<std::string> lines{
            "Commands: EHLO HELO LHLO MAIL RCPT DATA RSET NOOP QUIT",
            "VRFY EXPN HELP STARTTLS AUTH",
            "HELP command tells more about one of them",
        };
        return reply(214, "2.0.0", lines);
    }
    for (const auto& e : entries) {
        if (message::equals_ignoring_case(arguments, e.verb)) return reply(214, "2.0.0", e.syntax);
    }
    reply(504, "5.5.4", "HELP: no help on that");
}

} // namespace refmail::smtp
