// Base64 and quoted-printable, undone: RFC 2045 §6.7, §6.8.
#include "reference/message/transfer_decoding.hpp"

#include "reference/message/mailbox.hpp"
#include "reference/message/octet_class.hpp"

#include <algorithm>
#include <array>

namespace refmail::message {

namespace {

constexpr std::size_t most_held = 1000; // of a line that waits for its end; RFC 5322 §2.1.1 allows 998

constexpr std::array<signed char, 256> make_digits() {
    std::array<signed char, 256> out{};
    out.fill(-1);
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        out[static_cast<unsigned char>(alphabet[i])] = static_cast<signed char>(i);
    return out;
}
constexpr auto base64_digits = make_digits();

bool is_plain(char c) {
    return c != '=' && c != ' ' && c != '\t' && c != '\r';
}

} // namespace

std::optional<transfer_encoding> transfer_encoding_named(std::string_view name) {
    for (auto plain : {"7bit", "8bit", "binary"}) {
        if (equals_ignoring_case(name, plain)) return transfer_encoding::none;
    }
    if (equals_ignoring_case(name, "base64")) return transfer_encoding::base64;
    if (equals_ignoring_case(name, "quoted-printable")) return transfer_encoding::quoted_printable;
    return std::nullopt;
}

void transfer_decoder::take(std::string_view piece, std::string& out) {
    switch (from_) {
    case transfer_encoding::none: out += piece; break;
    case transfer_encoding::base64: take_base64(piece, out); break;
    case transfer_encoding::quoted_printable: take_quoted_printable(piece, out); break;
    }
}

void transfer_decoder::finish(std::string& out) {
    // RFC 2045 §6.7 (3), (5): blanks at the end of a line are not content, nor is the "=" of a soft line
    // break whose line end went with the delimiter of the part.
    const bool nothing = line_.find_first_not_of("= \t\r") == std::string::npos;
    if (!nothing || line_ == "\r") out += line_;
    line_.clear();
}

void transfer_decoder::take_base64(std::string_view piece, std::string& out) {
    out.reserve(out.size() + piece.size() / 4 * 3 + 3);
    for (char c : piece) {
        // RFC 2045 §6.8: padding is proof that the end has been reached; other strangers are ignored.
        if (c == '=') ended_ = true;
        const int digit = base64_digits[static_cast<unsigned char>(c)];
        if (ended_ || digit < 0) continue;
        bits_ = (bits_ << 6) | static_cast<std::uint32_t>(digit);
        bit_count_ += 6;
        if (bit_count_ < 8) continue;
        bit_count_ -= 8;
        out += static_cast<char>((bits_ >> bit_count_) & 0xFF);
    }
}

// `line_` holds what may yet turn out not to be content: blanks, perhaps with a CR behind them, or a "=" with
// what follows it.
void transfer_decoder::take_quoted_printable(std::string_view piece, std::string& out) {
    for (std::size_t i = 0; i < piece.size();) {
        const char c = piece[i];
        if (line_.empty()) {
            const auto end =
                std::find_if_not(piece.begin() + static_cast<std::ptrdiff_t>(i), piece.end(), is_plain);
            const auto run = static_cast<std::size_t>(end - piece.begin()) - i;
            out += piece.substr(i, run);
            i += run;
            if (i < piece.size()) line_ += piece[i++];
            continue;
        }
        if (c == '\n') {
            end_line(out);
            ++i;
            continue;
        }
        if (!waits_for(c) || line_.size() >= most_held) {
            out += line_;
            line_.clear();
            continue; // c begins anew
        }
        line_ += c;
        ++i;
        if (line_.size() == 3 && hex_value(line_[1]) >= 0 && hex_value(line_[2]) >= 0) {
            out += static_cast<char>(hex_value(line_[1]) * 16 + hex_value(line_[2]));
            line_.clear();
        }
    }
}

// Whether what is held can go on with this octet.
bool transfer_decoder::waits_for(char c) const {
    if (line_.ends_with('\r')) return false;
    if (c == '\r') return line_.size() == 1 || is_blank(line_.back());
    if (line_.front() != '=') return is_blank(c);
    if (line_.size() == 1) return is_blank(c) || hex_value(c) >= 0;
    return is_blank(line_.back()) ? is_blank(c) : line_.size() == 2 && hex_value(c) >= 0;
}

void transfer_decoder::end_line(std::string& out) {
    const bool crlf = line_.ends_with('\r');
    const bool soft = line_.front() == '=';
    const auto held =
        std::string_view(line_).substr(soft ? 1 : 0, line_.size() - (soft ? 1 : 0) - (crlf ? 1 : 0));
    const bool only_blanks = held.find_first_not_of(" \t") == std::string_view::npos;
    if (!only_blanks) {
        out += line_;
        out += '\n';
    } else if (!soft) {
        out += crlf ? "\r\n" : "\n";
    }
    line_.clear();
}

std::string transfer_decode(transfer_encoding from, std::string_view octets) {
    std::string out;
    transfer_decoder decoder(from);
    decoder.take(octets, out);
    decoder.finish(out);
    return out;
}

std::uint64_t transfer_decoded_size(transfer_encoding from, std::string_view octets) {
    if (from == transfer_encoding::none) return octets.size();
    constexpr std::size_t piece = 32 * 1024;
    std::uint64_t size = 0;
    std::string out;
    transfer_decoder decoder(from);
    while (!octets.empty()) {
        decoder.take(octets.substr(0, piece), out);
        octets.remove_prefix(std::min(piece, octets.size()));
        size += out.size();
        out.clear();
    }
    decoder.finish(out);
    return size + out.size();
}

} // namespace refmail::message
