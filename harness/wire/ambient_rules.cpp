// The table of ambient rules; see ambient_rules.hpp. A rule is added here and in ambient_judge.cpp (or
// smtp_reply.cpp, where no context is needed; dsn_rules.cpp), and nowhere else.
#include "harness/wire/ambient_rules.hpp"

#include "harness/wire/imap_rules.hpp"

#include <array>
#include <stdexcept>
#include <string>
#include <vector>

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

constexpr std::array null_sender = {ids("rfc3464-2-5"), ids("rfc3461-6.1-1"), ids("rfc5321-3.6.3-4")};
constexpr std::array own_header = {ids("rfc5322-3.6-x1"), ids("rfc5322-3.6-x2"), ids("rfc5322-3.3-4")};
constexpr std::array message_id = {ids("rfc5322-3.6.4-1")};
constexpr std::array own_lines = {ids("rfc5322-2.1.1-1")};
constexpr std::array report = {ids("rfc3464-2-x1"), ids("rfc3461-6.2-x1")};
constexpr std::array global_headers = {ids("rfc6533-6.3-3")};
constexpr std::array seven_bit = {ids("rfc3464-2.1-1")};
constexpr std::array groups = {ids("rfc3464-2.1-x1"), ids("rfc6533-4.1-x1")};
constexpr std::array once = {ids("rfc3464-2.2-x1")};
constexpr std::array reporting_mta = {ids("rfc3464-2.2.2-x1"), ids("rfc3461-6.3-3")};
constexpr std::array final_recipient = {ids("rfc3464-2.3.2-1"), ids("rfc3461-6.3-8")};
constexpr std::array action = {ids("rfc3464-2.3.3-1"), ids("rfc3464-2.3.3-x1"), ids("rfc3461-6.3-10")};
constexpr std::array status = {ids("rfc3464-2.3.4-1")};
constexpr std::array status_code = {ids("rfc3464-2.3.4-2")};
constexpr std::array mta_name = {ids("rfc3461-9.3-1")};
constexpr std::array numeric_zone = {ids("rfc3464-2.2.5-1"), ids("rfc3464-2.3.7-2")};
constexpr std::array retry_until = {ids("rfc3464-2.3.9-1")};
constexpr std::array languages = {ids("rfc6533-4.1-5")};
constexpr std::span<const ids> no_row;

constexpr std::array pop3_lines = {ids("rfc2449-3-1"), ids("rfc1939-3-x1")};
constexpr std::array pop3_status = {ids("rfc1939-3-3"), ids("rfc1939-15-1")};
constexpr std::array pop3_length = {ids("rfc1939-3-2")};
constexpr std::array pop3_grammar = {ids("rfc2449-3-1")};
constexpr std::array pop3_code = {ids("rfc2449-6.4-x1")};
constexpr std::array pop3_capability_line = {ids("rfc2449-5-6")};
constexpr std::array pop3_challenge = {ids("rfc5034-4-3"), ids("rfc5034-4-6")};
constexpr std::array pop3_stat = {ids("rfc1939-5-3")};
constexpr std::array pop3_list = {ids("rfc1939-5-8")};
constexpr std::array pop3_uidl = {ids("rfc1939-7-6"), ids("rfc1939-7-x2")};

