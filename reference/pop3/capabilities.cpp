// What this server can do, and in which language it speaks: CAPA (RFC 2449 §5 and §6, RFC 2595 §4, RFC 3206
// §6, RFC 5034 §3, RFC 6856 §2 and §3), LANG (RFC 6856 §3). Its texts are English and nothing else.
#include "reference/pop3/machine.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace refmail::pop3 {
namespace {

bool same_letters(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

// RFC 4647 §3.4: "en-GB" is looked up as "en-GB", then as "en".
bool means_english(std::string_view range) {
    return same_letters(range, "en") || (range.size() > 3 && same_letters(range.substr(0, 3), "en-"));
}

} // namespace

// RFC 2449 §5: what is announced before the login is announced after it, too; where a command is valid is
// another matter.
void session::machine::do_capa(std::string_view arguments) {
    if (!arguments.empty()) return err("CAPA takes no argument");
    ok("capabilities follow");
    auto& out = replies();
    out += "TOP\r\nUIDL\r\n";
    if (user_is_usable()) out += "USER\r\n";
    if (plaintext_is_usable()) {
        out += "SASL";
        for (const auto name : sasl::mechanism_names())
            out.append(" ").append(name);
        out += "\r\n";
    }
    if (policy_.offer_tls && !facts_.tls) out += "STLS\r\n";
    out += "RESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\nEXPIRE NEVER\r\n";
    if (policy_.login_delay > 0) out += fmt::format("LOGIN-DELAY {}\r\n", policy_.login_delay);
    if (policy_.offer_utf8) out += "UTF8 USER\r\nLANG\r\n";
    out += fmt::format("IMPLEMENTATION {}\r\n.\r\n", policy_.implementation);
}

void session::machine::do_lang(std::string_view arguments) {
    if (arguments.empty()) {
        ok("languages follow");
        replies() += "en English\r\n.\r\n";
        return;
    }
    if (arguments.find(' ') != std::string_view::npos) return err("syntax: LANG [language-range]");
    if (arguments == "*" || means_english(arguments)) return ok("en English it is");
    err("en this language is not spoken here; LANG lists those that are");
}

} // namespace refmail::pop3
