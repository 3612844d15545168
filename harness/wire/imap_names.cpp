// Sets and names; see imap_names.hpp.
#include "harness/wire/imap_names.hpp"

#include "harness/wire/octets.hpp"

#include <algorithm>
#include <charconv>

namespace mailspec::wire {
namespace {

std::optional<std::uint64_t> nz_number(std::string_view digits) {
    std::uint64_t value = 0;
    const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || status != std::errc{} || end != digits.data() + digits.size() || value == 0)
        return std::nullopt;
    return value;
}

constexpr std::string_view modified_base64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

void append_utf8(std::string& to, std::uint32_t code) {
    const auto tail = [&](int shift) { to += static_cast<char>(0x80 | (code >> shift & 0x3f)); };
    if (code < 0x80) {
        to += static_cast<char>(code);
    } else if (code < 0x800) {
        to += static_cast<char>(0xc0 | code >> 6);
        tail(0);
    } else if (code < 0x10000) {
        to += static_cast<char>(0xe0 | code >> 12);
        tail(6);
        tail(0);
    } else {
        to += static_cast<char>(0xf0 | code >> 18);
        tail(12);
        tail(6);
        tail(0);
    }
}

// What stands between & and -: UTF-16BE in base64. On error: a sentence.
std::expected<std::string, std::string> decode_shifted(std::string_view text) {
    std::string result;
    std::uint32_t bits = 0, high = 0;
    int held = 0;
    for (const char c : text) {
        const auto value = modified_base64.find(c);
        if (value == std::string_view::npos)
            return std::unexpected("`" + std::string(1, c) + "` is no digit of modified base64");
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        held += 6;
        if (held < 16) continue;
        held -= 16;
        const std::uint32_t unit = bits >> held & 0xffff;
        bits &= (1u << held) - 1;
        const bool leads = unit >= 0xd800 && unit < 0xdc00, trails = unit >= 0xdc00 && unit < 0xe000;
        if (trails != (high != 0)) return std::unexpected("half of a surrogate pair");
        if (leads) {
            high = unit;
            continue;
        }
        const auto code = trails ? 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00) : unit;
        high = 0;
        // RFC 3501 §5.1.3: printable US-ASCII represents itself.
        if (code >= 0x20 && code < 0x7f) return std::unexpected("printable ASCII in base64");
        append_utf8(result, code);
    }
    if (high != 0) return std::unexpected("half of a surrogate pair");
    if (held >= 6 || bits != 0) return std::unexpected("base64 that ends amid a character");
    return result;
}

// On error: what is wrong.
std::expected<std::string, std::string> decode_utf7(std::string_view name) {
    std::string result;
    bool after_shift = false;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] != '&') {
            if (is_8bit(name[i])) return std::unexpected("an 8-bit octet");
            result += name[i];
            after_shift = false;
            continue;
        }
        const auto end = name.find('-', i);
        if (end == std::string_view::npos) return std::unexpected("a shift `&` without its `-`");
        if (end == i + 1) {
            result += '&';
            after_shift = false;
        } else {
            // "null shifts" are not permitted
            if (after_shift) return std::unexpected("a superfluous shift `-&`");
            auto shifted = decode_shifted(name.substr(i + 1, end - i - 1));
            if (!shifted) return shifted;
            result += *shifted;
            after_shift = true;
        }
        i = end;
    }
    return result;
}

// The octets of an astring, as a script or a server may have written it.
std::string_view unquoted(std::string_view name) {
    if (name.size() >= 2 && name.front() == '"' && name.back() == '"') return name.substr(1, name.size() - 2);
    return name;
}

} // namespace

std::optional<number_set> parse_number_set(std::string_view text) {
    number_set set;
    while (true) {
        const auto range = text.substr(0, text.find(','));
        const auto colon = range.find(':');
        const auto low = nz_number(range.substr(0, colon));
        const auto high = colon == std::string_view::npos ? low : nz_number(range.substr(colon + 1));
        if (!low || !high) return std::nullopt;
        set.emplace_back(std::min(*low, *high), std::max(*low, *high));
        if (range.size() == text.size()) break;
        text.remove_prefix(range.size() + 1);
    }
    std::ranges::sort(set);
    number_set merged;
    for (const auto& range : set) {
        if (!merged.empty() && range.first <= merged.back().second + 1)
            merged.back().second = std::max(merged.back().second, range.second);
        else
            merged.push_back(range);
    }
    return merged;
}

std::uint64_t count_of(const number_set& set) {
    std::uint64_t count = 0;
    for (const auto& [low, high] : set)
        count += high - low + 1;
    return count;
}

bool contains(const number_set& set, std::uint64_t number) {
    return std::ranges::any_of(set,
                               [&](auto& range) { return number >= range.first && number <= range.second; });
}

std::string decoded_mailbox(std::string_view name) {
    auto decoded = decode_utf7(name);
    return decoded ? std::move(*decoded) : std::string(name);
}

std::string flaw_of_modified_utf7(std::string_view name) {
    auto decoded = decode_utf7(name);
    return decoded ? std::string() : decoded.error();
}

bool is_utf8(std::string_view octets) {
    for (std::size_t i = 0; i < octets.size();) {
        const auto lead = static_cast<unsigned char>(octets[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || i + length > octets.size()) return false;
        for (std::size_t k = 1; k < length; ++k)
            if ((static_cast<unsigned char>(octets[i + k]) & 0xc0) != 0x80) return false;
        const auto next = length > 1 ? static_cast<unsigned char>(octets[i + 1]) : 0;
        // overlong forms, surrogates, and what is beyond U+10FFFF
        if ((lead == 0xe0 && next < 0xa0) || (lead == 0xed && next > 0x9f) || (lead == 0xf0 && next < 0x90) ||
            (lead == 0xf4 && next > 0x8f))
            return false;
        i += length;
    }
    return true;
}

bool is_tag(std::string_view word) {
    return !word.empty() && std::ranges::all_of(word, [](char c) {
        return c > ' ' && c < 127 && std::string_view("(){%*\"\\+").find(c) == std::string_view::npos;
    });
}

bool same_mailbox(std::string_view a, std::string_view b) {
    a = unquoted(a);
    b = unquoted(b);
    return a == b || (same_word(a, "INBOX") && same_word(b, "INBOX")) ||
           decoded_mailbox(a) == decoded_mailbox(b);
}

std::string canonical_item(std::string_view name) {
    std::string result;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] == '"') continue;
        if (name[i] == '{') { // a literal's header
            const auto end = name.find('\n', i);
            if (end == std::string_view::npos) break;
            i = end;
            continue;
        }
        result += upper(name[i]);
    }
    return result;
}

} // namespace mailspec::wire
