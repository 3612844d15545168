// The MAIL and RCPT commands with the parameters that the server knows and the message asks for. RFC 5321
// §4.1.1.2, §4.1.1.3; RFC 1870, 6152, 3030, 6531, 8689, 4954 §5, 3461 §5.2.1. Never a parameter of an
// extension that was not offered (RFC 5321 §4.1.1.11), never one twice.
#pragma once
#include "reference/queue/entry.hpp"
#include "reference/relay/capabilities.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace refmail::relay {

// A domain with U-labels as one with A-labels; nothing: it is none.
using ascii_domain = std::function<std::optional<std::string>(std::string_view domain)>;

// How the content goes out, once that is decided.
enum class transport { seven_bit, eight_bit, binary };

struct envelope_choices {
    relay::transport content = transport::seven_bit;
    std::uint64_t size = 0; // of what is sent: converted, if it is converted
    bool utf8 = false;      // SMTPUTF8 is used
    bool authenticated = false;
    bool in_tls = false;
    ascii_domain to_ascii; // may be empty
};

// As the address goes out: RFC 6531 §3.7: where SMTPUTF8 is not used a domain is written in A-labels. What
// holds UTF-8 afterwards cannot be sent.
std::string address_for(const std::string& address, const envelope_choices& how);

std::string mail_command(const queue::entry& e, const capabilities& offered, const envelope_choices& how);
std::string rcpt_command(const queue::recipient& r, const capabilities& offered, const envelope_choices& how);

// Addresses come from a file. What would break out of a command line is no address.
bool fits_a_command(std::string_view address);
bool is_ascii(std::string_view text);

} // namespace refmail::relay
