// The forms of response codes and of flags; see imap_grammar.hpp. RFC 9051 §7.1, §9: resp-text-code, flag;
// RFC 7162 §7.
#include "harness/wire/imap_grammar.hpp"
#include "harness/wire/imap_names.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mailspec::wire {
namespace {

bool is_system_flag(const imap_value& v, bool permanent) {
    static constexpr auto flags = std::to_array<std::string_view>(
        {"\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft", "\\Recent"});
    return (permanent && v.text == "\\*") ||
           std::ranges::any_of(flags, [&](auto f) { return same_word(v.text, f); });
}

bool is_set(const imap_value& v) {
    return v.is_atom() && parse_number_set(v.text).has_value();
}

// Whether the values behind the name are what the grammar has.
bool code_fits(const std::string& name, const std::vector<imap_value>& code) {
    const auto values = code.size() - 1;
    if (name == "UIDNEXT" || name == "UIDVALIDITY" || name == "UNSEEN")
        return values == 1 && is_nz_number(code[1]);
    if (name == "HIGHESTMODSEQ") return values == 1 && is_number64(code[1]) && *code[1].number() > 0;
    if (name == "PERMANENTFLAGS") return values == 1 && code[1].is_list();
    if (name == "BADCHARSET")
        return values == 0 || (values == 1 && code[1].is_list() && !code[1].items.empty());
    if (name == "APPENDUID") return values == 2 && is_nz_number(code[1]) && is_set(code[2]);
    if (name == "COPYUID") return values == 3 && is_nz_number(code[1]) && is_set(code[2]) && is_set(code[3]);
    if (name == "MODIFIED") return values == 1 && is_set(code[1]);
    if (name == "CAPABILITY")
        return values > 0 && std::ranges::all_of(code, [](auto& v) { return v.is_atom(); });
    // Those that have no value; what is not listed may have any.
    static constexpr auto bare = std::to_array<std::string_view>({"ALERT",
                                                                  "ALREADYEXISTS",
                                                                  "AUTHENTICATIONFAILED",
                                                                  "AUTHORIZATIONFAILED",
                                                                  "CANNOT",
                                                                  "CLIENTBUG",
                                                                  "CLOSED",
                                                                  "CONTACTADMIN",
                                                                  "CORRUPTION",
                                                                  "EXPIRED",
                                                                  "EXPUNGEISSUED",
                                                                  "HASCHILDREN",
                                                                  "INUSE",
                                                                  "LIMIT",
                                                                  "NOMODSEQ",
                                                                  "NONEXISTENT",
                                                                  "NOPERM",
                                                                  "NOTSAVED",
                                                                  "OVERQUOTA",
                                                                  "PARSE",
                                                                  "PRIVACYREQUIRED",
                                                                  "READ-ONLY",
                                                                  "READ-WRITE",
                                                                  "SERVERBUG",
                                                                  "TRYCREATE",
                                                                  "UIDNOTSTICKY",
                                                                  "UNAVAILABLE",
                                                                  "UNKNOWN-CTE"});
    return values == 0 || std::ranges::find(bare, name) == bare.end();
}

} // namespace

// RFC 9051 §9: flag = "\Answered" ... / flag-keyword / flag-extension; §2.3.2: no other backslash flag yet.
void judge_flags(imap_notes& notes, const imap_value& list, bool permanent) {
    notes.held_against("imap-flag");
    for (const auto& v : list.items)
        if (!v.is_atom() || v.text == "\\" || (v.text.starts_with('\\') && !is_system_flag(v, permanent)))
            notes.note("imap-flag", v.offset,
                       fmt::format("{} among the flags {}", notes.show(v), notes.show(list)));
}

void judge_code(imap_notes& notes) {
    const auto& r = notes.response();
    const auto& code = *r.code;
    const auto name = r.code_name();
    notes.held_against("imap-code");
    if (!code_fits(name, code))
        return notes.note("imap-code", code.front().offset,
                          fmt::format("the response code {} is not as its grammar has it: {}", name,
                                      shown(without_line_end(r.raw))));
    if (name == "PERMANENTFLAGS") judge_flags(notes, code[1], true);
    if (name == "APPENDUID") {
        notes.held_against("imap-appenduid");
        // RFC 9051 §7.1: "MUST NOT" as a range such as 123:123; two different UIDs are MULTIAPPEND's.
        const auto set = *parse_number_set(code[2].text);
        if (count_of(set) == 1 && code[2].text.find_first_of(":,") != std::string::npos)
            notes.note("imap-appenduid", code[2].offset,
                       fmt::format("one UID as a range: {}", shown(without_line_end(r.raw))));
    }
    if (name == "COPYUID") {
        notes.held_against("imap-copyuid");
        if (count_of(*parse_number_set(code[2].text)) != count_of(*parse_number_set(code[3].text)))
            notes.note("imap-copyuid", code[2].offset,
                       fmt::format("sets of different size: {}", shown(without_line_end(r.raw))));
    }
}

} // namespace mailspec::wire
