// A command line taken apart: the verb, and the rest as it came. RFC 5321 §2.4, §4.1.1.
// Knows the verbs of RFC 5321 and of the extensions, those we do not provide included: 502 for these, 500 for
// what nobody knows (§4.2.4). Refuses nothing itself.
#pragma once
#include <optional>
#include <string_view>

namespace refmail::smtp {

enum class verb {
    ehlo,
    helo,
    lhlo,
    mail,
    rcpt,
    data,
    bdat,
    rset,
    noop,
    quit,
    vrfy,
    expn,
    help,
    starttls,
    auth,
    not_provided, // TURN, SEND, SOML, SAML, ETRN, ATRN, BURL
    unknown,
};

struct command_line {
    smtp::verb verb = smtp::verb::unknown;
    std::string_view name;      // as sent
    std::string_view arguments; // behind one blank
};

command_line split_command(std::string_view line); // without CRLF and trailing blanks

// What is not, or not everywhere, acceptable in the octets of a command line: controls 501 (RFC 5321 §4.1.2),
// above 127 500 (§2.4). beyond_ascii: it is UTF-8, has no other fault, and some commands may hold that
// (RFC 6531); not_utf8: nobody may hold that.
enum class octet_fault { none, not_utf8, beyond_ascii, control, bare_cr, bare_lf };
octet_fault check_octets(std::string_view line);

// Takes `prefix` (letters in any case) off the front; false if it is not there.
bool take_prefix(std::string_view& text, std::string_view prefix);

} // namespace refmail::smtp
