// MAIL and RCPT; see the header.
#include "reference/relay/parameters.hpp"

#include "reference/message/mailbox.hpp"
#include "reference/message/xtext.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace refmail::relay {

namespace {

// RFC 4954 §5: what the client says of the submitter is told on; where we are logged in and nobody said,
// "<>" keeps the server from taking our login for the author.
std::string submitter(const queue::entry& e, bool authenticated) {
    if (e.submitter.empty()) return authenticated ? " AUTH=<>" : "";
    return " AUTH=" + (e.submitter == "<>" ? e.submitter : message::encode_xtext(e.submitter));
}

std::string body(const queue::entry& e, const capabilities& offered, transport content) {
    if (content == transport::binary) return " BODY=BINARYMIME";
    if (!offered.eight_bit_mime) return "";
    if (content == transport::eight_bit) return " BODY=8BITMIME";
    // RFC 6152 §3: 7BIT is what a message has that says nothing; it is said where the client said it.
    return e.body == queue::entry::body::seven_bit ? " BODY=7BIT" : "";
}

std::string notify(const message::notify& wished) {
    if (!wished.given) return "";
    if (wished.never) return " NOTIFY=NEVER";
    std::string out;
    for (const auto& [on, word] : {std::pair{wished.success, "SUCCESS"}, std::pair{wished.failure, "FAILURE"},
                                   std::pair{wished.delay, "DELAY"}})
        if (on) out += (out.empty() ? " NOTIFY=" : ",") + std::string(word);
    return out;
}

// RFC 3461 §5.2.1 (d): the identical original-recipient-address, as it came, encoding and all.
std::string original_recipient(const queue::recipient& r, bool utf8) {
    if (r.original_type.empty()) return "";
    // RFC 6533 §3: without SMTPUTF8 the address is in ASCII, each other character as "\\x{HEX}".
    if (!utf8 && !is_ascii(r.original)) {
        const auto address = message::decode_unitext(r.original);
        return address ? fmt::format(" ORCPT={};{}", r.original_type, message::encode_unitext(*address)) : "";
    }
    return fmt::format(" ORCPT={};{}", r.original_type, r.original);
}

} // namespace

bool fits_a_command(std::string_view address) {
    return std::none_of(address.begin(), address.end(), [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return octet < 32 || octet == 127;
    });
}

bool is_ascii(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; });
}

std::string address_for(const std::string& address, const envelope_choices& how) {
    const auto at = address.rfind('@');
    if (how.utf8 || is_ascii(address) || at == std::string::npos || !how.to_ascii) return address;
    const auto domain = how.to_ascii(std::string_view(address).substr(at + 1));
    return domain ? address.substr(0, at + 1) + *domain : address;
}

std::string mail_command(const queue::entry& e, const capabilities& offered, const envelope_choices& how) {
    std::string line = fmt::format("MAIL FROM:<{}>", address_for(e.sender, how));
    if (offered.size && how.size > 0)
        line += fmt::format(" SIZE={}", how.size); // RFC 1870 §6: without stuffed dots
    line += body(e, offered, how.content);
    if (how.utf8) line += " SMTPUTF8";
    // RFC 8689 §8: only within TLS; "REQUIRETLS" has no value.
    if (e.require_tls && offered.require_tls && how.in_tls) line += " REQUIRETLS";
    if (offered.auth) line += submitter(e, how.authenticated);
    if (offered.dsn) {
        if (e.ret == queue::entry::ret::full) line += " RET=FULL";
        if (e.ret == queue::entry::ret::headers) line += " RET=HDRS";
        if (!e.envelope_id.empty()) line += " ENVID=" + e.envelope_id; // §5.2.1 (a): the same value
    }
    return line + "\r\n";
}

std::string rcpt_command(const queue::recipient& r, const capabilities& offered,
                         const envelope_choices& how) {
    std::string line = fmt::format("RCPT TO:<{}>", address_for(r.address, how));
    if (offered.dsn) line += notify(r.notify) + original_recipient(r, how.utf8);
    return line + "\r\n";
}

} // namespace refmail::relay