constexpr auto of_smtp_and_pop3 = std::to_array<ambient_rule>({
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
    {"dsn-null-reverse-path", "a delivery status notification is sent with MAIL FROM:<>", "RFC 3464 §2",
     "MUST", null_sender},
    {"dsn-header", "a notification has one Date that is one, one From, and no other field twice",
     "RFC 5322 §3.6", "MUST", own_header},
    {"dsn-message-id", "a notification has a Message-ID", "RFC 5322 §3.6.4", "SHOULD", message_id},
    {"dsn-mime-version", "a notification says MIME-Version: 1.0", "RFC 2045 §4", "MUST", no_row},
    {"dsn-report-type", "a notification is multipart/report; report-type=delivery-status", "RFC 3464 §2",
     "MUST", report},
    {"dsn-boundary", "the parts of a notification end in --boundary--", "RFC 2046 §5.1.1", "MUST", no_row},
    {"dsn-parts", "a notification has a text, the status, and perhaps what is returned, in that order",
     "RFC 3464 §2", "MUST", report},
    {"dsn-line-too-long", "lines that the server wrote have at most 998 octets", "RFC 5322 §2.1.1", "MUST",
     own_lines},
    {"dsn-global-headers-charset", "message/global-headers has no charset parameter", "RFC 6533 §6.3", "MUST",
     global_headers},
    {"dsn-status-encoding", "message/delivery-status is in 7bit encoding, and is of 7 bits", "RFC 3464 §2.1",
     "MUST", seven_bit},
    {"dsn-groups", "fields of the message, then fields of each recipient, a blank line before each group",
     "RFC 3464 §2.1", "MUST", groups},
    {"dsn-field-twice", "no field of a notification occurs twice in one group", "RFC 3464 §2.2", "MUST",
     once},
    {"dsn-reporting-mta", "a notification has Reporting-MTA", "RFC 3464 §2.2.2", "MUST", reporting_mta},
    {"dsn-final-recipient", "each recipient's group has Final-Recipient", "RFC 3464 §2.3.2", "MUST",
     final_recipient},
    {"dsn-action", "each recipient's group has Action: failed, delayed, delivered, relayed or expanded",
     "RFC 3464 §2.3.3", "MUST", action},
    {"dsn-status", "each recipient's group has Status", "RFC 3464 §2.3.4", "MUST", status},
    {"dsn-status-code", "Status is a class, a subject and a detail, without leading zeros", "RFC 3464 §2.3.4",
     "MUST", status_code},
    {"dsn-status-class", "the class of Status goes with Action", "RFC 3464 §2.3.4", "MUST", no_row},
    {"dsn-field-type", "addresses, names and diagnostics follow their type and a semicolon",
     "RFC 3464 §2.1.2", "MUST", no_row},
    {"dsn-mta-name", "MTA names of type dns are domain names", "RFC 3461 §9.3", "SHOULD", mta_name},
    {"dsn-smtp-diagnostic", "a diagnostic of type smtp is a reply of SMTP", "RFC 3461 §9.2", "MUST", no_row},
    {"dsn-date", "dates of a notification are date-times with numeric zones", "RFC 3464 §2.2.5", "MUST",
     numeric_zone},
    {"dsn-will-retry-until", "Will-Retry-Until appears only with Action: delayed", "RFC 3464 §2.3.9", "MUST",
     retry_until},
    {"dsn-localized-diagnostic", "each Localized-Diagnostic of a recipient has another language",
     "RFC 6533 §4.1", "MUST", languages},
    {"pop3-bare-lf", "every line of a response ends with CRLF", "RFC 2449 §3", "MUST", pop3_lines},
    {"pop3-bare-cr", "CR occurs in the first line of a response only before LF", "RFC 2449 §3", "MUST",
     pop3_lines},
    {"pop3-line-malformed", "a response begins with +OK or -ERR", "RFC 1939 §3", "MUST", pop3_status},
    {"pop3-status-case", "+OK and -ERR are in capitals", "RFC 1939 §3", "MUST", pop3_status},
    {"pop3-line-too-long", "the first line of a response has at most 512 octets", "RFC 1939 §3", "MUST",
     pop3_length},
    {"pop3-control-octet", "the first line of a response has no control octet", "RFC 2449 §3", "MUST",
     pop3_grammar},
    {"pop3-8bit-octet", "the first line of a response is ASCII where UTF8 was not asked for", "RFC 2449 §3",
     "MUST", pop3_grammar},
    {"pop3-unsolicited", "each command gets exactly one response", "RFC 1939 §3", "MUST", no_row},
    {"pop3-response-code", "where RESP-CODES is offered, `[` begins a response code", "RFC 2449 §6.4", "MUST",
     pop3_code},
    {"pop3-capability", "CAPA lists a tag a line, its parameters behind one space each", "RFC 2449 §3",
     "MUST", pop3_capability_line},
    {"pop3-challenge", "a challenge is \"+ \" and base64", "RFC 5034 §4", "MUST", pop3_challenge},
    {"pop3-stat-line", "STAT is answered with the number of messages and their octets", "RFC 1939 §5", "MUST",
     pop3_stat},
    {"pop3-list-line", "LIST gives a number and a size a line", "RFC 1939 §5", "MUST", pop3_list},
    {"pop3-uidl-line", "UIDL gives a number and a unique-id of 1 to 70 printable octets a line",
     "RFC 1939 §7", "MUST", pop3_uidl},
});

const std::vector<ambient_rule>& rules() {
    static const auto all = [] {
        std::vector<ambient_rule> joined(of_smtp_and_pop3.begin(), of_smtp_and_pop3.end());
        joined.insert(joined.end(), imap_rules().begin(), imap_rules().end());
        if (joined.size() > rule_set{}.size()) throw std::length_error("rule_set is too small");
        return joined;
    }();
    return all;
}

} // namespace

std::string_view ambient_rule::protocol() const {
    if (name.starts_with("imap-")) return "imap";
    return name.starts_with("pop3-") ? "pop3" : "smtp";
}

std::string_view ambient_rule::short_name() const {
    return protocol() == "smtp" ? name : name.substr(protocol().size() + 1);
}

std::span<const ambient_rule> ambient_rules() {
    return rules();
}

const ambient_rule* find_ambient_rule(std::string_view name) {
    for (const auto& rule : rules())
        if (rule.name == name) return &rule;
    return nullptr;
}

std::size_t index_of_rule(std::string_view name) {
    const auto* found = find_ambient_rule(name);
    if (!found) throw std::out_of_range("no ambient rule is called " + std::string(name));
    return static_cast<std::size_t>(found - rules().data());
}

} // namespace mailspec::wire
