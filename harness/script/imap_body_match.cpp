// Patterns of BODY and BODYSTRUCTURE: which of their strings are words, compared whatever their case (media
// types, encodings, names of parameters), and which are texts. RFC 9051 §7.5.2, §9: body.
#include "harness/script/imap_value_match.hpp"
#include "harness/wire/octets.hpp"

#include <fmt/format.h>

namespace mailspec::script {
namespace {

using kind = suite::imap_pattern::kind;
using wire::imap_value;

constexpr std::size_t of_parameters = 2, of_encoding = 5;

} // namespace

// (NAME value NAME value): the values of CHARSET are names too (RFC 2978 §2.3).
bool imap_value_matcher::parameters(const suite::imap_pattern& pattern, const imap_value& found) {
    if (pattern.what != kind::list || !found.is_list()) return value(pattern, found);
    return in_order(pattern.items, found.items, [&](std::size_t i) {
        const bool charset = i > 0 && wire::same_word(found.items[i - 1].text, "CHARSET");
        return i % 2 == 0 || charset ? imap_role::keyword : imap_role::exact;
    });
}

// ("ATTACHMENT" (NAME value ...)), RFC 9051 §9: body-fld-dsp.
bool imap_value_matcher::disposition(patterns wanted, values found) {
    const auto role = [](std::size_t i) { return i == 0 ? imap_role::keyword : imap_role::exact; };
    const bool whole = wanted.size() == 2 && wanted[0].what != kind::rest && wanted[1].what != kind::rest;
    if (!whole) return in_order(wanted, found, role);
    return (value(wanted[0], found[0], imap_role::keyword) || within("disposition")) &&
           (parameters(wanted[1], found[1]) || within("disposition"));
}

bool imap_value_matcher::as_body(const suite::imap_pattern& pattern, const imap_value& found) {
    const bool trees = pattern.what == kind::list && found.is_list() && !found.items.empty();
    if (!trees) return value(pattern, found);
    if (!part(pattern, found)) return false;
    return true;
}

// One part or several. `...` stands only at the end of what is compared here: a pattern that has it elsewhere
// is compared by order alone.
bool imap_value_matcher::part(const suite::imap_pattern& pattern, const imap_value& found) {
    const auto& wanted = pattern.items;
    const auto& items = found.items;
    std::size_t parts = 0; // in front of the subtype of a multipart
    while (parts < items.size() && items[parts].is_list())
        ++parts;
    const bool message = parts == 0 && items.size() > 1 && wire::same_word(items[0].text, "MESSAGE");
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i].what == kind::rest) {
            if (i + 1 == wanted.size()) return true;
            return in_order(std::span(wanted).subspan(i),
                            std::span(items).subspan(std::min(i, items.size())));
        }
        const auto place = fmt::format("element {}", i + 1);
        if (i >= items.size()) return unfit(fmt::format("ends before {}", describe(wanted[i])));
        const auto& item = items[i];
        bool fits = false;
        // A body of a message/rfc822 is its ninth element, behind the envelope (RFC 9051 §9: body-type-msg).
        const bool body = i < parts || (message && i == 8 && item.is_list());
        const bool parameter_list = parts > 0 ? i == parts + 1 : i == of_parameters;
        if (body)
            fits = as_body(wanted[i], item);
        else if (parameter_list)
            fits = parameters(wanted[i], item);
        else if (item.is_list() && wanted[i].what == kind::list && !item.items.empty() &&
                 item.items[0].is_string() && item.items.size() == 2 &&
                 (item.items[1].is_list() || item.items[1].is_nil()))
            fits = disposition(wanted[i].items, item.items);
        else
            fits = value(wanted[i], item,
                         (parts > 0 ? i == parts : i < of_parameters || i == of_encoding) ? imap_role::keyword
                                                                                          : imap_role::exact);
        if (!fits) return within(place);
    }
    if (items.size() > wanted.size())
        return unfit(fmt::format("goes on with {}", show(items[wanted.size()])));
    return true;
}

} // namespace mailspec::script
