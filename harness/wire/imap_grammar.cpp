// The forms of untagged data; see imap_grammar.hpp. RFC 9051 §7, §9: mailbox-data, message-data,
// response-data.
#include "harness/wire/imap_grammar.hpp"

#include "harness/wire/imap_names.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>
#include <span>

namespace mailspec::wire {
namespace {

constexpr std::uint64_t most_32 = std::numeric_limits<std::uint32_t>::max();

bool canonical_digits(const imap_value& v, bool zero) {
    return v.is_atom() && !v.text.empty() && std::ranges::all_of(v.text, is_digit) &&
           (v.text[0] != '0' || (zero && v.text.size() == 1));
}

using values = std::span<const imap_value>;

class data_judge {
  public:
    explicit data_judge(imap_notes& notes)
        : notes_(notes)
        , r_(notes.response())
        , args_(values(r_.data).subspan(static_cast<std::size_t>(r_.arguments() - r_.data.begin()))) {}

    void run() {
        const auto name = r_.name();
        notes_.held_against("imap-data");
        if (r_.data.size() > 1 && r_.data[0].is_atom() &&
            is_digit(r_.data[0].text.empty() ? ' ' : r_.data[0].text[0]))
            numbered(name);
        if (name == "FLAGS") flags();
        if (name == "LIST" || name == "LSUB") list();
        if (name == "STATUS") status();
        if (name == "SEARCH" || name == "SORT") search();
        if (name == "ESEARCH") esearch();
        if (name == "CAPABILITY" || name == "ENABLED") words(name);
        if (name == "NAMESPACE") name_spaces();
        if (name == "VANISHED") vanished();
        if (name == "ID") id();
        if (name == "QUOTA") quota();
    }

  private:
    void broken(std::string_view name, std::string_view form) {
        notes_.note("imap-data", 2,
                    fmt::format("{} is not `{}`: {}", name, form, shown(without_line_end(r_.raw))));
    }

    // RFC 9051 §9: 3 EXISTS, 3 RECENT; nz-number for EXPUNGE and FETCH.
    void numbered(const std::string& name) {
        const bool counts = name == "EXISTS" || name == "RECENT";
        if (!counts && name != "EXPUNGE" && name != "FETCH") return;
        notes_.held_against("imap-number");
        const auto& number = r_.data[0];
        if (counts ? !is_number(number) : !is_nz_number(number))
            notes_.note("imap-number", number.offset,
                        fmt::format("{} is no number of a message or of messages: {}", notes_.show(number),
                                    shown(without_line_end(r_.raw))));
        if (name != "FETCH") {
            if (!args_.empty()) broken(name, "n " + name);
        } else if (args_.size() != 1 || !args_[0].is_list() || args_[0].items.empty()) {
            notes_.held_against("imap-fetch");
            notes_.note("imap-fetch", 2,
                        fmt::format("FETCH has no list of items: {}", shown(without_line_end(r_.raw))));
        } else {
            judge_fetch_items(notes_, args_[0].items);
        }
    }

    void flags() {
        if (args_.size() != 1 || !args_[0].is_list()) return broken("FLAGS", "FLAGS (flags)");
        judge_flags(notes_, args_[0], false);
        notes_.held_against("imap-flags-response");
        for (const auto* flag : {"\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"})
            if (std::ranges::none_of(args_[0].items, [&](auto& v) { return v.is_atom(flag); }))
                notes_.note("imap-flags-response", args_[0].offset,
                            fmt::format("FLAGS lacks {}: {}", flag, notes_.show(args_[0])));
    }

    // RFC 9051 §9: mailbox-list
    void list() {
        const auto name = r_.name();
        const auto form = "(attributes) delimiter mailbox";
        if (args_.size() < 3 || args_.size() > 4 || !args_[0].is_list() || !is_astring(args_[2]))
            return broken(name, form);
        const auto& delimiter = args_[1];
        const bool one = delimiter.what == imap_value::kind::quoted && delimiter.text.size() == 1;
        if (!one && !delimiter.is_nil()) broken(name, form);
        for (const auto& a : args_[0].items)
            if (!a.is_atom() || !a.text.starts_with('\\')) broken(name, form);
        if (args_.size() == 4 && !args_[3].is_list()) broken(name, form);
        attributes(args_[0].items);
    }

