// Dots, line ends, the end; see the header. memchr does the searching: a line costs two or three scans.
#include "reference/relay/dot_stuffing.hpp"

#include <algorithm>

namespace refmail::relay {

namespace {

constexpr std::size_t longest_line = 998; // RFC 5321 §4.5.3.1.6, without CRLF

bool has_eight_bit(std::string_view octets) {
    return std::any_of(octets.begin(), octets.end(), [](char c) { return (c & 0x80) != 0; });
}

} // namespace

std::optional<dot_stuffing::fault> dot_stuffing::add(std::string_view piece, std::string& out) {
    if (seven_bit_only_ && has_eight_bit(piece)) return fault::eight_bit;
    out.reserve(out.size() + piece.size() + 64);
    while (!piece.empty()) {
        if (after_cr_) {
            if (piece.front() != '\n') return fault::bare_cr;
            out += '\n';
            piece.remove_prefix(1);
            after_cr_ = false;
            column_ = 0;
            continue;
        }
        if (column_ == 0 && piece.front() == '.') out += '.';
        const auto lf = std::min(piece.find('\n'), piece.size());
        const auto cr = std::min(piece.substr(0, lf).find('\r'), lf);
        if (cr == lf && lf < piece.size()) return fault::bare_lf;
        column_ += cr;
        if (column_ > longest_line) return fault::line_too_long;
        after_cr_ = cr < piece.size();
        out += piece.substr(0, cr + (after_cr_ ? 1 : 0));
        piece.remove_prefix(cr + (after_cr_ ? 1 : 0));
    }
    return std::nullopt;
}

std::optional<dot_stuffing::fault> dot_stuffing::finish(std::string& out) {
    if (after_cr_) return fault::bare_cr;
    if (column_ > 0) out += "\r\n";
    out += ".\r\n";
    return std::nullopt;
}

const char* words_for(dot_stuffing::fault f) {
    switch (f) {
    case dot_stuffing::fault::bare_cr: return "its content has a bare CR";
    case dot_stuffing::fault::bare_lf: return "its content has a bare LF";
    case dot_stuffing::fault::line_too_long: return "it has a line of more than 1000 octets";
    case dot_stuffing::fault::eight_bit: return "it has 8-bit content";
    }
    return "";
}

} // namespace refmail::relay
