// MAIL and RCPT; see the header.
#include "reference/relay/parameters.hpp"

#include "reference/message/mailbox.hpp"
#include "reference/relay/xtext.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace refmail::relay {

namespace {

// RFC 4954 §5: what the client says of the submitter is told on; where we are logged in and nobody said,
// "<>" keeps the server from taking our login for the author.
std::string submitter(const queue::entry& e, bool authenticated) {
    if (e.submitter.empty()) return authenticated ? " AUTH=<>" : "";
    return " AUTH=" + (e.submitter == "<>" ? e.submitter : encode_xtext(e.submitter));
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

std::string original_recipient(const queue::recipient& r, bool utf8) {
    if (r.original_type.empty()) return "";
    // RFC 6533 §3: within SMTPUTF8 as it is, elsewhere in ASCII.
    if (message::equals_ignoring_case(r.original_type, "utf-8"))
        return fmt::format(" ORCPT={};{}", r.original_type,
                           utf8 ? encode_utf8_addr_unitext(r.original) : encode_utf8_addr_xtext(r.original));
    return fmt::format(" ORCPT={};{}", r.original_type, encode_xtext(r.original));
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

std::string mail_command(const queue::entry& e, const capabilities& offered, const envelope_choices& how) {
    std::string line = fmt::format("MAIL FROM:<{}>", e.sender);
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
        if (!e.envelope_id.empty()) line += " ENVID=" + encode_xtext(e.envelope_id);
    }
    return line + "\r\n";
}

std::string rcpt_command(const queue::recipient& r, const capabilities& offered,
                         const envelope_choices& how) {
    std::string line = fmt::format("RCPT TO:<{}>", r.address);
    if (offered.dsn) line += notify(r.notify) + original_recipient(r, how.utf8);
    return line + "\r\n";
}

} // namespace refmail::relay
