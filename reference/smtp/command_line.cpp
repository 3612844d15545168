// Verbs, in any letter case (RFC 5321 §2.4), and the octets that a command may hold.
// One blank separates verb and arguments (§4.1.1). Allocates nothing.
#include "reference/smtp/command_line.hpp"

#include "reference/message/mailbox.hpp"
#include "reference/message/utf8.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace refmail::smtp {

namespace {

constexpr std::array<std::pair<std::string_view, verb>, 22> verbs{{
    {"EHLO", verb::ehlo},         {"HELO", verb::helo},         {"LHLO", verb::lhlo},
    {"MAIL", verb::mail},         {"RCPT", verb::rcpt},         {"DATA", verb::data},
    {"RSET", verb::rset},         {"NOOP", verb::noop},         {"QUIT", verb::quit},
    {"VRFY", verb::vrfy},         {"EXPN", verb::expn},         {"HELP", verb::help},
    {"STARTTLS", verb::starttls}, {"AUTH", verb::auth},         {"TURN", verb::not_provided},
    {"SEND", verb::not_provided}, {"SOML", verb::not_provided}, {"SAML", verb::not_provided},
    {"ETRN", verb::not_provided}, {"ATRN", verb::not_provided}, {"BDAT", verb::bdat},
    {"BURL", verb::not_provided},
}};

} // namespace

command_line split_command(std::string_view line) {
    while (line.ends_with(' ') || line.ends_with('\t'))
        line.remove_suffix(1);
    command_line out;
    const auto blank = line.find(' ');
    out.name = line.substr(0, blank);
    if (blank != std::string_view::npos) out.arguments = line.substr(blank + 1);
    auto known = std::ranges::find_if(
        verbs, [&](const auto& entry) { return message::equals_ignoring_case(entry.first, out.name); });
    if (known != verbs.end()) out.verb = known->second;
    return out;
}

octet_fault check_octets(std::string_view line) {
    const bool ascii = message::is_ascii(line);
    if (!ascii && !message::is_utf8(line)) return octet_fault::not_utf8;
    for (char c : line) {
        if (c == '\r') return octet_fault::bare_cr;
        if (c == '\n') return octet_fault::bare_lf;
        if (static_cast<unsigned char>(c) < 32 || c == 127) return octet_fault::control;
    }
    return ascii ? octet_fault::none : octet_fault::beyond_ascii;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
    if (text.size() < prefix.size() ||
        !message::equals_ignoring_case(text.substr(0, prefix.size()), prefix)) {
        return false;
    }
    text.remove_prefix(prefix.size());
    return true;
}

} // namespace refmail::smtp
