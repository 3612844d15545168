// Octets by class, as header fields and encodings are made of. ASCII only, no locale.
#pragma once

namespace refmail::message {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_blank(char c) { // RFC 5234 appendix B: WSP
    return c == ' ' || c == '\t';
}
constexpr bool
is_folding(char c) { // of FWS, RFC 5322 §3.2.2: within a field a line end is as good as a blank
    return is_blank(c) || c == '\r' || c == '\n';
}
// The value of a hexadecimal digit, small letters too (RFC 2045 §6.7: an error that a robust reader
// forgives); -1: it is none.
constexpr int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

} // namespace refmail::message
