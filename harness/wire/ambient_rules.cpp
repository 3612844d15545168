// The table of ambient rules; see ambient_rules.hpp. A rule is added here and in ambient_judge.cpp (or
// smtp_reply.cpp, where no context is needed), and nowhere else.
#include "harness/wire/ambient_rules.hpp"

#include <array>
#include <stdexcept>
#include <string>

namespace mailspec::wire {
namespace {

using ids = std::string_view;

constexpr std::array crlf = {ids("rfc5321-2.3.8-1")};
constexpr std::array three_digits = {ids("rfc5321-4.3.2-2")};
constexpr std::array same_code = {ids("rfc5321-4.2.1-4")};
constexpr std::array separator = {ids("rfc5321-4.2.1-x1")};
constexpr std::array final_space = {ids("rfc5321-4.2.1-3")};
constexpr std::array first_digit = {ids("rfc5321-4.2-9"), ids("rfc5321-4.3.2-2")};
constexpr std::array listed = {ids("rfc5321-4.2-3")};
constexpr std::array with_text = {ids("rfc5321-4.2-x1")};
constexpr std::array text_octets = {ids("rfc5321-4.2-x3")};
constexpr std::array line_length = {ids("rfc5321-4.5.3.1.5-x1")};
constexpr std::array one_reply = {ids("rfc5321-4.2-1")};
constexpr std::array greeting = {ids("rfc5321-4.2-x2")};
constexpr std::array ehlo_reply = {ids("rfc5321-4.1.1.1-x3")};
constexpr std::array enhanced_there = {ids("rfc2034-4-1"), ids("rfc2034-4-2")};
constexpr std::array enhanced_class = {ids("rfc2034-4-3")};
constexpr std::array enhanced_same = {ids("rfc2034-4-4")};
constexpr std::array enhanced_form = {ids("rfc2034-4-x1")};

constexpr auto rules = std::to_array<ambient_rule>({
    {"reply-bare-lf", "every reply line ends with CRLF", "RFC 5321 §2.3.8", "MUST", crlf},
    {"reply-bare-cr", "CR occurs in a reply only before LF", "RFC 5321 §2.3.8", "MUST", crlf},
    {"reply-line-malformed", "what the server says begins with a code of three digits", "RFC 5321 §4.3.2",
     "MUST", three_digits},
    {"reply-line-without-code", "every line of a multiline reply begins with the code", "RFC 5321 §4.2.1",
     "MUST", separator},
    {"reply-codes-differ", "all lines of a multiline reply have the same code", "RFC 5321 §4.2.1", "MUST",
     same_code},
    {"reply-separator", "a space or a hyphen follows the code", "RFC 5321 §4.2.1", "MUST", separator},
    {"reply-code-without-space", "a space follows the code even where no text does", "RFC 5321 §4.2.1",
     "SHOULD", final_space},
    {"reply-without-text", "a reply has text after its code", "RFC 5321 §4.2", "SHOULD", with_text},
    {"reply-first-digit", "the first digit of a reply code is 2, 3, 4 or 5", "RFC 5321 §4.2", "MUST",
     first_digit},
    {"reply-second-digit", "the second digit of a reply code is 0 to 5", "RFC 5321 §4.2", "SHOULD", listed},
    {"reply-unlisted-code", "a reply code is listed in RFC 5321 or defined by an extension", "RFC 5321 §4.2",
     "SHOULD", listed},
    {"reply-line-too-long", "no reply line is longer than 512 octets", "RFC 5321 §4.5.3.1.5", "SHOULD",
     line_length},
    {"reply-control-octet", "reply text has no control octet but HT", "RFC 5321 §4.2", "MUST", text_octets},
    {"reply-8bit-octet", "reply text is ASCII where SMTPUTF8 was not asked for", "RFC 5321 §4.2", "MUST",
     text_octets},
    {"reply-unsolicited", "each command gets exactly one reply", "RFC 5321 §4.2", "MUST", one_reply},
    {"greeting-domain", "the greeting begins with the server's domain or address literal", "RFC 5321 §4.2",
     "MUST", greeting},
    {"ehlo-domain", "the EHLO reply begins with the server's domain", "RFC 5321 §4.1.1.1", "MUST",
     ehlo_reply},
    {"ehlo-keyword", "each further line of the EHLO reply begins with a keyword", "RFC 5321 §4.1.1.1", "MUST",
     ehlo_reply},
    {"ehlo-parameter", "EHLO parameters are printable, each after one space", "RFC 5321 §4.1.1.1", "MUST",
     ehlo_reply},
    {"enhanced-code-missing", "where ENHANCEDSTATUSCODES is offered, replies carry an enhanced code",
     "RFC 2034 §4", "MUST", enhanced_there},
    {"enhanced-code-malformed", "an enhanced code is a class, a subject and a detail", "RFC 2034 §4", "MUST",
     enhanced_form},
    {"enhanced-code-class", "the class of the enhanced code is the first digit of the reply code",
     "RFC 2034 §4", "MUST", enhanced_class},
    {"enhanced-codes-differ", "each line of a reply carries the same enhanced code", "RFC 2034 §4", "MUST",
     enhanced_same},
});
static_assert(rules.size() <= rule_set{}.size());

} // namespace

std::span<const ambient_rule> ambient_rules() {
    return rules;
}

const ambient_rule* find_ambient_rule(std::string_view name) {
    for (const auto& rule : rules)
        if (rule.name == name) return &rule;
    return nullptr;
}

std::size_t index_of_rule(std::string_view name) {
    for (std::size_t i = 0; i < rules.size(); ++i)
        if (rules[i].name == name) return i;
    throw std::out_of_range("no ambient rule is called " + std::string(name));
}

} // namespace mailspec::wire
