// Modified UTF-7: base64 of UTF-16, with "," for "/", between "&" and "-". RFC 9051 Appendix A.1.
#include "reference/message/modified_utf7.hpp"

#include "reference/message/utf8.hpp"

#include <cstdint>

namespace refmail::message {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

bool stands_for_itself(char32_t c) {
    return c >= 0x20 && c <= 0x7E;
}

// Puts UTF-16 units into base64, six bits at a time.
class base64_writer {
  public:
    explicit base64_writer(std::string& out)
        : out_(out) {}

    void character(char32_t c) {
        if (c < 0x10000) return unit(c);
        unit(0xD800 + ((c - 0x10000) >> 10));
        unit(0xDC00 + ((c - 0x10000) & 0x3FF));
    }
    void finish() {
        if (count_ > 0) out_ += alphabet[(bits_ << (6 - count_)) & 63];
    }

  private:
    void unit(char32_t u) {
        bits_ = (bits_ << 16) | u;
        for (count_ += 16; count_ >= 6; count_ -= 6)
            out_ += alphabet[(bits_ >> (count_ - 6)) & 63];
        bits_ &= (1u << count_) - 1;
    }

    std::string& out_;
    std::uint32_t bits_ = 0;
    int count_ = 0;
};

// The text between "&" and "-", not empty.
bool decode_shifted(std::string_view text, std::string& out) {
    std::uint32_t bits = 0;
    int count = 0;
    char32_t high = 0; // the first half of a surrogate pair
    for (const char c : text) {
        const auto value = alphabet.find(c);
        if (value == std::string_view::npos) return false;
        bits = (bits << 6) | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 16) continue;
        count -= 16;
        const char32_t unit = bits >> count;
        bits &= (1u << count) - 1;
        const bool is_low = unit >= 0xDC00 && unit <= 0xDFFF;
        if (is_low != (high != 0)) return false;
        if (unit >= 0xD800 && unit <= 0xDBFF) {
            high = unit;
        } else if (is_low) {
            append_code_point(out, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
            high = 0;
        } else if (unit == 0 || stands_for_itself(unit)) {
            // A.1: base64 must not be used for what can represent itself.
            return false;
        } else {
            append_code_point(out, unit);
        }
    }
    return high == 0 && count < 6 && bits == 0;
}

} // namespace

std::string encode_modified_utf7(std::string_view utf8) {
    std::string out;
    while (!utf8.empty()) {
        auto rest = utf8;
        auto c = take_code_point(rest);
        if (!c) break;
        if (stands_for_itself(*c)) {
            out += static_cast<char>(*c);
            if (*c == '&') out += '-';
            utf8 = rest;
            continue;
        }
        out += '&';
        base64_writer shifted(out);
        for (; c && !stands_for_itself(*c); c = take_code_point(rest)) {
            shifted.character(*c);
            utf8 = rest;
        }
        shifted.finish();
        out += '-';
    }
    return out;
}

std::optional<std::string> decode_modified_utf7(std::string_view text) {
    std::string out;
    bool just_shifted = false; // A.1: "-&" is a superfluous shift
    while (!text.empty()) {
        const char c = text.front();
        if (!stands_for_itself(static_cast<unsigned char>(c))) return std::nullopt;
        if (c != '&') {
            out += c;
            text.remove_prefix(1);
            just_shifted = false;
            continue;
        }
        const auto end = text.find('-');
        if (end == std::string_view::npos) return std::nullopt;
        const auto shifted = text.substr(1, end - 1);
        text.remove_prefix(end + 1);
        if (shifted.empty()) {
            out += '&';
            just_shifted = false;
            continue;
        }
        if (just_shifted || !decode_shifted(shifted, out)) return std::nullopt;
        just_shifted = true;
    }
    return out;
}

} // namespace refmail::message
