// What a sender asks to be told, and under which names.
#include "reference/smtp/dsn_parameters.hpp"

#include "reference/message/xtext.hpp"

#include <algorithm>

namespace refmail::smtp {

namespace {

// RFC 3461 §5.4: parameters of that size must be taken; §4.2, §4.4: they are no longer.
constexpr std::size_t longest_envid = 100;
constexpr std::size_t longest_orcpt = 500;

// RFC 3461 §4.2, §4.4: before encoding, "printable (graphic and white space) characters" of ASCII.
bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return (c >= 32 && c < 127) || c == '\t'; });
}

bool is_printable_xtext(std::string_view text) {
    const auto decoded = message::decode_xtext(text, message::hex_case::upper);
    return decoded && is_printable(*decoded);
}

// atom of RFC 822 §3.3, without what an esmtp-value cannot hold
bool is_atom(std::string_view text) {
    constexpr std::string_view specials = "()<>@,;:\\\".[]";
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        return c > 32 && c < 127 && specials.find(c) == std::string_view::npos;
    });
}

} // namespace

std::expected<returned, refusal> parse_ret(const parameter& p) {
    if (p.value && message::equals_ignoring_case(*p.value, "FULL")) return returned::full;
    if (p.value && message::equals_ignoring_case(*p.value, "HDRS")) return returned::headers;
    return bad_parameter("Syntax: RET=FULL or RET=HDRS");
}

std::expected<std::string, refusal> parse_envid(const parameter& p) {
    if (!p.value || p.value->size() > longest_envid || !is_printable_xtext(*p.value))
        return bad_parameter("Syntax: ENVID=identifier, at most 100 characters of xtext");
    return std::string(*p.value);
}

std::expected<message::notify, refusal> parse_notify(const parameter& p) {
    message::notify out;
    out.given = true;
    auto rest = p.value.value_or("");
    bool known = true;
    while (!rest.empty()) {
        const auto comma = rest.find(',');
        const auto word = rest.substr(0, comma);
        rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
        auto is = [&](std::string_view name) { return message::equals_ignoring_case(word, name); };
        bool* const one = is("NEVER")     ? &out.never
                          : is("SUCCESS") ? &out.success
                          : is("FAILURE") ? &out.failure
                          : is("DELAY")   ? &out.delay
                                          : nullptr;
        if (one) *one = true;
        // RFC 822 §2.7: a list may have empty elements, which do not count.
        if (!one && !word.empty()) known = false;
    }
    const bool others = out.success || out.failure || out.delay;
    // RFC 3461 §4.1 note a: NEVER MUST appear by itself; 1#: one element at least.
    if (!known || out.never == others)
        return bad_parameter("Syntax: NOTIFY=NEVER, or a list of SUCCESS, FAILURE and DELAY");
    return out;
}

std::expected<original_recipient, refusal> parse_orcpt(const parameter& p) {
    const auto value = p.value.value_or("");
    const auto semicolon = value.find(';');
    if (semicolon == std::string_view::npos || value.size() > longest_orcpt ||
        !is_atom(value.substr(0, semicolon)))
        return bad_parameter("Syntax: ORCPT=type;address, at most 500 characters");
    const auto type = value.substr(0, semicolon);
    const auto address = value.substr(semicolon + 1);
    // RFC 6533 §3: what is labelled so without being so is passed on unaltered, as long as it is xtext.
    const bool international = message::equals_ignoring_case(type, "utf-8");
    if (!is_printable_xtext(address) && !(international && message::decode_unitext(address)))
        return bad_parameter("Syntax: the address of ORCPT is no xtext of printable characters");
    return original_recipient{std::string(type), std::string(address)};
}

} // namespace refmail::smtp
