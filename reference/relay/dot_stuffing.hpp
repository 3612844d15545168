// Content on its way behind DATA: dots stuffed (RFC 5321 §4.5.2), the last line ended, the final dot. In
// pieces of any size; holds no content.
// Refuses what must not be sent and is not ours to repair: a bare CR or LF (§2.3.8: "MUST NOT transmit these
// characters except when they are intended as line terminators"; to make CRLF of them would be to recognise
// another line end, and to change a message), lines of more than 1000 octets (§4.5.3.1.6), and, when it is
// told so, octets above 127 (RFC 6152 §3).
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace refmail::relay {

class dot_stuffing {
  public:
    enum class fault { bare_cr, bare_lf, line_too_long, eight_bit };

    explicit dot_stuffing(bool seven_bit_only)
        : seven_bit_only_(seven_bit_only) {}

    // Appends to `out`. After a fault nothing more may be sent: the message is to be broken off.
    std::optional<fault> add(std::string_view piece, std::string& out);
    // RFC 5321 §4.1.1.4: a last line without CRLF gets one, an empty line is not added.
    std::optional<fault> finish(std::string& out);

  private:
    bool seven_bit_only_;
    bool after_cr_ = false;
    std::size_t column_ = 0; // octets of the line so far, CR counted
};

const char* words_for(dot_stuffing::fault f);

} // namespace refmail::relay