    void attributes(values all) {
        notes_.held_against("imap-list-attributes");
        const auto count = [&](std::initializer_list<const char*> words) {
            int n = 0;
            for (const auto* word : words)
                n += std::ranges::any_of(all, [&](auto& v) { return v.is_atom(word); });
            return n;
        };
        if (count({"\\HasChildren", "\\HasNoChildren"}) > 1 ||
            count({"\\Marked", "\\Unmarked", "\\Noselect"}) > 1)
            notes_.note("imap-list-attributes", args_[0].offset,
                        fmt::format("attributes that exclude each other: {}", notes_.show(args_[0])));
    }

    // RFC 9051 §9: status-att-val; MAILBOXID of RFC 8474 has a list.
    void status() {
        if (args_.size() != 2 || !is_astring(args_[0]) || !args_[1].is_list() ||
            args_[1].items.size() % 2 != 0)
            return broken("STATUS", "STATUS mailbox (items)");
        const auto& items = args_[1].items;
        notes_.held_against("imap-number");
        for (std::size_t i = 0; i < items.size(); i += 2) {
            const bool counted = items[i].is_atom("MESSAGES") || items[i].is_atom("RECENT") ||
                                 items[i].is_atom("UNSEEN") || items[i].is_atom("DELETED");
            const bool positive = items[i].is_atom("UIDNEXT") || items[i].is_atom("UIDVALIDITY");
            const bool large = items[i].is_atom("SIZE") || items[i].is_atom("HIGHESTMODSEQ");
            const auto& v = items[i + 1];
            if ((counted && !is_number(v)) || (positive && !is_nz_number(v)) || (large && !is_number64(v)))
                notes_.note("imap-number", v.offset,
                            fmt::format("{} is {} in STATUS", items[i].text, notes_.show(v)));
        }
    }

    // *(SP nz-number) [SP search-sort-mod-seq]
    void search() {
        for (std::size_t i = 0; i < args_.size(); ++i) {
            const auto& v = args_[i];
            const bool modseq = i + 1 == args_.size() && v.is_list() && v.items.size() == 2 &&
                                v.items[0].is_atom("MODSEQ") && is_number64(v.items[1]);
            if (!modseq && !is_nz_number(v)) return broken(r_.name(), r_.name() + " 2 84 882");
        }
    }

    // RFC 9051 §9: esearch-response = "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data)
    void esearch() {
        auto rest = args_;
        if (!rest.empty() && rest[0].is_list()) rest = rest.subspan(1);
        if (!rest.empty() && rest[0].is_atom("UID")) rest = rest.subspan(1);
        if (rest.size() % 2 != 0) return broken("ESEARCH", "ESEARCH (TAG \"a1\") UID NAME value ...");
        std::set<std::string> names;
        notes_.held_against("imap-esearch-twice");
        for (std::size_t i = 0; i < rest.size(); i += 2) {
            const auto name = upper(rest[i].text);
            const auto& v = rest[i + 1];
            const bool fits = name == "COUNT"                  ? is_number(v)
                              : name == "MIN" || name == "MAX" ? is_nz_number(v)
                              : name == "ALL"    ? v.is_atom() && parse_number_set(v.text).has_value()
                              : name == "MODSEQ" ? is_number64(v)
                                                 : true;
            if (!fits || !rest[i].is_atom()) broken("ESEARCH", "ESEARCH (TAG \"a1\") UID NAME value ...");
            if (!names.insert(name).second)
                notes_.note("imap-esearch-twice", rest[i].offset,
                            fmt::format("{} occurs twice: {}", name, shown(without_line_end(r_.raw))));
        }
    }

    void words(const std::string& name) {
        if (std::ranges::any_of(args_, [](auto& v) { return !v.is_atom(); }) ||
            (args_.empty() && name == "CAPABILITY"))
            broken(name, name + " words");
    }

