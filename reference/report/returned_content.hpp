// The part that comes back: the whole message or its header section, and how it is labelled and encoded.
// RFC 3461 §4.3, §6.2 (how much), RFC 6522 §3, §4 (as what), RFC 6533 §4 (international messages).
// Refuses to guess: what the way back may not carry as it is comes back as its header section.
#pragma once
#include "reference/report/notification.hpp"

#include <string>
#include <string_view>

namespace refmail::report {

struct body_part {
    std::string type;     // with its parameters
    std::string encoding; // "7bit", "8bit", "quoted-printable"
    std::string octets;   // encoded so; CRLF line ends
};

body_part returned_content(const notification& n, std::string_view original);

// May octets above 127 go to the sender as they are?
bool carries_eight_bit(const notification& n);

// RFC 2045 §6.7. CRLF stays a line end; everything else that is no plain ASCII text is encoded.
std::string quoted_printable(std::string_view text);

} // namespace refmail::report
