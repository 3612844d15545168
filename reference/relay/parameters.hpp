// The MAIL and RCPT commands with the parameters that the server knows and the message asks for. RFC 5321
// §4.1.1.2, §4.1.1.3; RFC 1870, 6152, 3030, 6531, 8689, 4954 §5, 3461 §5.2.1. Never a parameter of an
// extension that was not offered (RFC 5321 §4.1.1.11), never one twice.
#pragma once
#include "reference/queue/entry.hpp"
#include "reference/relay/capabilities.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace refmail::relay {

// How the content goes out, once that is decided.
enum class transport { seven_bit, eight_bit, binary };

struct envelope_choices {
    relay::transport content = transport::seven_bit;
    std::uint64_t size = 0; // of what is sent: converted, if it is converted
    bool utf8 = false;      // SMTPUTF8 is used
    bool authenticated = false;
    bool in_tls = false;
};

std::string mail_command(const queue::entry& e, const capabilities& offered, const envelope_choices& how);
std::string rcpt_command(const queue::recipient& r, const capabilities& offered, const envelope_choices& how);

// Addresses come from a file. What would break out of a command line is no address.
bool fits_a_command(std::string_view address);
bool is_ascii(std::string_view text);

} // namespace refmail::relay