    // RFC 9051 §9: namespace = nil / "(" 1*namespace-descr ")"
    void name_spaces() {
        bool good = args_.size() == 3;
        for (const auto& group : args_) {
            if (group.is_nil()) continue;
            good = good && group.is_list() && !group.items.empty();
            for (const auto& one : group.items)
                good = good && one.is_list() && one.items.size() >= 2 && one.items[0].is_string() &&
                       (one.items[1].is_nil() || one.items[1].is_string());
        }
        if (!good) broken("NAMESPACE", "NAMESPACE personal others shared");
    }

    // RFC 7162 §7: expunged-resp = "VANISHED" [SP "(EARLIER)"] SP known-uids
    void vanished() {
        const bool earlier = args_.size() == 2 && args_[0].is_list() && args_[0].items.size() == 1 &&
                             args_[0].items[0].is_atom("EARLIER");
        const auto& set = args_.empty() ? r_.data.front() : args_.back();
        if ((!earlier && args_.size() != 1) || !set.is_atom() || !parse_number_set(set.text))
            broken("VANISHED", "VANISHED (EARLIER) uids");
    }

    // RFC 2971 §3.3, §4
    void id() {
        if (args_.size() == 1 && args_[0].is_nil()) return;
        if (args_.size() != 1 || !args_[0].is_list() || args_[0].items.size() % 2 != 0)
            return broken("ID", "ID NIL or ID (name value ...)");
        notes_.held_against("imap-id");
        const auto& items = args_[0].items;
        std::set<std::string> names;
        for (std::size_t i = 0; i < items.size(); i += 2) {
            if (!items[i].is_string() || !is_nstring(items[i + 1]))
                return broken("ID", "ID (\"name\" \"value\" ...)");
            const auto why = items[i].text.size() > 30                    ? "a name of more than 30 octets"
                             : items[i + 1].text.size() > 1024            ? "a value of more than 1024 octets"
                             : !names.insert(upper(items[i].text)).second ? "a name twice"
                             : items.size() > 60                          ? "more than 30 pairs"
                                                                          : nullptr;
            if (why)
                notes_.note("imap-id", items[i].offset, fmt::format("{}: {}", why, notes_.show(items[i])));
        }
    }

    // RFC 9208 §7: quota-response = "QUOTA" SP quota-root-name SP quota-list, resource usage limit
    void quota() {
        bool good =
            args_.size() == 2 && is_astring(args_[0]) && args_[1].is_list() && args_[1].items.size() % 3 == 0;
        for (std::size_t i = 0; good && i < args_[1].items.size(); i += 3)
            good = args_[1].items[i].is_atom() && is_number64(args_[1].items[i + 1]) &&
                   is_number64(args_[1].items[i + 2]);
        if (!good) broken("QUOTA", "QUOTA root (resource usage limit)");
    }

    imap_notes& notes_;
    const imap_response& r_;
    values args_;
};

} // namespace

bool is_number(const imap_value& v) {
    // number = 1*DIGIT: zeros may lead
    return v.is_atom() && !v.text.empty() && std::ranges::all_of(v.text, is_digit) && v.number() &&
           *v.number() <= most_32;
}

bool is_nz_number(const imap_value& v) {
    return canonical_digits(v, false) && v.number() && *v.number() <= most_32;
}

bool is_number64(const imap_value& v) {
    return v.is_atom() && !v.text.empty() && std::ranges::all_of(v.text, is_digit) && v.number() &&
           *v.number() <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
}

bool is_astring(const imap_value& v) {
    return v.is_atom() || v.what == imap_value::kind::quoted || v.what == imap_value::kind::literal;
}

bool is_nstring(const imap_value& v) {
    return v.is_nil() || v.what == imap_value::kind::quoted || v.what == imap_value::kind::literal;
}

void imap_notes::note(std::string_view rule, std::size_t offset, std::string text) {
    if (std::ranges::any_of(found_, [&](const deviation& d) { return d.rule == rule; })) return;
    found_.push_back({std::string(rule), offset, std::move(text)});
}

std::string imap_notes::show(const imap_value& value) const {
    return shown(std::string_view(response_.raw).substr(value.offset, value.length), 120);
}

void judge_imap_grammar(imap_notes& notes) {
    const auto& r = notes.response();
    if (r.code) judge_code(notes);
    if (r.what == imap_response::kind::untagged && r.condition.empty()) data_judge(notes).run();
}

} // namespace mailspec::wire
