// Parameters: a loose lexer, then the joining of RFC 2231 §3 and the decoding of §4. Time is in proportion to
// the text, but for the sorting of continuations.
#include "reference/message/mime_parameters.hpp"

#include "reference/message/charset.hpp"
#include "reference/message/header_tokens.hpp"
#include "reference/message/mailbox.hpp"
#include "reference/message/octet_class.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace refmail::message {

namespace {

// One "name=value" as it was written, and what RFC 2231 makes of the name.
struct piece {
    std::string name;  // "title*1*"
    std::string value; // unquoted
    std::string base;  // "title"
    std::optional<std::size_t> index;
    bool encoded = false;
    bool joined = false; // it went into the parameter of its index 0
};

// RFC 2231 §7: parameter := attribute [section] ["*"], section := "*0" / "*" 1-9 *DIGIT
void read_name(piece& p) {
    std::string_view name = p.name;
    if (name.size() > 1 && name.ends_with('*')) {
        p.encoded = true;
        name.remove_suffix(1);
    }
    const auto star = name.rfind('*');
    p.base = name;
    if (star == std::string_view::npos || star == 0) return;
    const auto digits = name.substr(star + 1);
    const bool is_number = !digits.empty() && digits.size() < 6 &&
                           digits.find_first_not_of("0123456789") == std::string_view::npos;
    if (!is_number || (digits.size() > 1 && digits.front() == '0')) return;
    p.base = name.substr(0, star);
    p.index = std::stoul(std::string(digits));
}

// A quoted string; one that is not closed goes to the end.
std::string take_loose_quoted_string(std::string_view& text) {
    if (auto closed = take_quoted_string(text)) return *closed;
    std::string closed_by_us(text);
    if (closed_by_us.size() > 1 && closed_by_us.back() == '\\') closed_by_us.pop_back();
    closed_by_us += '"';
    std::string_view again = closed_by_us;
    text = {};
    auto out = take_quoted_string(again).value_or(std::string());
    while (!out.empty() && (out.back() == ' ' || out.back() == '\t'))
        out.pop_back();
    return out;
}

// RFC 2045 §5.1 wants a token; unquoted names of files have any characters in them.
std::string take_loose_value(std::string_view& text) {
    if (text.starts_with('"')) return take_loose_quoted_string(text);
    const auto end = std::min(text.find_first_of("; \t\r\n(\""), text.size());
    std::string out(text.substr(0, end));
    text.remove_prefix(end);
    return out;
}

std::vector<piece> read_pieces(std::string_view text) {
    std::vector<piece> out;
    for (;;) {
        skip_cfws(text);
        if (text.empty()) return out;
        if (text.front() == ';') {
            text.remove_prefix(1);
            continue;
        }
        piece p;
        p.name = take_mime_token(text);
        skip_cfws(text);
        if (p.name.empty() || !text.starts_with('=')) {
            // No parameter: on behind the next ';', or behind the word, where a ';' was forgotten.
            if (p.name.empty()) text.remove_prefix(std::min(text.find(';'), text.size()));
            continue;
        }
        text.remove_prefix(1);
        skip_cfws(text);
        p.value = take_loose_value(text);
        read_name(p);
        out.push_back(std::move(p));
    }
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool pair = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                          hex_value(text[i + 2]) >= 0;
        if (pair) {
            out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string percent_encoded(std::string_view text) {
    constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        // RFC 2231 §7: attribute-char
        const bool plain = octet > 32 && octet < 127 &&
                           std::string_view("*'%()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
        if (plain) {
            out += c;
        } else {
            out += '%';
            out += digits[octet >> 4];
            out += digits[octet & 15];
        }
    }
    return out;
}

// RFC 2231 §4: the initial section begins with charset'language'.
std::string_view take_charset(std::string_view& text) {
    const auto first = text.find('\'');
    const auto second = first == std::string_view::npos ? first : text.find('\'', first + 1);
    if (second == std::string_view::npos) return {};
    const auto charset = text.substr(0, first);
    text.remove_prefix(second + 1);
    return charset;
}

mime_parameter join(const std::vector<const piece*>& sections) {
    mime_parameter out;
    out.name = sections.front()->base;
    const bool encoded = std::ranges::any_of(sections, [](auto* s) { return s->encoded; });
    std::string charset, octets;
    for (const auto* s : sections) {
        std::string_view text = s->value;
        if (s == sections.front() && s->encoded) charset = take_charset(text);
        octets += s->encoded ? percent_decoded(text) : std::string(text);
        if (encoded) out.extended += s->encoded ? s->value : percent_encoded(text);
    }
    if (!encoded) {
        out.value = std::move(octets);
        return out;
    }
    // RFC 9051 §7.5.2: the value of a parameter "foo*" is in UTF-8.
    out.name += '*';
    if (!sections.front()->encoded) out.extended.insert(0, "''");
    out.value = to_utf8(octets, charset.empty() ? "us-ascii" : charset).value_or(out.extended);
    return out;
}

// The sections 0, 1, 2 ... of each parameter that has a section 0, as far as none is missing.
std::map<std::string, std::vector<const piece*>> chains_of(std::vector<piece>& pieces) {
    std::map<std::string, std::vector<piece*>> groups;
    for (auto& p : pieces) {
        if (p.index) groups[lower_case(p.base)].push_back(&p);
    }
    std::map<std::string, std::vector<const piece*>> chains;
    for (auto& [base, group] : groups) {
        std::ranges::stable_sort(group, {}, [](const piece* p) { return *p->index; });
        auto& chain = chains[base];
        for (auto* p : group) {
            if (*p->index != chain.size()) continue; // comes twice, or follows a gap
            p->joined = true;
            chain.push_back(p);
        }
    }
    return chains;
}

} // namespace

std::string_view take_mime_token(std::string_view& text) {
    std::size_t size = 0;
    while (size < text.size() && text[size] > 32 && text[size] < 127 &&
           std::string_view("()<>@,;:\\\"/[]?=").find(text[size]) == std::string_view::npos)
        ++size;
    const auto token = text.substr(0, size);
    text.remove_prefix(size);
    return token;
}

std::vector<mime_parameter> read_parameters(std::string_view text) {
    auto pieces = read_pieces(text);
    const auto chains = chains_of(pieces);
    std::vector<mime_parameter> out;
    for (const auto& p : pieces) {
        if (p.joined) {
            if (*p.index == 0) out.push_back(join(chains.at(lower_case(p.base))));
        } else if (p.encoded && !p.index) {
            out.push_back(join({&p}));
        } else {
            out.push_back({p.name, p.value, {}});
        }
    }
    return out;
}

std::string_view parameter_value(const std::vector<mime_parameter>& parameters, std::string_view name) {
    std::string_view plain;
    for (const auto& p : parameters) {
        std::string_view its_name = p.name;
        const bool extended = its_name.ends_with('*');
        if (extended) its_name.remove_suffix(1);
        if (!equals_ignoring_case(its_name, name)) continue;
        if (extended) return p.value;
        if (plain.empty()) plain = p.value;
    }
    return plain;
}

} // namespace refmail::message
