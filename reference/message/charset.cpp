// Conversion to UTF-8: by hand for UTF-8 and US-ASCII, which are nearly all mail, by ICU for the others.
// RFC 2045 §2.2; RFC 3629 §3 (invalid sequences are not passed on).
#include "reference/message/charset.hpp"

#include "reference/message/mailbox.hpp"
#include "reference/message/utf8.hpp"

#include <algorithm>
#include <array>
#include <unicode/ucnv.h>
#include <unicode/utf16.h>

namespace refmail::message {

namespace {

constexpr char32_t replacement = 0xFFFD;

// windows-1252, 0x80 to 0x9F; what it leaves out is a control of ISO 8859-1.
constexpr std::array<char16_t, 32> windows_1252{
    0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021, 0x2C6,  0x2030, 0x160,
    0x2039, 0x152,  0x8D,   0x17D,  0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0x9D,   0x17E,  0x178};

char32_t from_windows_1252(unsigned char octet) {
    return octet >= 0x80 && octet < 0xA0 ? windows_1252[octet - 0x80] : octet;
}

// Could more octets make a code point of this? (Never true of what is one.)
bool is_cut_off(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 1;
    return first < 0xF5 && text.size() < size && std::ranges::all_of(text.substr(1), [](char c) {
               return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
           });
}

// Appends the UTF-8 in `text`; other octets as windows-1252 where `guess`, else as U+FFFD. Gives back what is
// left at the end, because a piece may follow.
std::string_view append_utf8(std::string_view text, bool guess, bool more_follows, std::string& out) {
    while (!text.empty()) {
        const auto end =
            std::ranges::find_if(text, [](char c) { return static_cast<unsigned char>(c) > 127; });
        const auto ascii = static_cast<std::size_t>(end - text.begin());
        out += text.substr(0, ascii);
        text.remove_prefix(ascii);
        if (text.empty()) break;
        const auto before = text;
        if (take_code_point(text)) {
            out += before.substr(0, before.size() - text.size());
            continue;
        }
        if (more_follows && is_cut_off(text)) break;
        append_code_point(out,
                          guess ? from_windows_1252(static_cast<unsigned char>(text.front())) : replacement);
        text.remove_prefix(1);
    }
    return text;
}

enum class family { unknown, utf8, ascii, other };

family family_of(std::string_view name) {
    if (equals_ignoring_case(name, "utf-8") || equals_ignoring_case(name, "utf8")) return family::utf8;
    if (equals_ignoring_case(name, "us-ascii") || equals_ignoring_case(name, "ascii") ||
        equals_ignoring_case(name, "ansi_x3.4-1968"))
        return family::ascii;
    // ICU reads options behind a ',', and takes unknown names for those of files.
    const bool is_name = !name.empty() && name.size() <= 40 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("-_.:+()").find(c) != std::string_view::npos;
    });
    if (!is_name) return family::unknown;
    UErrorCode status = U_ZERO_ERROR;
    const auto aliases = ucnv_countAliases(std::string(name).c_str(), &status);
    return U_SUCCESS(status) && aliases > 0 ? family::other : family::unknown;
}

struct close_converter {
    void operator()(UConverter* c) const { ucnv_close(c); }
};
using converter_ptr = std::unique_ptr<UConverter, close_converter>;

} // namespace

struct charset_decoder::state {
    family of = family::utf8;
    std::string cut;         // UTF-8: the beginning of a character
    converter_ptr converter; // family::other
    char16_t lead = 0;       // a surrogate whose second half is to come

    void convert(std::string_view piece, bool last, std::string& out);
    void append(std::u16string_view units, std::string& out);
};

void charset_decoder::state::append(std::u16string_view units, std::string& out) {
    for (const char16_t unit : units) {
        if (U16_IS_LEAD(unit)) {
            lead = unit;
        } else if (U16_IS_TRAIL(unit)) {
            append_code_point(out,
                              lead ? static_cast<char32_t>(U16_GET_SUPPLEMENTARY(lead, unit)) : replacement);
            lead = 0;
        } else {
            append_code_point(out, unit);
        }
    }
}

