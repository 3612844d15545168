// See the header. UTF-8 is RFC 3629 §4: no overlong forms, no surrogates, nothing above U+10FFFF.
#include "harness/suite/yaml_text.hpp"

#include <fmt/format.h>

namespace mailspec::suite {

namespace {

unsigned at(std::string_view text, std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
}

bool continues(std::string_view text, std::size_t i, unsigned least = 0x80, unsigned most = 0xBF) {
    return at(text, i) >= least && at(text, i) <= most;
}

// The octets of the character at `i`; 0: there is none.
std::size_t character(std::string_view text, std::size_t i) {
    const auto first = at(text, i);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return continues(text, i + 1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const bool second = continues(text, i + 1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF);
        return second && continues(text, i + 2) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const bool second = continues(text, i + 1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF);
        return second && continues(text, i + 2) && continues(text, i + 3) ? 4 : 0;
    }
    return 0;
}

bool is_control(unsigned octet) {
    return (octet < 0x20 && octet != '\t' && octet != '\n' && octet != '\r') || octet == 0x7F;
}

source_pos position(std::string_view text, const std::string& name, std::size_t offset) {
    source_pos found{name, 1, 1};
    for (const char octet : text.substr(0, offset)) {
        ++found.column;
        if (octet != '\n') continue;
        ++found.line;
        found.column = 1;
    }
    return found;
}

} // namespace

std::optional<problem> unfit_octet(std::string_view text, const std::string& name) {
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
        return problem{{name, 1, 1}, "found UTF-16, expected UTF-8; save the file in that encoding"};
    for (std::size_t i = 0; i < text.size();) {
        const auto octets = character(text, i);
        const auto octet = at(text, i);
        if (octets == 0)
            return problem{position(text, name, i),
                           fmt::format("found the octet {0:02X}, which is no UTF-8, expected UTF-8; in a "
                                       "script the octet itself is written {{x{0:02X}}}",
                                       octet)};
        if (is_control(octet))
            return problem{position(text, name, i),
                           fmt::format("found the control octet {0:02X}, expected text; in a script the "
                                       "octet itself is written {{x{0:02X}}}",
                                       octet)};
        i += octets;
    }
    return std::nullopt;
}

std::optional<problem> tab_as_indentation(std::string_view text, const std::string& name, int line) {
    std::optional<problem> found;
    for (int number = 1; number <= line && !text.empty(); ++number) {
        const auto indentation = text.substr(0, text.find_first_not_of(" \t"));
        if (const auto tab = indentation.find('\t'); tab != std::string_view::npos)
            found = problem{{name, number, int(tab) + 1},
                            "found a tab in the indentation, expected spaces: YAML knows no tabs there"};
        const auto end = text.find('\n');
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return found;
}

} // namespace mailspec::suite
