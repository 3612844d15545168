// The forms of FETCH items: flags, dates, envelopes, body structures; see imap_grammar.hpp. RFC 9051 §7.5.2,
// §9: msg-att, envelope, body.
#include "harness/wire/imap_grammar.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace mailspec::wire {
namespace {

// date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
bool is_date_time(const imap_value& v) {
    static constexpr std::string_view form = "nn-aaa-nnnn nn:nn:nn znnnn";
    static constexpr auto months = std::to_array<std::string_view>(
        {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"});
    if (v.what != imap_value::kind::quoted || v.text.size() != form.size()) return false;
    for (std::size_t i = 0; i < form.size(); ++i) {
        const char c = v.text[i];
        const bool fits = form[i] == 'n'   ? is_digit(c) || (i == 0 && c == ' ')
                          : form[i] == 'a' ? is_alpha(c)
                          : form[i] == 'z' ? c == '+' || c == '-'
                                           : c == form[i];
        if (!fits) return false;
    }
    return std::ranges::find(months, upper(std::string_view(v.text).substr(3, 3))) != months.end();
}

// RFC 9051 §9: address lists, parts of a body and the like follow each other without a space.
void judge_adjacent(imap_notes& notes, const std::vector<imap_value>& items, std::size_t lists) {
    for (std::size_t i = 1; i < lists; ++i)
        if (items[i].offset != items[i - 1].end())
            notes.note("imap-spacing", items[i - 1].end(),
                       fmt::format("a space where none is due, before {}", notes.show(items[i])));
}

void judge_addresses(imap_notes& notes, const imap_value& v) {
    notes.held_against("imap-address");
    const auto broken = [&] {
        notes.note("imap-address", v.offset, fmt::format("no list of addresses: {}", notes.show(v)));
    };
    if (v.is_nil()) return;
    if (!v.is_list() || v.items.empty()) return broken();
    for (const auto& address : v.items)
        if (!address.is_list() || address.items.size() != 4 ||
            !std::ranges::all_of(address.items, is_nstring))
            return broken();
    judge_adjacent(notes, v.items, v.items.size());
}

class body_judge {
  public:
    body_judge(imap_notes& notes, bool extensible)
        : notes_(notes)
        , extensible_(extensible) {}

    void judge(const imap_value& body) {
        if (!body.is_list() || body.items.empty()) return broken(body, "a body is a list");
        if (body.items[0].is_list())
            several(body);
        else
            one(body);
    }

  private:
    void broken(const imap_value& at, std::string_view why) {
        notes_.note("imap-bodystructure", at.offset, fmt::format("{}: {}", why, notes_.show(at)));
    }

    // body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]
    void several(const imap_value& body) {
        const auto& items = body.items;
        std::size_t parts = 0;
        while (parts < items.size() && items[parts].is_list())
            judge(items[parts++]);
        judge_adjacent(notes_, items, parts);
        if (parts == items.size() || !items[parts].is_string())
            return broken(body, "no subtype behind the parts of a multipart");
        if (parts + 1 < items.size()) {
            if (!extends(items[parts + 1])) return;
            if (!is_parameters(items[parts + 1])) broken(items[parts + 1], "no parameters of a multipart");
            extension(body, parts + 2);
        }
    }

    // body-type-1part: type, subtype, parameters, id, description, encoding, octets
    void one(const imap_value& body) {
        const auto& items = body.items;
        constexpr std::size_t basic = 7;
        if (items.size() < basic) return broken(body, "a part has less than seven fields");
        if (!items[0].is_string() || !items[1].is_string()) return broken(body, "no media type");
        if (!is_parameters(items[2])) return broken(items[2], "no parameters of a part");
        if (!is_nstring(items[3]) || !is_nstring(items[4]) || !items[5].is_string())
            return broken(body, "id, description or encoding is no string");
        if (!is_number64(items[6])) return broken(items[6], "no size of a part");
        auto at = basic;
        if (same_word(items[0].text, "TEXT")) {
            if (at >= items.size() || !is_number64(items[at])) return broken(body, "no lines of a text part");
            ++at;
        }
        // RFC 9051 §9: media-message is RFC822 or GLOBAL
        const bool message = same_word(items[0].text, "MESSAGE") &&
                             (same_word(items[1].text, "RFC822") || same_word(items[1].text, "GLOBAL"));
        if (message) {
            if (at + 2 >= items.size() || !items[at].is_list() || !is_number64(items[at + 2]))
                return broken(body, "no envelope, body and lines of a message part");
            judge_envelope(notes_, items[at]);
            judge(items[at + 1]);
            at += 3;
        }
        if (at >= items.size() || !extends(items[at])) return;
        if (!is_nstring(items[at])) broken(items[at], "no MD5 of a part");
        extension(body, at + 1);
    }

    bool extends(const imap_value& first) {
        notes_.held_against("imap-body-extension");
        if (!extensible_)
            notes_.note("imap-body-extension", first.offset,
                        fmt::format("FETCH BODY goes on with {}", notes_.show(first)));
        return extensible_;
    }

    // disposition, language, location, and nothing more
    void extension(const imap_value& body, std::size_t at) {
        const auto& items = body.items;
        if (at < items.size()) {
            const auto& v = items[at];
            const bool good = v.is_nil() || (v.is_list() && v.items.size() == 2 && v.items[0].is_string() &&
                                             is_parameters(v.items[1]));
            if (!good) return broken(v, "no disposition");
        }
        if (at + 1 < items.size()) {
            const auto& v = items[at + 1];
            const bool good =
                is_nstring(v) || (v.is_list() && !v.items.empty() &&
                                  std::ranges::all_of(v.items, [](auto& l) { return l.is_string(); }));
            if (!good) return broken(v, "no language");
        }
        if (at + 2 < items.size() && !is_nstring(items[at + 2])) return broken(items[at + 2], "no location");
        notes_.held_against("imap-bodystructure-end");
        if (at + 3 < items.size())
            notes_.note("imap-bodystructure-end", items[at + 3].offset,
                        fmt::format("{} follows the location", notes_.show(items[at + 3])));
    }

    // body-fld-param = "(" string SP string *(SP string SP string) ")" / nil
    static bool is_parameters(const imap_value& v) {
        if (v.is_nil()) return true;
        return v.is_list() && !v.items.empty() && v.items.size() % 2 == 0 &&
               std::ranges::all_of(v.items, [](auto& p) { return p.is_string(); });
    }

    imap_notes& notes_;
    bool extensible_;
};

// What the value of an item must be; nullptr: it fits, or the item is none that we know.
const char* misfit(const std::string& item, const imap_value& v) {
    const bool section = item.starts_with("BODY[");
    if (section || item == "RFC822" || item == "RFC822.HEADER" || item == "RFC822.TEXT")
        return is_nstring(v) ? nullptr : "a string or NIL";
    if (item.starts_with("BINARY["))
        return v.is_nil() || v.is_string() ? nullptr : "a string, literal8 or NIL";
    if (item.starts_with("BINARY.SIZE[")) return is_number(v) ? nullptr : "a number";
    if (item == "UID") return is_nz_number(v) ? nullptr : "a number from 1 to 4294967295";
    if (item == "RFC822.SIZE") return is_number64(v) ? nullptr : "a number";
    if (item == "FLAGS") return v.is_list() ? nullptr : "a list of flags";
    if (item == "MODSEQ")
        return v.is_list() && v.items.size() == 1 && v.items[0].number() ? nullptr
                                                                         : "a number in parentheses";
    return nullptr;
}

} // namespace

void judge_envelope(imap_notes& notes, const imap_value& v) {
    notes.held_against("imap-envelope");
    constexpr std::size_t fields = 10, first_list = 2, behind_lists = 8;
    const auto broken = [&](std::string_view why) {
        notes.note("imap-envelope", v.offset, fmt::format("{}: {}", why, notes.show(v)));
    };
    if (!v.is_list()) return broken("an envelope is a list");
    if (v.items.size() != fields) return broken(fmt::format("an envelope of {} fields", v.items.size()));
    for (std::size_t i = 0; i < fields; ++i) {
        if (i >= first_list && i < behind_lists)
            judge_addresses(notes, v.items[i]);
        else if (!is_nstring(v.items[i]))
            broken(fmt::format("field {} is neither a string nor NIL", i + 1));
    }
}

void judge_body(imap_notes& notes, const imap_value& body, bool extensible) {
    notes.held_against("imap-bodystructure");
    body_judge(notes, extensible).judge(body);
}

void judge_fetch_items(imap_notes& notes, const std::vector<imap_value>& items) {
    notes.held_against("imap-fetch");
    if (items.size() % 2 != 0)
        notes.note("imap-fetch", items.back().offset,
                   fmt::format("{} has no value behind it", notes.show(items.back())));
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        const auto item = upper(items[i].text);
        const auto& v = items[i + 1];
        if (!items[i].is_atom())
            return notes.note("imap-fetch", items[i].offset,
                              fmt::format("{} is no name of an item", notes.show(items[i])));
        if (const auto* wanted = misfit(item, v))
            notes.note("imap-fetch", v.offset, fmt::format("{} is {}, not {}", item, notes.show(v), wanted));
        if (item == "FLAGS" && v.is_list()) judge_flags(notes, v, false);
        if (item == "ENVELOPE") judge_envelope(notes, v);
        if (item == "BODY" || item == "BODYSTRUCTURE") judge_body(notes, v, item == "BODYSTRUCTURE");
        if (item == "INTERNALDATE") {
            notes.held_against("imap-internaldate");
            if (!is_date_time(v))
                notes.note("imap-internaldate", v.offset, fmt::format("{} is no date-time", notes.show(v)));
        }
        if (item == "MODSEQ" && v.is_list() && v.items.size() == 1) {
            notes.held_against("imap-modseq-value");
            if (!is_number64(v.items[0]) || *v.items[0].number() == 0)
                notes.note("imap-modseq-value", v.offset, fmt::format("MODSEQ is {}", notes.show(v)));
        }
    }
}

} // namespace mailspec::wire