void charset_decoder::state::convert(std::string_view piece, bool last, std::string& out) {
    std::array<UChar, 4096> units;
    const char* source = piece.data();
    const char* const end = source + piece.size();
    for (;;) {
        UErrorCode status = U_ZERO_ERROR;
        UChar* target = units.data();
        ucnv_toUnicode(converter.get(), &target, units.data() + units.size(), &source, end, nullptr, last,
                       &status);
        append({units.data(), static_cast<std::size_t>(target - units.data())}, out);
        if (status != U_BUFFER_OVERFLOW_ERROR) return;
    }
}

charset_decoder::charset_decoder(std::unique_ptr<state> s)
    : state_(std::move(s)) {}
charset_decoder::charset_decoder(charset_decoder&&) noexcept = default;
charset_decoder& charset_decoder::operator=(charset_decoder&&) noexcept = default;
charset_decoder::~charset_decoder() = default;

std::optional<charset_decoder> charset_decoder::of(std::string_view charset) {
    auto made = std::make_unique<state>();
    made->of = family_of(charset);
    if (made->of == family::unknown) return std::nullopt;
    if (made->of == family::other) {
        UErrorCode status = U_ZERO_ERROR;
        made->converter.reset(ucnv_open(std::string(charset).c_str(), &status));
        if (U_FAILURE(status) || !made->converter) return std::nullopt;
    }
    return charset_decoder(std::move(made));
}

void charset_decoder::take(std::string_view piece, std::string& out) {
    auto& s = *state_;
    if (s.of == family::other) return s.convert(piece, false, out);
    const bool guess = s.of == family::ascii;
    if (s.cut.empty()) {
        s.cut = append_utf8(piece, guess, true, out);
        return;
    }
    // At most three octets are held; what completes them is in the first three of the piece.
    const auto head = piece.substr(0, 3);
    s.cut += head;
    const auto joined = std::move(s.cut);
    s.cut = append_utf8(joined, guess, true, out);
    const auto rest = piece.substr(head.size());
    if (rest.empty()) return;
    if (s.cut.empty()) {
        s.cut = append_utf8(rest, guess, true, out);
    } else {
        take(rest, out);
    }
}

void charset_decoder::finish(std::string& out) {
    auto& s = *state_;
    if (s.of == family::other) return s.convert({}, true, out);
    append_utf8(s.cut, s.of == family::ascii, false, out);
    s.cut.clear();
}

bool is_known_charset(std::string_view name) {
    return family_of(name) != family::unknown;
}

const std::vector<std::string>& common_charsets() {
    static const std::vector<std::string> names{
        "US-ASCII",     "UTF-8",        "UTF-16",       "UTF-7",        "ISO-8859-1",   "ISO-8859-2",
        "ISO-8859-3",   "ISO-8859-4",   "ISO-8859-5",   "ISO-8859-6",   "ISO-8859-7",   "ISO-8859-8",
        "ISO-8859-9",   "ISO-8859-10",  "ISO-8859-13",  "ISO-8859-14",  "ISO-8859-15",  "windows-1250",
        "windows-1251", "windows-1252", "windows-1253", "windows-1254", "windows-1255", "windows-1256",
        "windows-1257", "windows-1258", "KOI8-R",       "KOI8-U",       "ISO-2022-JP",  "EUC-JP",
        "Shift_JIS",    "ISO-2022-KR",  "EUC-KR",       "GB2312",       "GBK",          "GB18030",
        "Big5",         "TIS-620"};
    return names;
}

std::optional<std::string> to_utf8(std::string_view text, std::string_view charset) {
    auto decoder = charset_decoder::of(charset);
    if (!decoder) return std::nullopt;
    std::string out;
    out.reserve(text.size() + text.size() / 8);
    decoder->take(text, out);
    decoder->finish(out);
    return out;
}

} // namespace refmail::message
