// RFC 5051 §2: each character is replaced by its titlecase, then by its decomposition, and so on with what
// that gives, by the data of UnicodeData.txt alone. Hangul syllables have no decomposition there.
#include "reference/message/search_key.hpp"

#include "reference/message/utf8.hpp"

#include <algorithm>
#include <array>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>

namespace refmail::message {

namespace {

// Where compatibility mappings are: RFC 5051 §2 takes them too.
const UNormalizer2* decompositions() {
    static const UNormalizer2* const data = [] {
        UErrorCode status = U_ZERO_ERROR;
        return unorm2_getNFKCInstance(&status);
    }();
    return data;
}

bool is_hangul_syllable(char32_t c) {
    return c >= 0xAC00 && c <= 0xD7A3;
}

void append_mapped(char32_t c, int depth, std::string& out) {
    constexpr int deepest = 8; // Unicode's own chains have fewer links
    if (c < 0x80) {
        out += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
        return;
    }
    c = static_cast<char32_t>(u_totitle(static_cast<UChar32>(c)));
    if (is_hangul_syllable(c) || depth == deepest) return append_code_point(out, c);
    std::array<UChar, 32> parts;
    UErrorCode status = U_ZERO_ERROR;
    const auto size = unorm2_getRawDecomposition(decompositions(), static_cast<UChar32>(c), parts.data(),
                                                 static_cast<int32_t>(parts.size()), &status);
    if (size < 0 || U_FAILURE(status)) return append_code_point(out, c);
    for (int32_t i = 0; i < size;) {
        UChar32 part = 0;
        U16_NEXT(parts.data(), i, size, part);
        append_mapped(static_cast<char32_t>(part), depth + 1, out);
    }
}

// What is two octets in UTF-8 is most of what is not ASCII in European and Arabic text: mapped once.
constexpr char32_t first_remembered = 0x80, behind_remembered = 0x800;

const std::string& remembered(char32_t c) {
    static const auto table = [] {
        std::array<std::string, behind_remembered - first_remembered> out;
        for (char32_t each = first_remembered; each < behind_remembered; ++each)
            append_mapped(each, 0, out[each - first_remembered]);
        return out;
    }();
    return table[c - first_remembered];
}

void append_key_of(char32_t c, std::string& out) {
    if (c >= first_remembered && c < behind_remembered)
        out += remembered(c);
    else
        append_mapped(c, 0, out);
}

} // namespace

void append_search_key(std::string_view utf8, std::string& out) {
    out.reserve(out.size() + utf8.size());
    while (!utf8.empty()) {
        const auto end =
            std::ranges::find_if(utf8, [](char c) { return static_cast<unsigned char>(c) > 127; });
        const auto ascii = static_cast<std::size_t>(end - utf8.begin());
        const auto from = out.size();
        out += utf8.substr(0, ascii);
        for (auto i = from; i < out.size(); ++i) {
            const char c = out[i];
            out[i] = c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
        }
        utf8.remove_prefix(ascii);
        if (utf8.empty()) break;
        if (const auto c = take_code_point(utf8)) {
            append_key_of(*c, out);
        } else {
            out += utf8.front();
            utf8.remove_prefix(1);
        }
    }
}

std::string search_key(std::string_view utf8) {
    std::string out;
    append_search_key(utf8, out);
    return out;
}

} // namespace refmail::message
