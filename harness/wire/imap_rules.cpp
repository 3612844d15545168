// The table of IMAP's rules; see imap_rules.hpp. A rule is added here and where it is judged, and nowhere
// else.
#include "harness/wire/imap_rules.hpp"

#include <array>

namespace mailspec::wire {
namespace {

using ids = std::string_view;

constexpr std::array grammar = {ids("rfc9051-9-2")};
constexpr std::array literal_plus = {ids("rfc9051-4.3-2"), ids("rfc7888-3-1")};
constexpr std::array continuation = {ids("rfc9051-9-x3")};
constexpr std::array nul = {ids("rfc9051-9-4"), ids("rfc9051-4.3.1-4")};
constexpr std::array utf8_strings = {ids("rfc9051-13.2.2-2")};
constexpr std::array utf8_texts = {ids("rfc9051-9-x5")};
constexpr std::array imap_greeting = {ids("rfc9051-3-x2"), ids("rfc3501-3-x2")};
constexpr std::array one_completion = {ids("rfc9051-2.2.2-x1"), ids("rfc3501-2.2.2-x1")};
constexpr std::array expunge_timing = {ids("rfc9051-7.5.1-1"), ids("rfc7162-3.2.10.2-5")};
constexpr std::array sequence_numbers = {ids("rfc9051-2.3.1.2-1"), ids("rfc9051-7.5.1-x1")};
constexpr std::array exists = {ids("rfc9051-5.2-x1"), ids("rfc3501-5.2-x1")};
constexpr std::array uid_order = {ids("rfc9051-2.3.1.1-8")};
constexpr std::array uid_stable = {ids("rfc9051-2.3.1.1-2")};
constexpr std::array uid_there = {ids("rfc9051-6.4.9-2"), ids("rfc9051-7.5.2-19"), ids("rfc9051-6.3.13-1")};
constexpr std::array internal_date = {ids("rfc9051-9-x2")};
constexpr std::array system_flags = {ids("rfc9051-9-11"), ids("rfc7162-7-3")};
constexpr std::array flags_response = {ids("rfc9051-7.3.5-x1")};
constexpr std::array rev2_forms = {ids("rfc9051-7.2.2-4"), ids("rfc9051-9-x4")};
constexpr std::array envelope = {ids("rfc9051-7.5.2-x1")};
constexpr std::array address = {ids("rfc9051-7.5.2-x1"), ids("rfc9051-7.5.2-x3")};
constexpr std::array body = {ids("rfc9051-7.5.2-x4"), ids("rfc9051-7.5.2-12"), ids("rfc9051-7.5.2-17"),
                             ids("rfc9051-9-8")};
constexpr std::array no_extension = {ids("rfc9051-9-7")};
constexpr std::array body_end = {ids("rfc9051-7.5.2-16")};
constexpr std::array children = {ids("rfc9051-6.3.9.5-x1"), ids("rfc9051-7.3.1-5")};
constexpr std::array utf7 = {ids("rfc9051-13.2.2-4"), ids("rfc9051-13.2.2-5")};
constexpr std::array esearch_once = {ids("rfc9051-7.3.4-1")};
constexpr std::array revision = {ids("rfc9051-6.1.1-1"), ids("rfc3501-6.1.1-1")};
constexpr std::array after_tls = {ids("rfc9051-2-2")};
constexpr std::array qresync_condstore = {ids("rfc7162-3.2.2-1")};
constexpr std::array qresync_enable = {ids("rfc7162-3.2.3-1")};
constexpr std::array quota_resource = {ids("rfc9208-1-2")};
constexpr std::array modseq_value = {ids("rfc7162-3.1-1")};
constexpr std::array modseq_grows = {ids("rfc7162-3.1-3"), ids("rfc7162-3.1-4")};
constexpr std::array modseq_there = {ids("rfc7162-3.1-7"), ids("rfc7162-3.1.8-1"), ids("rfc7162-3.2.4-1")};
constexpr std::array vanished = {ids("rfc7162-3.2.3-3"), ids("rfc7162-3.2.10-1")};
constexpr std::array not_asked = {ids("rfc9051-6.5-2")};
constexpr std::array append_uid = {ids("rfc9051-7.1-5")};
constexpr std::array copy_uid = {ids("rfc9051-6.4.7-x1")};
constexpr std::array id = {ids("rfc2971-3.3-1"), ids("rfc2971-3.3-2"), ids("rfc2971-3.3-3"),
                           ids("rfc2971-3.3-5")};
constexpr std::array before_login = {ids("rfc9051-3.1-1")};
constexpr std::array without_mailbox = {ids("rfc9051-3.2-1")};

constexpr auto rules_of_imap = std::to_array<ambient_rule>({
    // Read by imap_lexer and imap_response.
    {"imap-bare-lf", "every line of a response ends with CRLF", "RFC 9051 §9", "MUST", grammar},
    {"imap-bare-cr", "CR occurs outside of literals only before LF", "RFC 9051 §9", "MUST", grammar},
    {"imap-malformed", "what the server says is untagged, tagged with a condition, or a continuation request",
     "RFC 9051 §9", "MUST", grammar},
    {"imap-spacing", "one space separates values, none stands inside parentheses or at the end of a line",
     "RFC 9051 §9", "MUST", grammar},
    {"imap-parentheses", "each parenthesis is closed", "RFC 9051 §9", "MUST", grammar},
    {"imap-string", "a quoted string ends in its line and escapes only quote and backslash", "RFC 9051 §9",
     "MUST", grammar},
    {"imap-atom", "atoms have no control, no octet beyond ASCII and none of { % * \" \\", "RFC 9051 §9",
     "MUST", grammar},
    {"imap-text", "a space follows OK, NO, BAD, BYE, PREAUTH and a response code", "RFC 9051 §9", "MUST",
     grammar},
    {"imap-literal-plus", "literals of a server are {n}, never {n+}", "RFC 9051 §4.3", "MUST", literal_plus},
    {"imap-continuation", "a continuation request is a plus and a space", "RFC 9051 §9", "MUST",
     continuation},
    // Octets.
    {"imap-nul", "NUL is sent in literal8 only", "RFC 9051 §9", "MUST", nul},
    {"imap-8bit-string", "quoted strings are ASCII until IMAP4rev2 or UTF8=ACCEPT is enabled",
     "RFC 9051 §13.2.2", "MUST", utf8_strings},
    {"imap-8bit-text", "texts for people are ASCII until IMAP4rev2 or UTF8=ACCEPT is enabled", "RFC 9051 §9",
     "MUST", utf8_texts},
    {"imap-utf8", "what is not ASCII in quoted strings and texts is UTF-8", "RFC 9051 §9", "MUST", grammar},
    // The dialog.
    {"imap-greeting", "the first response is an untagged OK, PREAUTH or BYE", "RFC 9051 §3", "MUST",
     imap_greeting},
    {"imap-tag", "each command gets exactly one tagged response, and nothing else gets one",
     "RFC 9051 §2.2.2", "MUST", one_completion},
    {"imap-data-before-login", "data of mailboxes is sent after login only", "RFC 9051 §3.1", "MUST",
     before_login},
    {"imap-data-without-mailbox", "data of messages is sent only where a mailbox is selected",
     "RFC 9051 §3.3", "MUST", without_mailbox},
    {"imap-expunge-timing",
     "EXPUNGE and VANISHED come only during a command, and not during FETCH, STORE or SEARCH",
     "RFC 9051 §7.5.1", "MUST", expunge_timing},
    {"imap-sequence-number", "no message has a number above the count of messages", "RFC 9051 §2.3.1.2",
     "MUST", sequence_numbers},
    {"imap-exists-shrinks", "EXISTS is never lower than the count of messages", "RFC 9051 §5.2", "MUST",
     exists},
    {"imap-uid-order", "UIDs rise strictly with sequence numbers", "RFC 9051 §2.3.1.1", "MUST", uid_order},
    {"imap-uid-changes", "a message keeps its UID", "RFC 9051 §2.3.1.1", "MUST", uid_stable},
    {"imap-uid-missing",
     "a FETCH response to a UID command, or one that nobody asked for in IMAP4rev2, has UID",
     "RFC 9051 §6.4.9", "MUST", uid_there},
    {"imap-rev2-forms", "a session in IMAP4rev2 sees no RECENT, no \\Recent and no SEARCH response",
     "RFC 9051 §7.2.2", "MUST", rev2_forms},
    {"imap-not-asked-for", "VANISHED comes only once QRESYNC is enabled, ENABLED only to ENABLE",
     "RFC 9051 §6.5", "MUST", not_asked},
    {"imap-expunge-in-qresync", "removals are told by VANISHED once QRESYNC is enabled", "RFC 7162 §3.2.3",
     "MUST", vanished},
    {"imap-modseq-value", "MODSEQ is positive and below 2^63", "RFC 7162 §3.1", "MUST", modseq_value},
    {"imap-modseq-goes-back", "MODSEQ of a message never becomes smaller", "RFC 7162 §3.1", "MUST",
     modseq_grows},
    {"imap-modseq-missing", "flag changes are told with MODSEQ once CONDSTORE is in use", "RFC 7162 §3.1",
     "MUST", modseq_there},
    // The form of data, judged by imap_grammar.
    {"imap-data", "untagged data follows its grammar", "RFC 9051 §9", "MUST", grammar},
    {"imap-number", "numbers are in range, and without leading zeros where they are not zero", "RFC 9051 §9",
     "MUST", grammar},
    {"imap-code", "response codes follow their grammar", "RFC 9051 §9", "MUST", grammar},
    {"imap-appenduid", "APPENDUID of one message has one UID, no range", "RFC 9051 §7.1", "MUST", append_uid},
    {"imap-copyuid", "COPYUID has two sets of equal size", "RFC 9051 §6.4.7", "MUST", copy_uid},
    {"imap-fetch", "FETCH has items in pairs, each value of its kind", "RFC 9051 §9", "MUST", grammar},
    {"imap-internaldate", "INTERNALDATE is \"dd-Mon-yyyy hh:mm:ss +zzzz\", quoted", "RFC 9051 §9", "MUST",
     internal_date},
    {"imap-envelope", "ENVELOPE has ten fields", "RFC 9051 §7.5.2", "MUST", envelope},
    {"imap-address", "addresses have four fields, and stand in a list that is not empty, or NIL",
     "RFC 9051 §7.5.2", "MUST", address},
    {"imap-bodystructure", "a body structure follows its grammar, part by part", "RFC 9051 §7.5.2", "MUST",
     body},
    {"imap-body-extension", "FETCH BODY has no extension data", "RFC 9051 §9", "MUST", no_extension},
    {"imap-bodystructure-end", "nothing follows the location of a body", "RFC 9051 §7.5.2", "MUST", body_end},
    {"imap-flag", "system flags are those of standards, and each flag is one", "RFC 9051 §9", "MUST",
     system_flags},
    {"imap-flags-response", "FLAGS has \\Answered, \\Flagged, \\Deleted, \\Seen and \\Draft",
     "RFC 9051 §7.3.5", "MUST", flags_response},
    {"imap-list-attributes",
     "no name has both \\HasChildren and \\HasNoChildren, nor two of \\Marked, \\Unmarked, \\Noselect",
     "RFC 9051 §7.3.1", "MUST", children},
    {"imap-mailbox-utf7", "names of mailboxes are well-formed modified UTF-7 until UTF-8 is enabled",
     "RFC 3501 §5.1.3", "MUST", utf7},
    {"imap-esearch-twice", "no result occurs twice in one ESEARCH", "RFC 9051 §7.3.4", "SHOULD",
     esearch_once},
    {"imap-capability", "CAPABILITY lists IMAP4rev1 or IMAP4rev2", "RFC 9051 §6.1.1", "MUST", revision},
    {"imap-capability-starttls", "STARTTLS is not offered under TLS", "RFC 9051 §6.2.1", "SHOULD", after_tls},
    {"imap-qresync-condstore", "who lists QRESYNC lists CONDSTORE", "RFC 7162 §3.2.2", "SHOULD",
     qresync_condstore},
    {"imap-qresync-enable", "who lists QRESYNC lists ENABLE", "RFC 7162 §3.2.3", "MUST", qresync_enable},
    {"imap-quota-resource", "who lists QUOTASET lists a QUOTA=RES- of it", "RFC 9208 §1", "MUST",
     quota_resource},
    {"imap-id", "ID has at most 30 pairs, names of 30 octets, values of 1024, and no name twice",
     "RFC 2971 §3.3", "MUST", id},
});

} // namespace

std::span<const ambient_rule> imap_rules() {
    return rules_of_imap;
}

} // namespace mailspec::wire
